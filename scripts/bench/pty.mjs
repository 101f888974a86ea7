// A program in a pseudo-terminal whose screen can be read.
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

/** `waitFor(holds)` resolves with the time (performance.now) at which the screen first satisfied `holds(lines)`. */
export const openPty = ({ argv, env, columns = 120, rows = 40 }) => {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
  const child = spawn(argv[0], argv.slice(1), { cols: columns, rows, env: { ...env, TERM: 'xterm-256color' } })
  const watchers = new Set()
  let ended = false
  const lines = () =>
    Array.from({ length: rows }, (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '')
  const look = () => {
    for (const watcher of [...watchers]) watcher()
  }
  child.onData((data) => terminal.write(data, look))
  const exited = new Promise((resolve) => {
    child.onExit((how) => {
      ended = true
      look()
      resolve(how)
    })
  })
  return {
    pid: child.pid,
    lines,
    send: (keys) => child.write(keys),
    kill: (signal) => child.kill(signal),
    exited,
    waitFor: (holds, { timeoutMs = 60_000, what = 'what was waited for' } = {}) =>
      new Promise((resolve, reject) => {
        const finish = (act) => {
          clearTimeout(timer)
          watchers.delete(watcher)
          act()
        }
        const give = (why) => reject(new Error(`${what}: ${why}\n${lines().join('\n').trimEnd()}`))
        const watcher = () => {
          const now = performance.now()
          if (holds(lines())) finish(() => resolve(now))
          else if (ended) finish(() => give('the program ended before'))
        }
        const timer = setTimeout(() => finish(() => give(`not seen within ${timeoutMs / 1000} s`)), timeoutMs)
        watchers.add(watcher)
        watcher()
      }),
  }
}
