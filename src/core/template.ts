/**
 * Placeholders in lesson files: ((vars.x)) per attempt, ((nonce.x)) per grading, ((captured.x)) from `provide`,
 * ((lab.x)) for facts of this lab, ((image.x)) for container images. Plain text in, plain text out; nothing is
 * evaluated.
 */
import { UserError } from './errors.ts'
import type { Bindings, Json } from './model.ts'

const NAMESPACES = ['vars', 'nonce', 'captured', 'lab', 'image'] as const
type Namespace = (typeof NAMESPACES)[number]

/**
 * One placeholder as it stands in a file. Only names that could be meant as one: CEL has doubled parentheses too, so
 * `((object.spec))` is no placeholder, but `((var.x))` is a mistake worth reporting.
 */
export type Placeholder = { readonly text: string; readonly namespace: string; readonly name: string }

const PATTERN = /\(\(\s*(vars?|nonces?|captured?|captures|labs?|images?)\.([A-Za-z][A-Za-z0-9_-]*)\s*\)\)/g

const isNamespace = (name: string): name is Namespace => (NAMESPACES as readonly string[]).includes(name)

/** Every placeholder of a text, in order, repeated ones repeated; misspelt namespaces (`((var.x))`) included. */
export const placeholders = (text: string): readonly Placeholder[] =>
  [...text.matchAll(PATTERN)].map((match) => ({
    text: match[0],
    namespace: match[1] as string,
    name: match[2] as string,
  }))

const lookUp = (namespace: string, name: string, bindings: Bindings): string | undefined => {
  if (!isNamespace(namespace)) return undefined
  const values = bindings[namespace]
  return Object.hasOwn(values, name) ? values[name] : undefined
}

const unknown = (text: string, namespace: string, bindings: Bindings): UserError => {
  if (!isNamespace(namespace)) {
    return new UserError({
      what: `${text} is not a placeholder: there is no "${namespace}"`,
      next: `Use one of ${NAMESPACES.map((each) => `((${each}.name))`).join(', ')}.`,
    })
  }
  const names = Object.keys(bindings[namespace])
  return new UserError({
    what: `${text} has no value`,
    next:
      names.length > 0 ? `Known ${namespace}: ${names.sort().join(', ')}.` : `This lesson has no ${namespace} at all.`,
  })
}

/**
 * The text with every placeholder replaced by its value. A value is put in as it is and never looked at again.
 * Throws UserError that names the placeholder when it has no value.
 */
export const fill = (text: string, bindings: Bindings): string =>
  text.replace(PATTERN, (whole: string, namespace: string, name: string) => {
    const value = lookUp(namespace, name, bindings)
    if (value === undefined) throw unknown(whole, namespace, bindings)
    return value
  })

/** As `fill`, but a placeholder without a value stays as it is: for a lesson text shown before its attempt exists. */
export const fillKnown = (text: string, bindings: Bindings): string =>
  text.replace(PATTERN, (whole: string, namespace: string, name: string) => lookUp(namespace, name, bindings) ?? whole)

/** As `fill`, for every string in a JSON value, keys included. Numbers and booleans stay what they are. */
export const fillJson = <T extends Json>(value: T, bindings: Bindings): T => fillAny(value, bindings) as T

const fillAny = (value: Json, bindings: Bindings): Json => {
  if (typeof value === 'string') return fill(value, bindings)
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((each) => fillAny(each, bindings))
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>).map(([key, each]) => [fill(key, bindings), fillAny(each, bindings)]),
  )
}
