import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted } from './exec.ts'

type Holder = { readonly pid: number; readonly host: string; readonly token: string }

const POLL_MS = 200
const HEARTBEAT_MS = 5_000
/** A holder that has not touched its lock for so long is gone, on whatever machine it ran. */
const STALE_AFTER_MS = 60_000

/** True while a process of that id runs on this machine. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const readHolder = async (
  path: string,
): Promise<{ text: string; holder: Holder | undefined; age: number } | undefined> => {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const age = Date.now() - mtimeMs
    try {
      return { text, holder: JSON.parse(text) as Holder, age }
    } catch {
      return { text, holder: undefined, age }
    }
  } catch {
    return undefined // Gone in between: try to take it.
  }
}

/**
 * Takes a stale lock away. Two processes may try at once: whoever finds, after renaming, that it moved a fresh lock
 * puts that one back.
 */
const removeStale = async (path: string, seen: string): Promise<void> => {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  if ((await readFile(aside, 'utf8').catch(() => seen)) !== seen) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

const tryTake = async (path: string, mine: Holder): Promise<boolean> => {
  // Written in full beside, then linked: nobody ever sees a lock without a holder.
  const draft = `${path}.${mine.token}`
  await writeFile(draft, JSON.stringify(mine))
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * Runs `action` while holding the lock file; waits for another holder, and takes over from one that is gone (its
 * process has ended, or it has not shown life for a minute). `onWait` is told once who holds it.
 */
export const withLock = async <T>(
  options: { path: string; signal?: AbortSignal; onWait?: (pid: number | undefined) => void },
  action: () => Promise<T>,
): Promise<T> => {
  const { path, signal, onWait } = options
  const mine: Holder = { pid: process.pid, host: hostname(), token: randomUUID() }
  await mkdir(dirname(path), { recursive: true })
  let told = false
  while (!(await tryTake(path, mine))) {
    throwIfAborted(signal)
    const current = await readHolder(path)
    if (!current) continue
    const gone = current.holder?.host === mine.host && !isAlive(current.holder.pid)
    if (gone || current.age > STALE_AFTER_MS) {
      await removeStale(path, current.text)
      continue
    }
    if (!told) onWait?.(current.holder?.pid)
    told = true
    await sleep(POLL_MS, undefined, signal ? { signal } : {})
  }
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, HEARTBEAT_MS)
  heartbeat.unref()
  try {
    return await action()
  } finally {
    clearInterval(heartbeat)
    const current = await readHolder(path)
    if (current?.holder?.token === mine.token) await rm(path, { force: true })
  }
}
