import type { z } from 'zod'
import type { Mistake } from './mistake.ts'
import type { Position, YamlDocument, YamlPath } from './yaml.ts'

type Issue = z.core.$ZodIssue
type Place = { readonly path: YamlPath; readonly onKey: boolean; readonly message: string }

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  record: 'a map',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

const pathText = (path: YamlPath): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 37)}…` : text
}

const valueAt = (value: unknown, path: YamlPath): unknown =>
  path.reduce<unknown>(
    (current, step) =>
      current !== null && typeof current === 'object' ? (current as Record<string | number, unknown>)[step] : undefined,
    value,
  )

/** How far an alternative of a union got before it failed: the deepest one is what the author meant. */
const depth = (issues: readonly Issue[]): number =>
  Math.max(0, ...issues.map((issue) => issue.path.length * 10 + (issue.code === 'invalid_type' ? 0 : 1)))

const expectation = (issue: Issue, value: unknown): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}, found ${shown(value)}`
    case 'invalid_value':
      return `expected ${issue.values.map((each) => JSON.stringify(each)).join(' or ')}, found ${shown(value)}`
    case 'too_small':
      if (issue.message.startsWith('expected')) return `${issue.message}, found ${shown(value)}`
      return `expected at least ${issue.minimum}${issue.origin === 'array' ? ' entries' : ''}, found ${shown(value)}`
    case 'too_big':
      if (issue.message.startsWith('expected')) return `${issue.message}, found ${shown(value)}`
      return `expected at most ${issue.maximum}${issue.origin === 'array' ? ' entries' : ''}, found ${shown(value)}`
    default:
      return issue.message.startsWith('expected') ? `${issue.message}, found ${shown(value)}` : issue.message
  }
}

const places = (issue: Issue, prefix: YamlPath, value: unknown): readonly Place[] => {
  const path: YamlPath = [...prefix, ...(issue.path as (string | number)[])]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], onKey: true, message: 'unknown key' }))
  }
  if (issue.code === 'invalid_union') {
    const alternatives = [...issue.errors].filter((issues) => issues.length > 0)
    const best = alternatives.sort((a, b) => a.length - b.length || depth(b) - depth(a))[0]
    if (best && alternatives.length > 0) return best.flatMap((each) => places(each, path, value))
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : []
    if (options.length > 0) {
      const wanted = options.map((each) => JSON.stringify(each)).join(' or ')
      return [{ path, onKey: false, message: `expected ${wanted}, found ${shown(valueAt(value, path))}` }]
    }
    return [{ path, onKey: false, message: issue.message }]
  }
  if (issue.code === 'invalid_key') {
    return [{ path, onKey: true, message: issue.issues[0]?.message ?? 'expected another key' }]
  }
  const missing = issue.code === 'invalid_type' && valueAt(value, path) === undefined
  if (missing) {
    return [{ path, onKey: false, message: `missing: expected ${TYPES[issue.expected] ?? issue.expected}` }]
  }
  return [{ path, onKey: false, message: expectation(issue, valueAt(value, path)) }]
}

/**
 * The complaints of a schema as mistakes with file, line and column. `prefix` is where the checked value stands in the
 * document (for `with` of a check); `value` is the whole document.
 */
export const zodMistakes = (options: {
  readonly file: string
  readonly document: YamlDocument
  readonly issues: readonly Issue[]
  readonly prefix?: YamlPath
  readonly shift?: Position
}): readonly Mistake[] =>
  options.issues
    .flatMap((issue) => places(issue, options.prefix ?? [], options.document.value))
    .map((place) => {
      const at = place.onKey ? options.document.keyAt(place.path) : options.document.at(place.path)
      const where = pathText(place.path)
      return {
        severity: 'error',
        file: options.file,
        line: at.line,
        col: at.col,
        message: where ? `${where}: ${place.message}` : place.message,
      }
    })
