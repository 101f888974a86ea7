import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { UserError } from '../../core/errors.ts'
import { lockHolder } from '../../store/lock.ts'
import { identityOf, isAlive, type ProcessId } from '../../store/process-identity.ts'
import { storageError } from '../files.ts'
import type { Layout } from './layout.ts'
import { signal, stopProcesses } from './processes.ts'
import { stopRecorded } from './stop-recorded.ts'

/** The living supervisor of a cluster folder, if any. One on another machine is none that could be asked or ended. */
export const supervisorOf = async (layout: Layout): Promise<ProcessId | undefined> => {
  const holder = await lockHolder(layout.supervisorLock)
  return holder && (await isAlive(holder)) ? holder : undefined
}

/** Asks the supervisor to look at its files now. */
export const nudge = async (layout: Layout): Promise<void> => {
  const supervisor = await supervisorOf(layout)
  if (supervisor) signal(supervisor.pid, 'SIGCONT')
}

/**
 * Starts the supervisor in a session of its own, so that it outlives the lab. `argv` is the command without the folder.
 * `check` throws UserError once the process has ended although it should not; `stop` ends it at any time, also before
 * it has made itself known.
 */
export const startSupervisor = async (
  layout: Layout,
  argv: readonly string[],
): Promise<{ readonly check: () => Promise<void>; readonly stop: () => Promise<void> }> => {
  await rm(layout.status, { force: true })
  let log: number
  try {
    log = openSync(layout.supervisorLog, 'a', 0o600)
  } catch (error) {
    throw storageError(error, layout.supervisorLog)
  }
  const [program = process.execPath, ...args] = argv
  let ended: string | undefined
  let child: ChildProcess
  try {
    child = spawn(program, [...args, layout.dir], {
      cwd: layout.dir,
      detached: true,
      stdio: ['ignore', log, log],
      env: quietEnvironment(process.env),
    })
    child.once('error', (error) => {
      ended = error.message
    })
    child.once('exit', (code, name) => {
      ended = name === null ? `exit code ${code}` : `killed by ${name}`
    })
    child.unref()
  } finally {
    closeSync(log)
  }
  const { pid } = child
  return {
    check: async () => {
      if (ended === undefined || (await supervisorOf(layout))) return
      const log = await readFile(layout.supervisorLog, 'utf8').catch(() => '')
      const said = log.trim().split('\n').slice(-3).join(' ')
      throw new UserError({
        what: `The supervisor of the cluster ended at once (${ended})${said === '' ? '.' : `: ${said}`}`,
        next: 'Run `k8s-sec-lab doctor`, then try again.',
        exitCode: 3,
      })
    },
    stop: async () => {
      const identity = pid === undefined || ended !== undefined ? undefined : await identityOf(pid)
      if (pid !== undefined && identity !== undefined) await stopProcesses([{ pid, identity }], 15_000)
    },
  }
}

/** Ends the supervisor and everything it runs, and whatever a killed one left behind. */
export const stopSupervision = async (layout: Layout): Promise<void> => {
  const supervisor = await supervisorOf(layout)
  // Its own order is API server before etcd, each with some seconds of grace.
  if (supervisor) await stopProcesses([supervisor], 15_000)
  await stopRecorded(layout)
}

// The components need next to nothing of the learner's environment, and proxies and Node options could break them.
const quietEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) =>
      /^(PATH|HOME|USER|LOGNAME|TMPDIR|LANG|LC_.*|TZ|K8S_SEC_LAB_.*|XDG_.*)$/.test(name),
    ),
  )
