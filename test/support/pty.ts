import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

export type Pty = {
  /** What a person would see now, trailing blanks cut. */
  readonly screen: () => string
  readonly send: (keys: string) => void
  readonly resize: (columns: number, rows: number) => void
  readonly kill: (signal?: string) => void
  readonly pid: number
  /** Everything the program ever wrote, escape codes included. */
  readonly raw: () => string
  /** Resolves with the screen once `wanted` is on it; rejects with the screen when the program ends or time runs out. */
  readonly waitFor: (
    wanted: string | RegExp | ((screen: string) => boolean),
    options?: { timeoutMs?: number },
  ) => Promise<string>
  readonly exited: Promise<{ exitCode: number; signal: number | undefined }>
}

/** Runs a program in a pseudo-terminal and reads its screen through a real terminal emulator. */
export const openPty = (options: {
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  cwd?: string
  columns?: number
  rows?: number
}): Pty => {
  const { columns = 120, rows = 40 } = options
  const [file = '', ...args] = options.argv
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 2000 })
  const child = spawn(file, args, {
    cols: columns,
    rows,
    cwd: options.cwd ?? process.cwd(),
    env: { ...options.env, TERM: 'xterm-256color' },
    name: 'xterm-256color',
  })
  let raw = ''
  let ended: { exitCode: number; signal: number | undefined } | undefined
  const watchers = new Set<() => void>()
  const changed = () => {
    for (const watcher of watchers) watcher()
  }
  child.onData((data) => {
    raw += data
    terminal.write(data, changed)
  })
  const exited = new Promise<{ exitCode: number; signal: number | undefined }>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      ended = { exitCode, signal }
      changed()
      resolve(ended)
    })
  })
  const screen = () => {
    const buffer = terminal.buffer.active
    return Array.from(
      { length: terminal.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '',
    )
      .join('\n')
      .trimEnd()
  }
  return {
    screen,
    raw: () => raw,
    pid: child.pid,
    send: (keys) => child.write(keys),
    resize: (nextColumns, nextRows) => {
      terminal.resize(nextColumns, nextRows)
      child.resize(nextColumns, nextRows)
    },
    kill: (signal) => child.kill(signal),
    exited,
    waitFor: (wanted, { timeoutMs = 60_000 } = {}) =>
      new Promise((resolve, reject) => {
        const holds = (text: string) =>
          typeof wanted === 'string'
            ? text.includes(wanted)
            : wanted instanceof RegExp
              ? wanted.test(text)
              : wanted(text)
        const finish = (act: () => void) => {
          clearTimeout(timer)
          watchers.delete(look)
          act()
        }
        const look = () => {
          const text = screen()
          if (holds(text)) finish(() => resolve(text))
          else if (ended)
            finish(() =>
              reject(
                new Error(`The program ended (exit ${ended?.exitCode}) before ${String(wanted)} was seen.\n${text}`),
              ),
            )
        }
        const timer = setTimeout(
          () =>
            finish(() =>
              reject(new Error(`${String(wanted)} was not seen within ${timeoutMs} ms. The screen:\n${screen()}`)),
            ),
          timeoutMs,
        )
        watchers.add(look)
        look()
      }),
  }
}
