import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, copyFileSync, openSync, statSync, truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf } from '../../store/process-identity.ts'
import { lastWords } from '../last-words.ts'
import type { PodSpec } from '../static-pod.ts'
import { askProbe, isHealthy } from './health.ts'
import type { EmbeddedComponent } from './layout.ts'
import type { UnitStatus } from './status-file.ts'

/** One component under supervision: its process, its restarts, and what is known about both. */
export type Unit<Name extends string = string> = {
  readonly name: Name
  /** Takes a manifest over: the process is replaced if the Pod differs from the running one. */
  accept(spec: PodSpec, manifest: string): Promise<void>
  /** Keeps whatever runs, and remembers why the manifest was refused. */
  reject(error: string, manifest: string): void
  /** The manifest is gone: stop. */
  withdraw(): Promise<void>
  /** Starts the process when it should run, does not, and its back-off is over. */
  startIfDue(): void
  /** Forgets the back-off. */
  retryNow(): void
  /** A planned restart: not counted, no back-off. */
  restart(): Promise<void>
  stop(): Promise<void>
  started(): boolean
  status(): UnitStatus<Name>
}

/** The API server's first roles are made within seconds, on a slow machine too. */
const FORBIDDEN_MS = 15_000
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000]
/** A process that lived this long starts the back-off from the beginning. */
const STEADY_MS = 10_000
/**
 * After SIGTERM, kube-apiserver and etcd stop listening at once, then wait long for clients that only watch. None of
 * them loses anything by being killed then: what was acknowledged is in etcd's log.
 */
const STOP_GRACE_MS: Readonly<Record<string, number>> = { etcd: 1500, 'kube-apiserver': 600 } satisfies Partial<
  Record<EmbeddedComponent, number>
>
const OTHERS_GRACE_MS = 3000
const LOG_CAP_BYTES = 10 * 1024 * 1024

export const createUnit = <Name extends string>(options: {
  readonly name: Name
  /** Absolute path; left out, the first word of the Pod's command is one. */
  readonly program?: string
  readonly logFile: string
  readonly cwd: string
  readonly onChange: () => void
  /** What surrounds the process besides its manifest: its environment, and folders mounted for it alone. */
  readonly surroundings?: (spec: PodSpec) => { readonly argv: readonly string[]; readonly env: NodeJS.ProcessEnv }
}): Unit<Name> => {
  const { name, program, logFile, cwd, onChange, surroundings } = options
  const graceMs = STOP_GRACE_MS[name] ?? OTHERS_GRACE_MS
  let spec: PodSpec | undefined
  let manifest: string | undefined
  let rejected: string | undefined
  let run: Run | undefined
  let restarts = 0
  let starts = 0
  let exits = 0
  let failures = 0
  let nextStart = 0
  let words: string | undefined
  let stopping: Promise<void> | undefined

  const start = (wanted: PodSpec): void => {
    rotateLog(logFile)
    const current = spawnRun(program, surroundings?.(wanted) ?? { argv: wanted.argv, env: process.env }, {
      logFile,
      cwd,
    })
    run = current
    starts += 1
    current.child.once('error', (error) => ended(current, undefined, undefined, error.message))
    current.child.once('exit', (code, signal) => ended(current, code, signal))
    if (current.child.pid !== undefined) {
      void identityOf(current.child.pid).then((identity) => {
        current.identity = identity
        onChange()
      })
    }
    void follow(current, wanted)
  }

  const ended = (
    which: Run,
    code: number | null | undefined,
    signal: NodeJS.Signals | null | undefined,
    error?: string,
  ) => {
    if (which.ended) return
    which.ended = true
    which.abort.abort()
    void (async () => {
      const said = error ?? (await lastWords(logFile, which.logStart))
      if (run === which) run = undefined
      if (!which.wanted) return onChange()
      restarts += 1
      exits += 1
      failures = Date.now() - which.startedAt > STEADY_MS ? 0 : failures
      const askedFor = signal !== null && signal !== undefined ? `killed by ${signal}` : `exit code ${code ?? '?'}`
      words = which.killedFor ?? (said === '' ? `${name} ended: ${askedFor}.` : said)
      // Killed from outside or ended well: start again at once, the first time. A failure waits.
      const kindly = signal !== null || code === 0
      nextStart =
        Date.now() + (kindly && failures === 0 ? 0 : (BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0))
      failures += 1
      onChange()
    })()
  }

  /** Watches the startup probe until it answers, then the liveness probe, as long as the process lives. */
  const follow = async (which: Run, wanted: PodSpec): Promise<void> => {
    const { signal } = which.abort
    try {
      const { startup, liveness } = wanted
      for (let tries = 0; startup && !which.started; tries += 1) {
        const status = await askProbe(startup, 5000)
        // 401 comes from a component that is up and only does not talk to strangers. So may 403, but the API server also
        // says it while it still makes its first roles: believed only when it stays.
        if (isHealthy(status) || status === 401) break
        if (status === 403 && Date.now() - which.startedAt > FORBIDDEN_MS) break
        await sleep(tries < 600 ? 50 : 500, undefined, { signal })
      }
      if (signal.aborted) return
      which.started = true
      onChange()
      for (let misses = 0; liveness; ) {
        await sleep(liveness.periodSeconds * 1000, undefined, { signal })
        const status = await askProbe(liveness)
        misses = isHealthy(status) ? 0 : misses + 1
        if (misses >= liveness.failureThreshold && !signal.aborted) {
          const answer = status === undefined ? 'no answer' : `HTTP ${status}`
          which.killedFor = `The liveness probe (${liveness.path}) failed ${misses} times in a row: ${answer}.`
          await endProcess(which, graceMs)
          return
        }
      }
    } catch {
      // aborted: the process is gone
    }
  }

  const stop = (): Promise<void> => {
    const which = run
    if (!which) return stopping ?? Promise.resolve()
    which.wanted = false
    stopping ??= endProcess(which, graceMs).finally(() => {
      stopping = undefined
      if (run === which) run = undefined
      onChange()
    })
    return stopping
  }

  const renew = async () => {
    await stop()
    exits = 0
    failures = 0
    nextStart = 0
    words = undefined
  }

  return {
    name,
    accept: async (wanted, text) => {
      const same = spec !== undefined && JSON.stringify(spec) === JSON.stringify(wanted)
      rejected = undefined
      if (!same) {
        spec = wanted
        await renew()
      }
      manifest = text
      onChange()
    },
    reject: (error, text) => {
      rejected = error
      manifest = text
      onChange()
    },
    withdraw: async () => {
      spec = undefined
      rejected = undefined
      manifest = undefined
      words = undefined
      await stop()
      onChange()
    },
    startIfDue: () => {
      if (!spec || run || stopping || Date.now() < nextStart) return
      start(spec)
      onChange()
    },
    retryNow: () => {
      failures = 0
      nextStart = 0
    },
    restart: renew,
    stop,
    started: () => run?.started === true,
    status: () => {
      const state = ((): UnitStatus<Name>['state'] => {
        if (run?.started) return rejected === undefined ? 'running' : 'stale'
        if (run) return 'starting'
        if (!spec) return 'absent'
        return words === undefined ? 'starting' : 'backoff'
      })()
      return {
        name,
        state,
        ...(run?.child.pid === undefined ? {} : { pid: run.child.pid, since: new Date(run.startedAt).toISOString() }),
        ...(run?.identity === undefined ? {} : { identity: run.identity }),
        restarts,
        starts,
        exits,
        ...(manifest === undefined ? {} : { manifest }),
        ...((rejected ?? (state === 'running' ? undefined : words)) === undefined
          ? {}
          : { lastError: rejected ?? words }),
      }
    },
  }
}

