/** Finding a secret value where it should not be: as it is, in base64 at any alignment, and in base64 of base64. */
import type { Json } from '../core/model.ts'

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

/**
 * What a value looks like inside a longer text that was encoded as a whole: it may start at any of three alignments,
 * and the characters at both ends depend on the neighbours, so only the middle is certain.
 */
const alignments = (value: string): readonly string[] =>
  [0, 1, 2].map((offset) => {
    const encoded = base64(`${'\0'.repeat(offset)}${value}`).replace(/=+$/, '')
    const from = Math.ceil((offset * 8) / 6)
    const to = Math.floor(((offset + Buffer.byteLength(value, 'latin1')) * 8) / 6)
    return encoded.slice(from, to)
  })

// A shorter piece would be found by chance.
const SHORTEST = 6

/** All texts whose presence betrays a value. Bytes are handled as UTF-8. */
export const leakNeedles = (value: string): readonly string[] => {
  const bytes = Buffer.from(value, 'utf8').toString('latin1')
  const once = alignments(bytes)
  const twice = once.flatMap(alignments)
  const encoded = [...once, ...twice].filter((each) => each.length >= SHORTEST)
  const urlSafe = encoded.map((each) => each.replaceAll('+', '-').replaceAll('/', '_'))
  return [...new Set([bytes, ...encoded, ...urlSafe])]
}

/** True when a text shows a value. Wrapped lines do not hide it. */
export const leaks = (content: string, needles: readonly string[]): boolean => {
  const bytes = Buffer.from(content, 'utf8').toString('latin1')
  const joined = bytes.replace(/\\n|\s+/g, '')
  return needles.some((needle) => bytes.includes(needle) || joined.includes(needle))
}

/** Paths inside a JSON value whose text, or whose key, shows a value: `data.password`, `metadata.annotations.x`. */
export const leakingPaths = (value: Json, needles: readonly string[], path = ''): readonly string[] => {
  if (typeof value === 'string') return leaks(value, needles) ? [path] : []
  if (value === null || typeof value !== 'object') return []
  if (Array.isArray(value))
    return value.flatMap((each, index) => leakingPaths(each as Json, needles, `${path}[${index}]`))
  return Object.entries(value as Record<string, Json>).flatMap(([key, each]) => {
    const here = path === '' ? key : `${path}.${key}`
    return [...(leaks(key, needles) ? [here] : []), ...leakingPaths(each, needles, here)]
  })
}
