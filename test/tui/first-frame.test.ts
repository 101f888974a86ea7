import { EventEmitter } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { openScreen } from '../../src/commands/open-screen.ts'
import type { FirstFrame } from '../../src/tui/first-frame.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGCONT', 'exit', 'uncaughtExceptionMonitor'] as const
const listeners = (): number => SIGNALS.reduce((sum, name) => sum + process.listenerCount(name), 0)

let frame: FirstFrame | undefined
afterEach(() => {
  frame?.end()
  frame = undefined
})

const open = (options: { args?: readonly string[]; env?: Record<string, string>; isTty?: boolean } = {}) => {
  let written = ''
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: options.isTty ?? true,
    isRaw: false,
    setRawMode: (on: boolean) => {
      stdin.isRaw = on
    },
  })
  const write = (text: string) => {
    written += text
    return true
  }
  const stdout = Object.assign(new EventEmitter(), { isTTY: true, columns: 30, rows: 12, write })
  const argv = ['node', 'cli.js', ...(options.args ?? ['start'])]
  const env = options.env ?? { LANG: 'C.UTF-8' }
  frame = openScreen({ argv, env, stdin, stdout } as unknown as Parameters<typeof openScreen>[0])
  return { written: () => written, isRaw: () => stdin.isRaw }
}

describe('the first frame', () => {
  it('fills the screen and says what is being done', () => {
    const screen = open()
    expect(screen.written()).toContain('k8s-sec-lab')
    expect(screen.written()).toContain('Reading the lessons.')
    expect(screen.written()).toContain('─'.repeat(30))
    expect(screen.written()).toContain('\u001B[?1049h')
    expect(screen.isRaw()).toBe(true)
  })

  it('has no colours with NO_COLOR and no other letters than ASCII without UTF-8', () => {
    const written = open({ env: { NO_COLOR: '1', LANG: 'C' } }).written()
    expect(written).not.toContain('\u001B[36m')
    expect(written).toContain('-'.repeat(30))
  })

  it('is taken away for words on the original screen, once', () => {
    const before = listeners()
    const screen = open()
    frame?.end()
    const after = screen.written()
    expect(after.endsWith('\u001B[?1049l')).toBe(true)
    expect(screen.isRaw()).toBe(false)
    frame?.end()
    expect(screen.written()).toBe(after)
    expect(listeners()).toBe(before)
  })

  it('stays for whoever takes the terminal', () => {
    const before = listeners()
    const screen = open()
    const terminal = frame?.take()
    frame?.end()
    expect(screen.written()).not.toContain('\u001B[?1049l')
    expect(listeners()).toBe(before)
    terminal?.leave()
  })

  it.each([
    ['another command', { args: ['list'] }],
    ['words', { args: ['start', '--plain'] }],
    ['help', { args: ['start', '--help'] }],
    ['a screen reader', { env: { LANG: 'C.UTF-8', ACCESSIBLE: '1' } }],
    ['a pipe', { isTty: false }],
  ])('is left out for %s', (_, options) => {
    expect(open(options).written()).toBe('')
  })
})
