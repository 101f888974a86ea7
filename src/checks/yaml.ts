/** The door through which YAML enters the checks. */
import { parse, parseAllDocuments } from 'yaml'

/** One YAML document as plain data, or why it cannot be read. */
export const parseYaml = (text: string): { readonly value: unknown } | { readonly mistake: string } => {
  try {
    return { value: parse(text, { maxAliasCount: 100, logLevel: 'error', prettyErrors: true }) }
  } catch (error) {
    return { mistake: error instanceof Error ? (error.message.split('\n')[0] ?? 'unreadable') : 'unreadable' }
  }
}

/** Every document of a YAML text, empty ones left out, or why it cannot be read. */
export const parseYamlAll = (text: string): { readonly values: readonly unknown[] } | { readonly mistake: string } => {
  try {
    const documents = parseAllDocuments(text, { logLevel: 'error', prettyErrors: true })
    const [mistake] = documents.flatMap(({ errors }) => errors)
    if (mistake) return { mistake: mistake.message.split('\n')[0] ?? 'unreadable' }
    return { values: documents.map((each) => each.toJS({ maxAliasCount: 100 })).filter((each) => each !== null) }
  } catch (error) {
    return { mistake: error instanceof Error ? (error.message.split('\n')[0] ?? 'unreadable') : 'unreadable' }
  }
}

/** A field of a value that may be anything. */
export const field = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)[key]
    : undefined

/** A list that may be missing or something else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** A text that may be missing or something else. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined
