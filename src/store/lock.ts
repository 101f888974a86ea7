import { randomUUID } from 'node:crypto'
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../core/errors.ts'
import { storageError } from './atomic.ts'
import { HEARTBEAT_MS, type Holder, linkIfFree, livingHolder, ownHolder, readLock } from './lock-file.ts'
import { takeOver } from './lock-takeover.ts'

export type { Holder } from './lock-file.ts'

const POLL_MS = 100

/** A lock that this process holds. */
export type Lock = {
  /** Removes the lock, if it still is this one. */
  readonly release: () => Promise<void>
  /** False once the file is gone or names somebody else: whoever removed the folder meant the holder too. */
  readonly holds: () => Promise<boolean>
}

/** True for a lock, false for the process that holds it instead. */
export const isLock = (taken: Lock | Holder): taken is Lock => 'release' in taken

/**
 * Takes the lock at `path`, in a folder that is there; answers at once with the lock, or with the living process that
 * holds it. A lock whose holder is dead goes to exactly one of those who ask for it. Throws UserError for what the
 * disk refuses.
 */
export const takeLock = async (path: string): Promise<Lock | Holder> => {
  const token = randomUUID()
  const text = JSON.stringify({ ...(await ownHolder()), token })
  const draft = `${path}.${token}`
  try {
    // Written beside, then linked: a lock is there whole or not at all, so nobody ever reads half of one.
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
    for (;;) {
      if (await linkIfFree(draft, path)) return hold(path, text)
      const seen = await readLock(path)
      if (!seen) continue
      const holder = await livingHolder(seen)
      if (holder) return holder
      const outcome = await takeOver({ path, draft, stale: seen.text })
      if (outcome === 'taken') return hold(path, text)
      if (outcome !== 'changed') return outcome
    }
  } catch (error) {
    throw storageError(error, path)
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

const hold = (path: string, text: string): Lock => {
  const isThere = async (): Promise<boolean> => (await readLock(path))?.text === text
  const touch = async (): Promise<void> => {
    const now = new Date()
    if (await isThere()) await utimes(path, now, now)
  }
  // A touch that fails is made up for by the next one.
  const heartbeat = setInterval(() => void touch().catch(() => undefined), HEARTBEAT_MS)
  heartbeat.unref()
  return {
    // A disk that does not answer has not given the lock to somebody else.
    holds: () => isThere().catch(() => true),
    release: async () => {
      clearInterval(heartbeat)
      try {
        if (await isThere()) await rm(path, { force: true })
      } catch (error) {
        throw storageError(error, path)
      }
    },
  }
}

/** The living holder of a lock, if any; it may be a process of another machine (`host`). */
export const lockHolder = async (path: string): Promise<Holder | undefined> => {
  try {
    return await livingHolder(await readLock(path))
  } catch (error) {
    throw storageError(error, path)
  }
}

/**
 * Runs `action` while holding the lock at `path` (missing folders are made), and waits for another holder first.
 * `onWait` is told once who that is. Throws an AbortError when `signal` ends the waiting.
 */
export const withLock = async <Result>(
  options: { readonly path: string; readonly signal?: AbortSignal; readonly onWait?: (pid: number) => void },
  action: () => Promise<Result>,
): Promise<Result> => {
  const { path, signal, onWait } = options
  for (let told = false; ; told = true) {
    signal?.throwIfAborted()
    // Each time: the holder we wait for may be the one that removes the folder.
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const taken = await takeLock(path)
    if (isLock(taken)) {
      try {
        return await action()
      } finally {
        await taken.release()
      }
    }
    if (!told) onWait?.(taken.pid)
    await sleep(POLL_MS, undefined, signal ? { signal } : {})
  }
}

/**
 * Makes this process the only one that changes the home whose state folder is `dir`; answers how to let go. Throws
 * UserError that names the holder when it lives.
 */
export const acquireLock = async (options: { readonly dir: string }): Promise<() => Promise<void>> => {
  const path = join(options.dir, 'lock')
  try {
    await mkdir(options.dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw storageError(error, path)
  }
  const taken = await takeLock(path)
  if (isLock(taken)) return taken.release
  const who = `process ${taken.pid}${taken.host === hostname() ? '' : ` on ${taken.host}`}`
  throw new UserError({
    what: `Another k8s-sec-lab (${who}) is using ${options.dir}`,
    next: `Close that one, or give this one a home of its own: K8S_SEC_LAB_HOME=~/another-lab k8s-sec-lab start`,
    exitCode: 3,
  })
}
