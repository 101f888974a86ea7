import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { ToolError } from '../core/errors.ts'

export type RunOptions = {
  readonly argv: readonly string[]
  /** The whole environment of the program; the caller's own when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly input?: string
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** Called for every line of stdout and stderr, as it appears. */
  readonly onLine?: (line: string) => void
  /** Ends the whole process group on cancel and timeout: for programs that start others, like `go build`. */
  readonly group?: boolean
}

export type RunResult = { readonly code: number; readonly stdout: string; readonly stderr: string }

const OUTPUT_LINES_KEPT = 30
const FORCE_KILL_AFTER_MS = 5_000

/** An error that only says "cancelled", whatever reason the signal carries. */
export const abortError = (): Error => new DOMException('The action was cancelled.', 'AbortError')

/** Throws AbortError when the signal has fired. */
export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw abortError()
}

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-OUTPUT_LINES_KEPT).join('\n')

const killGroup = (pid: number | undefined, signal: NodeJS.Signals): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone already.
  }
}

/**
 * Runs a program to its end and answers its exit code and output, whatever the code is.
 * Throws ToolError when it cannot be started, is killed or runs into `timeoutMs`; AbortError when `signal` fires.
 */
export const run = async (options: RunOptions): Promise<RunResult> => {
  const { argv, signal, timeoutMs, onLine, group = false } = options
  const [file = '', ...args] = argv
  throwIfAborted(signal)
  const { execa } = await import('execa')
  const tap = onLine
    ? function* (line: unknown) {
        onLine(String(line))
        yield line
      }
    : undefined
  const stop = new AbortController()
  const child = execa(file, args, {
    reject: false,
    stripFinalNewline: false,
    ...(options.env ? { env: options.env as Record<string, string>, extendEnv: false } : {}),
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(tap ? { stdout: [tap], stderr: [tap] } : {}),
    cancelSignal: stop.signal,
    forceKillAfterDelay: FORCE_KILL_AFTER_MS,
    detached: group,
  })
  let timedOut = false
  const end = () => {
    if (group) killGroup(child.pid, 'SIGTERM')
    stop.abort()
  }
  const endAtExit = () => killGroup(child.pid, 'SIGKILL')
  const timer = timeoutMs
    ? setTimeout(() => {
        timedOut = true
        end()
      }, timeoutMs)
    : undefined
  signal?.addEventListener('abort', end, { once: true })
  if (group) process.once('exit', endAtExit)
  const result = await child.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
    process.removeListener('exit', endAtExit)
    // What the program started may outlive it; nothing of a cancelled build is to go on writing.
    if (group && (timedOut || signal?.aborted)) killGroup(child.pid, 'SIGKILL')
  })
  throwIfAborted(signal)
  const stdout = String(result.stdout ?? '')
  const stderr = String(result.stderr ?? '')
  const failed = (what: string, next: string) =>
    new ToolError({ what, next, argv, code: result.exitCode, output: lastLines(stdout + stderr), cause: result.cause })
  if (timedOut)
    throw failed(
      `${file} gave no result within ${(timeoutMs ?? 0) / 1000} s.`,
      'Try again when the machine is less busy.',
    )
  if (result.exitCode === undefined) {
    const code = 'code' in result ? String(result.code) : undefined
    if (code === 'ENOENT')
      throw failed(`${file} was not found.`, `Install ${file}, or put the folder that holds it on PATH.`)
    if (code === 'EACCES') throw failed(`${file} may not be executed.`, `Make it executable: chmod +x ${file}`)
    const why = result.signal ? `was ended by ${result.signal}` : `could not be started (${code ?? 'unknown reason'})`
    throw failed(`${file} ${why}.`, 'Try again; when it happens again, run the command by hand and read its output.')
  }
  return { code: result.exitCode, stdout, stderr }
}

/** Like `run`, but throws ToolError for an exit code other than 0; `what` names the action that failed. */
export const runOk = async (options: RunOptions & { what: string; next: string }): Promise<RunResult> => {
  const result = await run(options)
  if (result.code !== 0) {
    throw new ToolError({
      what: `${options.what} (exit code ${result.code}).`,
      next: options.next,
      argv: options.argv,
      code: result.code,
      output: lastLines(result.stdout + result.stderr),
    })
  }
  return result
}

const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/** Every executable of that name in the folders of PATH, in order. Relative folders are passed over. */
export const whichAll = async (name: string, path: string | undefined): Promise<readonly string[]> => {
  const folders = [...new Set((path ?? '').split(delimiter))].filter((folder) => isAbsolute(folder))
  const candidates = folders.map((folder) => join(folder, name))
  const usable = await Promise.all(candidates.map(isProgram))
  return candidates.filter((_, index) => usable[index])
}

/** The first executable of that name in PATH, or undefined. */
export const which = async (name: string, path: string | undefined): Promise<string | undefined> =>
  (await whichAll(name, path))[0]
