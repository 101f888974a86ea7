/** The Common Expression Language, as Kubernetes speaks it; the only importer of the CEL library. */
import { Environment, type ParseResult } from '@marcbachmann/cel-js'
import type { Json } from '../core/model.ts'

/** What became of an expression: its value, a field that the data does not have, or an expression that cannot work. */
export type CelResult =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'error'; readonly message: string }

/** Names that an expression can use. */
export type CelVariables = Readonly<Record<string, unknown>>

let shared: Environment | undefined
const parsed = new Map<string, ParseResult>()

const environment = (): Environment => {
  shared ??= new Environment({
    unlistedVariablesAreDyn: true,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  })
    // Kubernetes has these on top of the language's own.
    .registerFunction('string.replace(string, string): string', (all: string, from: string, to: string) =>
      all.replaceAll(from, to),
    )
    .registerFunction(
      'string.find(string): string',
      (all: string, regex: string) => new RegExp(regex).exec(all)?.[0] ?? '',
    )
    .registerFunction('string.findAll(string): list<string>', (all: string, regex: string) => [
      ...[...all.matchAll(new RegExp(regex, 'g'))].map((match) => match[0]),
    ])
  return shared
}

const parse = (expression: string): ParseResult => {
  const known = parsed.get(expression)
  if (known) return known
  const fresh = environment().parse(expression)
  // Expressions carry nonces, so there is no end of them.
  if (parsed.size > 500) parsed.clear()
  parsed.set(expression, fresh)
  return fresh
}

/** JSON whole numbers are CEL ints, so that `object.spec.replicas + 1` and `[1, 2].join()` work as in the API server. */
const toCel = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(toCel)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toCel(each)]))
  }
  return value
}

const summaryOf = (error: unknown): string => {
  const summary = (error as { summary?: unknown } | undefined)?.summary
  return typeof summary === 'string'
    ? summary
    : error instanceof Error
      ? (error.message.split('\n')[0] ?? '')
      : 'failed'
}

/** Why an expression cannot be read, or undefined when it can. */
export const expressionMistake = (expression: string): string | undefined => {
  try {
    environment().parse(expression)
    return undefined
  } catch (error) {
    return summaryOf(error)
  }
}

/** The data is not as the expression takes for granted: no such field, a list too short, null where a list is meant. */
const OF_THE_DATA: readonly unknown[] = ['no_such_key', 'index_out_of_bounds', 'invalid_comprehension_range']

/** Evaluates an expression over plain JSON values; never throws. */
export const evaluate = (expression: string, variables: CelVariables): CelResult => {
  try {
    return { kind: 'value', value: parse(expression)(toCel(variables) as Record<string, unknown>) }
  } catch (error) {
    const message = summaryOf(error)
    return OF_THE_DATA.includes((error as { code?: unknown }).code)
      ? { kind: 'missing', message }
      : { kind: 'error', message }
  }
}

/** True when the expression is true; a missing field or a broken expression is not. For `say` conditions. */
export const holds = (expression: string, variables: CelVariables): boolean => {
  const result = evaluate(expression, variables)
  return result.kind === 'value' && result.value === true
}

/** A CEL value as JSON: ints as numbers. */
export const fromCel = (value: unknown): Json =>
  JSON.parse(JSON.stringify(value ?? null, (_, each) => (typeof each === 'bigint' ? Number(each) : each))) as Json
