import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openPty, type Pty } from '../support/pty.ts'

// The skin as a process in a pseudo-terminal: whatever ends it, the terminal is as it was.
const folder = mkdtempSync(join(tmpdir(), 'lab-tui-'))
const program = join(folder, 'program.mjs')
const opened: Pty[] = []

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'fixtures/program.tsx')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    alias: { 'react-devtools-core': 'node:util' },
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  for (const pty of opened.splice(0)) pty.kill('SIGKILL')
})

const start = async (way: string): Promise<Pty> => {
  // A shell around it shows whether the terminal still echoes and wraps afterwards.
  const script = `printf 'before\\n'; '${process.execPath}' '${program}' ${way}; echo "code $?"; stty -a | tr ';' '\\n' | grep -o -- '-\\?echo ' | head -1; read -r line; echo "read $line"; read -r _`
  const env = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', HOME: folder }
  const pty = openPty({ argv: ['bash', '-c', script], env, columns: 100, rows: 30 })
  opened.push(pty)
  await pty.waitFor('Exactly enough')
  return pty
}

const lastOf = (raw: string, on: string, off: string): string => (raw.lastIndexOf(on) > raw.lastIndexOf(off) ? on : off)

const expectRestored = async (pty: Pty): Promise<string> => {
  await pty.waitFor('code ')
  pty.send('typed\r')
  const screen = await pty.waitFor('read typed')
  const raw = pty.raw()
  expect(lastOf(raw, '\u001B[?1049h', '\u001B[?1049l')).toBe('\u001B[?1049l')
  expect(lastOf(raw, '\u001B[?25l', '\u001B[?25h')).toBe('\u001B[?25h')
  expect(lastOf(raw, '\u001B[?7l', '\u001B[?7h')).toBe('\u001B[?7h')
  expect(lastOf(raw, '\u001B[?2004h', '\u001B[?2004l')).toBe('\u001B[?2004l')
  expect(screen).toContain('before')
  expect(screen).not.toContain('Exactly enough')
  expect(screen).toMatch(/^echo/m)
  return screen
}

describe('the terminal afterwards', () => {
  it.each([
    ['quit by key', 'normal', 'q', 'ended by itself', 0],
    ['Ctrl-C', 'normal', '\u0003', 'ended by itself', 0],
    ['an exception nobody caught', 'throw', 'r', 'SyntaxError', 1],
    ['a rejection nobody caught', 'reject', 'r', 'nobody caught this', 1],
    ['process.exit', 'exit', 'r', 'code 7', 7],
    ['a fault while drawing', 'draw', 'r', 'failed: ', 0],
  ])('is as before after %s', async (_, way, key, seen, code) => {
    const pty = await start(way)
    pty.send(key)
    const screen = await expectRestored(pty)
    expect(screen).toContain(seen)
    expect(screen).toContain(`code ${code}`)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('is as before after %s', async (signal) => {
    const pty = await start('normal')
    const { execFileSync } = await import('node:child_process')
    const pid = Number(execFileSync('pgrep', ['-P', String(pty.pid), 'node'], { encoding: 'utf8' }).trim())
    process.kill(pid, signal as NodeJS.Signals)
    expect(await expectRestored(pty)).toContain(`ended ${signal}`)
  })

  it('shows what other code printed, but only afterwards', async () => {
    const pty = await start('noise')
    pty.send('r')
    const screen = await pty.waitFor('the noise is made')
    expect(screen).not.toContain('stray')
    expect(screen.split('\n')[0]).toContain('k8s-sec-lab')
    pty.send('q')
    const after = await expectRestored(pty)
    expect(after).toContain('a stray line')
    expect(after).toContain('Warning: a stray warning')
  })

  it('is lent to a program and taken back', async () => {
    const pty = await start('normal')
    pty.send('s')
    await pty.waitFor('your name:')
    expect(pty.screen()).not.toContain('Exactly enough')
    pty.send('Ada Lovelace, countess\r')
    await pty.waitFor('hello Ada Lovelace, countess')
    pty.send('q\r')
    await pty.waitFor('came back from the shell')
    expect(pty.screen()).toContain('Exactly enough')
    pty.send('?')
    await pty.waitFor('next lesson')
    pty.send('q')
    await expectRestored(pty)
  })
})
