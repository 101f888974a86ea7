import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { UserError } from '../core/errors.ts'
import { codeOf, storageError } from './atomic.ts'
import { processStart } from './process-start.ts'

type Holder = { readonly pid: number; readonly started: string; readonly token: string }

const parseHolder = (text: string): Holder | undefined => {
  try {
    const value = JSON.parse(text) as Partial<Holder>
    const whole = typeof value.pid === 'number' && typeof value.started === 'string' && typeof value.token === 'string'
    return whole ? (value as Holder) : undefined
  } catch {
    return undefined
  }
}

const readHolder = async (path: string): Promise<Holder | 'none' | 'unreadable'> => {
  try {
    return parseHolder(await readFile(path, 'utf8')) ?? 'unreadable'
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'none'
    throw storageError(error, path)
  }
}

/** True while the very process that took the lock lives; another one with its number does not count. */
const isAlive = async (holder: Holder): Promise<boolean> => (await processStart(holder.pid)) === holder.started

/**
 * Removes a lock whose process is dead. Several may find it at once: only the one that claims this very lock removes
 * it, and looks again before, so that a lock taken meanwhile is never touched.
 */
const removeStale = async (path: string, draft: string, stale: Holder | 'unreadable'): Promise<void> => {
  const token = stale === 'unreadable' ? stale : stale.token
  const claim = `${path}.takeover-${token.replace(/[^A-Za-z0-9]/g, '')}`
  try {
    await link(draft, claim)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw storageError(error, path)
    const claimant = await readHolder(claim)
    if (typeof claimant === 'object' && (await isAlive(claimant))) await setTimeout(10)
    else await rm(claim, { force: true })
    return
  }
  try {
    const present = await readHolder(path)
    const same = present === stale || (typeof present === 'object' && present.token === token)
    if (same) await rm(path, { force: true })
  } finally {
    await rm(claim, { force: true })
  }
}

/**
 * Makes this process the only one that changes the home whose state folder is `dir`; answers how to let go. A lock left
 * by a process that died is taken over. Throws UserError that names the holder when it lives.
 */
export const acquireLock = async (options: { readonly dir: string }): Promise<() => Promise<void>> => {
  const path = join(options.dir, 'lock')
  const own: Holder = {
    pid: process.pid,
    started: (await processStart(process.pid)) ?? '',
    token: randomBytes(8).toString('hex'),
  }
  const draft = `${path}.${own.token}`
  try {
    await mkdir(options.dir, { recursive: true, mode: 0o700 })
    await writeFile(draft, `${JSON.stringify(own)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw storageError(error, path)
  }
  try {
    // A link is made whole or not at all, so nobody ever reads half a lock.
    for (;;) {
      try {
        await link(draft, path)
        break
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw storageError(error, path)
      }
      const holder = await readHolder(path)
      if (holder === 'none') continue
      if (holder !== 'unreadable' && (await isAlive(holder))) {
        throw new UserError({
          what: `Another k8s-sec-lab (process ${holder.pid}) is using ${options.dir}`,
          next: `Close that one, or give this one a home of its own: K8S_SEC_LAB_HOME=~/another-lab k8s-sec-lab start`,
          exitCode: 3,
        })
      }
      await removeStale(path, draft, holder)
    }
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
  return async () => {
    const holder = await readHolder(path)
    if (typeof holder === 'object' && holder.token === own.token) await rm(path, { force: true })
  }
}
