/** A terminal in memory: fake streams around a real terminal emulator, so that tests read the screen a person would see. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'
import type { Input, Output } from '../../src/tui/terminal.ts'

export type FakeTerminal = {
  readonly stdin: Input
  readonly stdout: Output
  /** The screen, line by line, trailing blanks cut. */
  readonly lines: () => readonly string[]
  readonly lastFrame: () => string
  /** Everything written, escape sequences included. */
  readonly written: () => string
  /** Types text, or keys by name: 'up', 'down', 'enter', 'escape', 'tab', 'page-down', 'page-up', 'backspace', 'ctrl-c'. */
  readonly press: (...keys: readonly string[]) => void
  readonly resize: (columns: number, rows: number) => void
  readonly waitFor: (holds: (screen: string) => boolean, what?: string) => Promise<string>
  readonly waitForText: (text: string) => Promise<string>
  /** Whether the alternate screen is on, the cursor hidden, and input raw. */
  readonly modes: () => { readonly alternate: boolean; readonly cursorHidden: boolean; readonly raw: boolean }
  /** Style of the cell at which `text` starts, for tests of colour. */
  readonly styleOf: (text: string) => {
    readonly colour: number | undefined
    readonly bold: boolean
    readonly inverse: boolean
  }
}

const KEYS: Readonly<Record<string, string>> = {
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  'page-up': '\u001B[5~',
  'page-down': '\u001B[6~',
  enter: '\r',
  escape: '\u001B',
  tab: '\t',
  space: ' ',
  backspace: '\u007F',
  'ctrl-c': '\u0003',
}

const DEADLINE = 15_000 // ms; under the time a test gets

export const createFakeTerminal = (options: { columns: number; rows: number }): FakeTerminal => {
  const screen = new xterm.Terminal({
    cols: options.columns,
    rows: options.rows,
    allowProposedApi: true,
    scrollback: 200,
    convertEol: true, // as the line discipline of a real terminal does
  })
  let written = ''
  let raw = false
  let size = { ...options }
  const changes = new EventEmitter().setMaxListeners(0)
  const output = new EventEmitter()
  const stdout = Object.assign(output, {
    isTTY: true as const,
    write: (data: string) => {
      written += data
      screen.write(data, () => changes.emit('change'))
      return true
    },
  })
  Object.defineProperties(stdout, {
    columns: { get: () => size.columns },
    rows: { get: () => size.rows },
  })
  const stream = new PassThrough()
  const stdin = Object.assign(stream, {
    isTTY: true as const,
    setRawMode: (mode: boolean) => {
      raw = mode
      return stdin
    },
    ref: () => stdin,
    unref: () => stdin,
  })
  Object.defineProperty(stdin, 'isRaw', { get: () => raw })

  const lines = () => {
    const buffer = screen.buffer.active
    return Array.from(
      { length: screen.rows },
      (_, row) => buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '',
    )
  }
  const lastFrame = () => lines().join('\n').trimEnd()
  const waitFor: FakeTerminal['waitFor'] = (holds, what = 'the expected screen') =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        changes.off('change', look)
        act()
      }
      const look = () => {
        if (holds(lastFrame())) settle(() => resolve(lastFrame()))
      }
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${what} was not seen. The screen:\n${lastFrame()}`))),
        DEADLINE,
      )
      changes.on('change', look)
      look()
    })
  return {
    stdin: stdin as unknown as Input,
    stdout: stdout as unknown as Output,
    lines,
    lastFrame,
    written: () => written,
    press: (...keys) => {
      for (const key of keys) stream.write(KEYS[key] ?? key)
    },
    resize: (columns, rows) => {
      size = { columns, rows }
      screen.resize(columns, rows)
      output.emit('resize')
    },
    waitFor,
    waitForText: (text) => waitFor((frame) => frame.includes(text), JSON.stringify(text)),
    modes: () => ({
      alternate: screen.buffer.active.type === 'alternate',
      cursorHidden: written.lastIndexOf('\u001B[?25l') > written.lastIndexOf('\u001B[?25h'),
      raw,
    }),
    styleOf: (text) => {
      const row = lines().findIndex((line) => line.includes(text))
      const cell = screen.buffer.active
        .getLine(screen.buffer.active.viewportY + row)
        ?.getCell(lines()[row]?.indexOf(text) ?? 0)
      if (row < 0 || cell === undefined) throw new Error(`${text} is not on the screen:\n${lastFrame()}`)
      return {
        colour: cell.isFgDefault() ? undefined : cell.getFgColor(),
        bold: cell.isBold() !== 0,
        inverse: cell.isInverse() !== 0,
      }
    },
  }
}
