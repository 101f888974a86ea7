import { link, open } from 'node:fs/promises'
import { hostname } from 'node:os'
import { codeOf } from './atomic.ts'
import { isAlive, ownProcess, type ProcessId } from './process-identity.ts'

/** Who a lock file names. A process of another machine cannot be asked for; it shows life by touching its file. */
export type Holder = ProcessId & { readonly host: string }

/** A lock file as it was read: every holder's text is its own, `age` is in milliseconds. */
export type Seen = { readonly text: string; readonly age: number }

/** How often a holder touches its lock. */
export const HEARTBEAT_MS = 5000
/** A holder on another machine that has not touched its lock for so long is gone. */
const SILENT_MS = 60_000

/** This process as a holder. */
export const ownHolder = async (): Promise<Holder> => ({ ...(await ownProcess()), host: hostname() })

/** Text and age of one and the same file, or undefined when there is none. */
export const readLock = async (path: string): Promise<Seen | undefined> => {
  try {
    const file = await open(path, 'r')
    try {
      const text = await file.readFile('utf8')
      return { text, age: Date.now() - (await file.stat()).mtimeMs }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const parseHolder = (text: string): Holder | undefined => {
  try {
    const { pid, identity, host } = JSON.parse(text) as Partial<Holder>
    const whole = typeof pid === 'number' && typeof identity === 'string' && typeof host === 'string'
    return whole ? { pid, identity, host } : undefined
  } catch {
    return undefined
  }
}

/**
 * The holder that a lock names if it lives, undefined for a stale lock. Locks appear whole, so one that cannot be read
 * is stale too.
 */
export const livingHolder = async (seen: Seen | undefined): Promise<Holder | undefined> => {
  const holder = seen && parseHolder(seen.text)
  if (!holder) return undefined
  // Asked first, whatever the host is called: a laptop may change its name with the network.
  if (await isAlive(holder)) return holder
  return holder.host !== hostname() && seen.age < SILENT_MS ? holder : undefined
}

/** Gives a finished file a second name, unless that is taken: the step of which only one of many succeeds. */
export const linkIfFree = async (draft: string, path: string): Promise<boolean> => {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}
