import { readIfThere } from '../files.ts'

/** An editor may write in several goes, or move the file away for a moment. */
export const SETTLE_MS = 120
const GONE_MS = 1000

export type ManifestFile =
  | { readonly kind: 'same' | 'settling' | 'gone' }
  | { readonly kind: 'changed'; readonly text: string }

export type ManifestReader = { read(path: string): Promise<ManifestFile> }

/** Reads files that others write. A text counts once it was read twice the same; the first look needs no second. */
export const createManifestReader = (): ManifestReader => {
  const known = new Map<string, string | undefined>()
  const seen = new Map<string, { readonly text: string | undefined; readonly at: number }>()
  return {
    read: async (path) => {
      const text = await readIfThere(path).catch(() => undefined)
      if (!known.has(path) && text !== undefined) {
        known.set(path, text)
        return { kind: 'changed', text }
      }
      if (known.get(path) === text) {
        seen.delete(path)
        return { kind: 'same' }
      }
      const before = seen.get(path)
      if (!before || before.text !== text) {
        seen.set(path, { text, at: Date.now() })
        return { kind: 'settling' }
      }
      if (Date.now() - before.at < (text === undefined ? GONE_MS : SETTLE_MS - 20)) return { kind: 'settling' }
      seen.delete(path)
      known.set(path, text)
      return text === undefined ? { kind: 'gone' } : { kind: 'changed', text }
    },
  }
}
