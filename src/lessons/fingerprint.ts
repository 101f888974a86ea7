import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

/** Of names, contents and execute permissions of files of a course; `paths` are relative to `dir`. Throws when one is missing. */
export const fingerprintOf = (dir: string, paths: readonly string[]): string => {
  const hash = createHash('sha256')
  for (const path of paths) {
    const full = `${dir}/${path}`
    const content = readFileSync(full)
    const runs = (statSync(full).mode & 0o111) !== 0
    // With its length, so that no text can move from one file into the next.
    hash.update(`${path}\0${content.length}\0${runs}\0`).update(content)
  }
  return hash.digest('hex')
}
