import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { UserError } from '../core/errors.ts'
import { codeOf } from './atomic.ts'

/**
 * A process that cannot be mistaken for another one: a pid may be given to a stranger after its owner died, a pid with
 * its start time may not. Linux: boot id and start tick (field 22 of /proc/<pid>/stat, see proc(5)); elsewhere the
 * start time that ps prints.
 */
export type ProcessId = { readonly pid: number; readonly identity: string }

const run = promisify(execFile)
let bootId: string | undefined

/** A file below /proc, or undefined when there is none; other failures say nothing about the process and are thrown. */
const readProc = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

/** The start of a living process, undefined when there is none (a zombie counts as dead). Throws when nobody can tell. */
const startOf = async (pid: number): Promise<string | undefined> => {
  if (!Number.isInteger(pid) || pid < 1) return undefined
  return process.platform === 'linux' ? procStart(pid) : psStart(pid)
}

const procStart = async (pid: number): Promise<string | undefined> => {
  bootId ??= ((await readProc('/proc/sys/kernel/random/boot_id')) ?? '').trim()
  const stat = await readProc(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The second field is the program's name in parentheses and may hold anything, so count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${bootId}:${fields[19]}`
}

const psStart = async (pid: number): Promise<string | undefined> => {
  try {
    // One -o each: after an equals sign POSIX takes the rest of the argument for a heading. The same clock for everybody.
    const { stdout } = await run('ps', ['-o', 'state=', '-o', 'lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    })
    const [state = '', ...start] = stdout.trim().split(/\s+/)
    return state === '' || state.startsWith('Z') ? undefined : start.join(' ')
  } catch (error) {
    // An exit code is ps saying that there is no such process; anything else is ps not having run.
    if (typeof (error as { code?: unknown }).code === 'number') return undefined
    throw error
  }
}

/** The identity of a living process; undefined when there is none, or nobody can tell. */
export const identityOf = (pid: number): Promise<string | undefined> => startOf(pid).catch(() => undefined)

/** True while exactly that process lives. Throws when nobody can tell: a doubt must not pass for a death. */
export const isAlive = async (one: ProcessId): Promise<boolean> => (await startOf(one.pid)) === one.identity

/** This process. Throws UserError on a machine that does not show its processes. */
export const ownProcess = async (): Promise<ProcessId> => {
  const identity = await startOf(process.pid)
  if (identity !== undefined) return { pid: process.pid, identity }
  throw new UserError({
    what: 'This machine does not show when a process was started, so a lock could not name its holder',
    next: process.platform === 'linux' ? 'Mount /proc, and try again.' : 'Make `ps` work, and try again.',
    exitCode: 3,
  })
}

/** True while some process of that pid runs on this machine; it may be another one than the one that was meant. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
