/** Which changes in the cluster the grader made itself: they must not make it look again. */
import type { WatchChange } from '../core/ports.ts'

const KEPT = 3000

export type OwnChanges = {
  /** Notes names that throw-away objects are about to carry. */
  note(values: readonly string[]): void
  isOwn(change: WatchChange): boolean
}

/** Remembers the latest names. Other graders' throw-away namespaces are known by their prefix. */
export const createOwnChanges = (): OwnChanges => {
  const names = new Set<string>()
  return {
    note: (values) => {
      for (const value of values) names.add(value)
      for (const oldest of names) {
        if (names.size <= KEPT) break
        names.delete(oldest)
      }
    },
    isOwn: ({ namespace, name }) => {
      if (name.startsWith('throw-away-') || namespace?.startsWith('throw-away-')) return true
      if (names.has(name) || (namespace !== undefined && names.has(namespace))) return true
      // Objects that controllers derive from a throw-away one, or names that contain a nonce.
      for (const own of names) if (own.length >= 6 && name.includes(own)) return true
      return false
    },
  }
}
