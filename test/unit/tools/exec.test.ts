import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAbort, ToolError } from '../../../src/core/errors.ts'
import { run, runOk, which, whichAll } from '../../../src/tools/exec.ts'
import { script, tempFolder } from './fixture.ts'

let temp: ReturnType<typeof tempFolder>
beforeEach(() => {
  temp = tempFolder()
})
afterEach(() => temp.remove())

describe('run', () => {
  it('answers code, stdout and stderr, and takes input', async () => {
    expect(await run({ argv: ['sh', '-c', 'cat; echo oops >&2; exit 3'], input: 'in' })).toEqual({
      code: 3,
      stdout: 'in',
      stderr: 'oops\n',
    })
  })

  it('gives the program exactly the environment it is handed', async () => {
    const { stdout } = await run({ argv: ['/usr/bin/env'], env: { ONLY: 'this', NOT: undefined } })
    expect(stdout.trim()).toBe('ONLY=this')
  })

  it('tells lines of both streams as they come', async () => {
    const lines: string[] = []
    await run({ argv: ['sh', '-c', 'echo one; echo two >&2'], onLine: (line) => lines.push(line) })
    expect(lines.sort()).toEqual(['one', 'two'])
  })

  it('names a program that is not there', async () => {
    const error = await run({ argv: ['no-such-program-here'] }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ToolError)
    expect(error.message).toContain('no-such-program-here was not found')
  })

  it('ends a program that takes too long, with what it had said', async () => {
    const error = await run({ argv: ['sh', '-c', 'echo hello; exec sleep 60'], timeoutMs: 300 }).catch(
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(ToolError)
    expect(error.message).toContain('within 0.3 s')
    expect(error.output).toContain('hello')
  })

  it('ends with AbortError when cancelled, and takes the children of the program with it', async () => {
    const stop = new AbortController()
    const pidFile = join(temp.path, 'pid')
    const error = await run({
      argv: ['sh', '-c', `sleep 300 & echo $! > ${pidFile}; echo started; wait`],
      group: true,
      signal: stop.signal,
      onLine: () => stop.abort(),
    }).catch((thrown) => thrown)
    expect(isAbort(error)).toBe(true)
    const child = Number(readFileSync(pidFile, 'utf8'))
    const gone = () => {
      try {
        // A zombie waits to be reaped by init: it runs no more.
        return / Z /.test(readFileSync(`/proc/${child}/stat`, 'utf8'))
      } catch {
        return true
      }
    }
    await expect.poll(gone).toBe(true)
  })

  it('does not start anything when already cancelled', async () => {
    const error = await run({ argv: ['touch', join(temp.path, 'x')], signal: AbortSignal.abort() }).catch(
      (thrown) => thrown,
    )
    expect(isAbort(error)).toBe(true)
  })
})

describe('runOk', () => {
  it('throws the command, its code and its last words', async () => {
    const options = { argv: ['sh', '-c', 'echo first; echo last >&2; exit 7'], what: 'It failed', next: 'Do that.' }
    const error = await runOk(options).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ToolError)
    expect(error).toMatchObject({ message: 'It failed (exit code 7).', next: 'Do that.', code: 7, argv: options.argv })
    expect(error.output).toContain('last')
  })
})

describe('which', () => {
  it('finds executables in the order of PATH, and nothing else', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => join(temp.path, name)) as [string, string, string]
    script(join(b, 'tool'), 'true')
    script(join(c, 'tool'), 'true')
    mkdirSync(join(a, 'tool'), { recursive: true }) // a folder of that name
    writeFileSync(join(temp.path, 'tool'), '')
    chmodSync(join(temp.path, 'tool'), 0o644) // not executable
    const path = [temp.path, a, 'relative', b, b, c].join(':')
    expect(await whichAll('tool', path)).toEqual([join(b, 'tool'), join(c, 'tool')])
    expect(await which('tool', path)).toBe(join(b, 'tool'))
    expect(await which('other', path)).toBeUndefined()
    expect(await which('tool', undefined)).toBeUndefined()
  })
})
