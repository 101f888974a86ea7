import { createHash } from 'node:crypto'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Holder, linkIfFree, livingHolder, readLock } from './lock-file.ts'

const CLAIM = '.claim-'

/** The file that names the one who may replace the lock, or the claim, with this very text. */
const claimOn = (path: string, text: string): string =>
  `${path}${CLAIM}${createHash('sha256').update(text).digest('hex').slice(0, 32)}`

/**
 * Replaces the stale lock whose text is `stale` with `draft`: for exactly one of however many try. Answers `taken`,
 * `changed` when the lock is not that one any more, or the living process that is taking it over just now.
 *
 * Looking at a lock and removing it are two steps, and between them another taker may have put a fresh one there. So
 * only the holder of a claim replaces the lock, after one more look. The claimant itself may be killed; its claim is
 * then not removed (that would be the same two steps again) but inherited, by a claim on the claim. As every text
 * occurs once, no claim on the present lock or on its heirs is removed before the lock has been replaced, except by
 * its own claimant.
 */
export const takeOver = async (options: {
  readonly path: string
  readonly draft: string
  readonly stale: string
}): Promise<'taken' | 'changed' | Holder> => {
  const { path, draft, stale } = options
  let inherited = stale
  for (;;) {
    const claim = claimOn(path, inherited)
    if (await linkIfFree(draft, claim)) {
      try {
        const present = await readLock(path)
        if (present?.text !== stale || (await livingHolder(present))) return 'changed'
        await rename(draft, path)
      } finally {
        await rm(claim, { force: true })
      }
      await removeClaims(path)
      return 'taken'
    }
    const claimed = await readLock(claim)
    if (!claimed) return 'changed'
    const claimant = await livingHolder(claimed)
    if (claimant) return claimant
    inherited = claimed.text
  }
}

/** Claims that killed takers left. They are on locks that are gone for good: the present one is alive, and ours. */
const removeClaims = async (path: string): Promise<void> => {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => [])
  const claims = names.filter((name) => name.startsWith(`${basename(path)}${CLAIM}`))
  await Promise.all(claims.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)))
}
