/** Which changes in the cluster graders made themselves: they must not make one look again, nor be told as news. */
import { THROW_AWAY_LABEL } from '../checks/throw-away.ts'
import type { WatchChange } from '../core/ports.ts'

const KEPT = 3000

export type OwnChanges = {
  /** Notes names that throw-away objects are about to carry. */
  note(values: readonly string[]): void
  isOwn(change: WatchChange): boolean
}

/**
 * Remembers the latest names. What other graders throw away (`check` in another terminal, a replay of the attack) is
 * known by its label, and what controllers make in such a namespace by the namespace.
 */
export const createOwnChanges = (): OwnChanges => {
  const names = new Set<string>()
  const note = (values: readonly string[]): void => {
    for (const value of values) names.add(value)
    for (const oldest of names) {
      if (names.size <= KEPT) break
      names.delete(oldest)
    }
  }
  return {
    note,
    isOwn: ({ namespace, name, labels }) => {
      if (labels?.[THROW_AWAY_LABEL] !== undefined) {
        // Inside a namespace the name alone says little: `main` may be the learner's elsewhere.
        if (namespace === undefined) note([name])
        return true
      }
      if (name.startsWith('throw-away-') || namespace?.startsWith('throw-away-')) return true
      if (names.has(name) || (namespace !== undefined && names.has(namespace))) return true
      // Objects that controllers derive from a throw-away one, or names that contain a nonce.
      for (const own of names) if (own.length >= 6 && name.includes(own)) return true
      return false
    },
  }
}
