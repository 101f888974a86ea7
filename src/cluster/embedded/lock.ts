import { randomBytes } from 'node:crypto'
import { link, rename, rm, writeFile } from 'node:fs/promises'
import { readIfThere, storageError } from './files.ts'
import { identityOf, isAlive, type ProcessId } from './processes.ts'

/**
 * A lock file that names its holder. It appears complete or not at all (written beside, then linked), and a lock whose
 * holder is dead is moved aside by name before a new one is made, so that of two takers one wins.
 */
export type Lock = {
  readonly release: () => Promise<void>
  /** False once the file is gone or names somebody else: whoever removed the folder meant the holder too. */
  readonly holds: () => Promise<boolean>
}

/** The lock, or the living process that holds it. */
export const takeLock = async (path: string): Promise<Lock | ProcessId> => {
  const me: ProcessId = { pid: process.pid, identity: (await identityOf(process.pid)) ?? 'unknown' }
  const token = randomBytes(6).toString('hex')
  const beside = `${path}.${token}`
  const text = JSON.stringify({ ...me, token })
  try {
    await writeFile(beside, text, { mode: 0o600 })
  } catch (error) {
    throw storageError(error, path)
  }
  try {
    for (;;) {
      try {
        await link(beside, path)
        return {
          release: () => releaseLock(path, text),
          holds: async () => (await readIfThere(path).catch(() => text)) === text,
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw storageError(error, path)
      }
      const there = await readIfThere(path)
      if (there === undefined) continue
      const holder = parseHolder(there)
      if (holder && (await isAlive(holder))) return holder
      await removeStale(path, there, token)
    }
  } finally {
    await rm(beside, { force: true })
  }
}

/** The living holder of a lock, if any. */
export const lockHolder = async (path: string): Promise<ProcessId | undefined> => {
  const holder = parseHolder(await readIfThere(path))
  return holder && (await isAlive(holder)) ? holder : undefined
}

export const isLock = (taken: Lock | ProcessId): taken is Lock => 'release' in taken

const releaseLock = async (path: string, text: string): Promise<void> => {
  if ((await readIfThere(path)) === text) await rm(path, { force: true })
}

// Another taker may have replaced the stale lock meanwhile: look at what was moved, and put a stranger's back.
const removeStale = async (path: string, stale: string, token: string): Promise<void> => {
  const aside = `${path}.${token}.stale`
  try {
    await rename(path, aside)
  } catch {
    return // somebody else was faster
  }
  if ((await readIfThere(aside)) !== stale) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

const parseHolder = (text: string | undefined): ProcessId | undefined => {
  try {
    const holder = JSON.parse(text ?? '') as Partial<ProcessId>
    return typeof holder.pid === 'number' && typeof holder.identity === 'string'
      ? { pid: holder.pid, identity: holder.identity }
      : undefined
  } catch {
    return undefined
  }
}
