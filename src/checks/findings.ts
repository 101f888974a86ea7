import { messageOf, UserError } from '../core/errors.ts'
import type { Finding, Json } from '../core/model.ts'

type Observation = {
  readonly met: boolean
  readonly expected: string
  readonly found: string
  readonly summary: string
  readonly data: { readonly [key: string]: Json }
  readonly why?: string
}

/** A finding from facts. */
export const finding = ({ met, ...facts }: Observation): Finding => ({ kind: met ? 'met' : 'unmet', ...facts })

export const unknown = (reason: string): Extract<Finding, { kind: 'unknown' }> => ({ kind: 'unknown', reason })

/** A lesson's own expression cannot work: never the learner's mistake. */
export const brokenExpression = (broken: readonly string[]): Finding =>
  unknown(`an expression of this check does not work: ${broken.join('; ')}`)

/**
 * The value of `attempt`, or the finding that stands for the UserError it threw: something the learner can put
 * right (no kubeconfig written yet) is "not yet", with the error's own next step as explanation.
 */
export const orFinding = async <T>(
  attempt: () => Promise<T>,
  facts: { readonly expected: string; readonly data: { readonly [key: string]: Json } },
): Promise<{ readonly value: T } | { readonly finding: Finding }> => {
  try {
    return { value: await attempt() }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const problem = (error as { problem?: unknown }).problem
    const data = typeof problem === 'string' ? { ...facts.data, problem } : facts.data
    return {
      finding: finding({
        met: false,
        expected: facts.expected,
        found: messageOf(error),
        summary: 'no credential',
        data,
        why: error.next,
      }),
    }
  }
}

/** "a", "a and b", "a, b and c"; the rest is counted when there are more than `limit`. */
export const listed = (items: readonly string[], limit = 6): string => {
  const shown = items.length > limit ? [...items.slice(0, limit), `${items.length - limit} more`] : items
  if (shown.length <= 1) return shown[0] ?? ''
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** A text cut to a length, with a mark that it was. */
export const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}…` : text)

/** A word for shells, quoted only where needed. */
export const quoted = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
