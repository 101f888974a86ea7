/**
 * The terminal while the lab has it: its alternate screen, what is on it, and its restoration on every way out.
 * Frames are painted line by line and only where they differ, inside a synchronised update: nothing flickers, nothing of
 * an older frame stays behind. Needs little of the skin, so that a first frame can be up before the rest is loaded.
 */
import type { Size } from './scene.ts'
import { holdStrayOutput } from './stray-output.ts'

export type Input = Pick<
  NodeJS.ReadStream,
  'isTTY' | 'isRaw' | 'setRawMode' | 'read' | 'pause' | 'resume' | 'ref' | 'unref' | 'on' | 'off' | 'setEncoding'
>
export type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'on' | 'off' | 'write'>

export type Terminal = {
  readonly size: () => Size
  /** Takes the screen, and holds back what other code prints on it; doing it twice does nothing. */
  readonly enter: () => void
  /** Gives the screen back as it was, cursor and input mode included; doing it twice does nothing. */
  readonly leave: () => void
  /** Shows a frame of at most rows-1 lines; what would not fit is not written. */
  readonly paint: (frame: string) => void
  /** Forgets what is on the screen, so that the next frame is painted whole. */
  readonly forget: () => void
  /** Calls back after each change of size, until the returned function is called. */
  readonly onResize: (listener: () => void) => () => void
}

const CSI = '\u001B['
const ALTERNATE = `${CSI}?1049h`
const ORIGINAL = `${CSI}?1049l`
const HIDE_CURSOR = `${CSI}?25l`
const SHOW_CURSOR = `${CSI}?25h`
const NO_WRAP = `${CSI}?7l`
const WRAP = `${CSI}?7h`
const PASTE_ON = `${CSI}?2004h`
const PASTE_OFF = `${CSI}?2004l`
const BEGIN = `${CSI}?2026h` // synchronised update; terminals that do not know it ignore it
const END = `${CSI}?2026l`
const CLEAR = `${CSI}2J`
const RESET = `${CSI}0m`
const REST_OF_LINE = `${CSI}K`

/** The terminal behind a pair of streams. Nothing is written before `enter`. */
export const createTerminal = (options: { stdin: Input; stdout: Output }): Terminal => {
  const { stdin, stdout } = options
  let entered = false
  let releaseStray = () => {}
  let shown: readonly string[] | undefined
  let shownSize = ''
  const size = (): Size => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 })
  const setRaw = (raw: boolean) => {
    if (stdin.isTTY && stdin.isRaw !== raw) stdin.setRawMode(raw)
  }

  return {
    size,
    enter: () => {
      if (entered) return
      entered = true
      shown = undefined
      releaseStray = holdStrayOutput()
      setRaw(true)
      stdout.write(ALTERNATE + HIDE_CURSOR + NO_WRAP + PASTE_ON + CLEAR)
    },
    leave: () => {
      if (!entered) return
      entered = false
      // Streams may be gone on a hang-up; there is no terminal left to restore then.
      try {
        stdout.write(END + RESET + PASTE_OFF + WRAP + SHOW_CURSOR + ORIGINAL)
        setRaw(false)
      } catch {}
      releaseStray()
    },
    paint: (frame) => {
      if (!entered) return
      const { columns, rows } = size()
      const lines = frame.split('\n').slice(0, Math.max(1, rows - 1))
      const whole = shown === undefined || shownSize !== `${columns}x${rows}`
      const before = whole ? [] : (shown ?? [])
      let writing = whole ? CLEAR : ''
      for (let row = 0; row < Math.max(lines.length, before.length); row += 1) {
        const line = lines[row] ?? ''
        if (line === (before[row] ?? '')) continue
        // Erased first: after a line of full width the cursor stands on its last cell, and would take that along.
        writing += `${CSI}${row + 1};1H${RESET}${REST_OF_LINE}${line}${RESET}`
      }
      shown = lines
      shownSize = `${columns}x${rows}`
      if (writing !== '') stdout.write(BEGIN + writing + END)
    },
    forget: () => {
      shown = undefined
    },
    onResize: (listener) => {
      stdout.on('resize', listener)
      return () => void stdout.off('resize', listener)
    },
  }
}

/**
 * Restores the terminal when the process ends in any way it is told about, an exception included (which is reported
 * afterwards, on the original screen). `onSignal` hears of SIGINT, SIGTERM and SIGHUP after the restoration.
 * Returns a function that takes the handlers off again.
 */
export const guardTerminal = (options: {
  terminal: Terminal
  onSignal: (signal: NodeJS.Signals) => void
  onContinue: () => void
  /** Another program has the terminal: Ctrl-C is meant for that one. */
  isLent: () => boolean
}): (() => void) => {
  const { terminal, onSignal, onContinue, isLent } = options
  const leave = () => terminal.leave()
  const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const signalled = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' && isLent()) return
    // The next one takes its usual effect, should the way out hang. Not at once: Ink's own listener ends the process
    // on the spot when it finds itself alone.
    setImmediate(() => {
      for (const each of SIGNALS) process.off(each, signalled)
    })
    leave()
    onSignal(signal)
  }
  process.on('exit', leave)
  process.on('uncaughtExceptionMonitor', leave)
  process.on('SIGCONT', onContinue)
  for (const signal of SIGNALS) process.on(signal, signalled)
  return () => {
    process.off('exit', leave)
    process.off('uncaughtExceptionMonitor', leave)
    process.off('SIGCONT', onContinue)
    for (const signal of SIGNALS) process.off(signal, signalled)
  }
}
