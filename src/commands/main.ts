import { setMaxListeners } from 'node:events'
import type { FirstFrame } from '../tui/first-frame.ts'
import type { ExitCode, Io } from './io.ts'

type Process = Pick<NodeJS.Process, 'argv' | 'env' | 'stdin' | 'stdout' | 'stderr' | 'on' | 'once' | 'removeListener'>

/**
 * Runs one command line and answers its exit code. Installs the handlers for signals and for a closed pipe. `first` is
 * on the screen already; the first words that are for the screen below take it away again.
 */
export const main = async (proc: Process, first?: FirstFrame): Promise<ExitCode> => {
  const argv = proc.argv.slice(2)
  if (argv[0] === '__supervise' && argv[1] !== undefined) {
    const stop = new AbortController()
    for (const signal of ['SIGTERM', 'SIGINT'] as const) proc.on(signal, () => stop.abort())
    proc.on('SIGHUP', () => {}) // would end the process; the supervisor takes it as "look again"
    const { supervise } = await import('../cluster/embedded/supervisor.ts')
    return (await supervise(argv[1], stop.signal)) === 0 ? 0 : 3
  }

  setMaxListeners(100) // many checks listen to one signal; that is no leak
  const aborter = new AbortController()
  let interrupted = false
  let held = 0
  const interrupt = (): void => {
    // A shell or editor in the foreground gets the same Ctrl-C and knows what to do with it.
    if (held > 0) return
    // Once only: a second Ctrl-C takes its usual effect, should the clean-up hang.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) proc.removeListener(signal, interrupt)
    interrupted = true
    aborter.abort(new DOMException('interrupted', 'AbortError'))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) proc.on(signal, interrupt)
  if (first?.signalled()) interrupt() // it came while all this was being loaded
  const closed = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') aborter.abort(new DOMException('nobody reads the output', 'AbortError'))
  }
  proc.stdout.on('error', closed)
  proc.stderr.on('error', closed)

  const io: Io = {
    env: proc.env,
    out: (text) => {
      first?.end()
      proc.stdout.write(text)
    },
    err: (text) => {
      first?.end()
      proc.stderr.write(text)
    },
    // Opened when somebody asks for it: most commands read nothing.
    get stdin() {
      return proc.stdin
    },
    get tty() {
      return proc.stdin.isTTY && proc.stdout.isTTY ? { stdin: proc.stdin, stdout: proc.stdout, first } : undefined
    },
    get stdinIsTty() {
      return proc.stdin.isTTY === true
    },
    stdoutIsTty: proc.stdout.isTTY === true,
    columns: () => proc.stdout.columns || Number(proc.env.COLUMNS) || 80,
    signal: aborter.signal,
    holdSignals: () => {
      held += 1
      return () => {
        held -= 1
      }
    },
  }
  const { runCommandLine } = await import('./tree.ts')
  const code = await runCommandLine(argv, io)
  first?.end()
  return interrupted ? 130 : code
}