type Run = {
  readonly child: ChildProcess
  readonly startedAt: number
  readonly logStart: number
  readonly abort: AbortController
  identity?: string
  started: boolean
  wanted: boolean
  ended: boolean
  killedFor?: string
}

// The log is the process's own file descriptor, not a pipe: it goes on writing when the supervisor dies.
const spawnRun = (
  program: string | undefined,
  { argv, env }: { readonly argv: readonly string[]; readonly env: NodeJS.ProcessEnv },
  options: { readonly logFile: string; readonly cwd: string },
): Run => {
  const log = openSync(options.logFile, 'a', 0o600)
  const logStart = statSync(options.logFile).size
  try {
    const child = spawn(program ?? argv[0] ?? '', argv.slice(1), {
      cwd: options.cwd,
      env,
      stdio: ['ignore', log, log],
      detached: true, // a Ctrl+C in some terminal is not for it
    })
    return {
      child,
      startedAt: Date.now(),
      logStart,
      abort: new AbortController(),
      started: false,
      wanted: true,
      ended: false,
    }
  } finally {
    closeSync(log)
  }
}

const endProcess = async (run: Run, graceMs: number): Promise<void> => {
  if (run.ended || run.child.pid === undefined) return
  const gone = new Promise<void>((resolve) => run.child.once('exit', () => resolve()))
  run.child.kill('SIGTERM')
  const timer = setTimeout(() => run.child.kill('SIGKILL'), graceMs)
  await gone
  clearTimeout(timer)
}

// Copied and cut, as the running process keeps its file descriptor; one older generation is kept.
export const rotateLog = (logFile: string): void => {
  try {
    if (statSync(logFile).size < LOG_CAP_BYTES) return
    copyFileSync(logFile, `${logFile}.1`)
    truncateSync(logFile)
  } catch {
    // no log yet, or no room for a copy: neither may stop the component
  }
}
