import { describe, expect, it } from 'vitest'
import { exitCodeOf, renderError } from '../../../src/commands/error-text.ts'
import { wantsPlain } from '../../../src/commands/io.ts'
import { ToolError, UnreachableError, UserError } from '../../../src/core/errors.ts'
import { commandBench } from './run-command.ts'

const text = (error: unknown) => renderError(error, { debug: false })

describe('errors', () => {
  it('says what happened and what to do, without a stack', () => {
    const error = new UserError({ what: 'Port 6443 is taken', next: 'Stop the program that listens there.' })
    expect(text(error)).toBe('Port 6443 is taken.\nStop the program that listens there.\n')
  })

  it('leaves a command at the end of a sentence as it can be typed', () => {
    expect(text(new UserError({ what: 'No.', next: 'Run: k8s-sec-lab cluster up' }))).toBe(
      'No.\nRun: k8s-sec-lab cluster up\n',
    )
  })

  it('shows the last words of a tool', () => {
    const output = `${Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n')}\n`
    const error = new ToolError({ what: 'go ended with 1.', next: 'Read on.', argv: ['go'], code: 1, output })
    expect(text(error)).toMatch(/^go ended with 1\.\n {2}line 12\n[\s\S]* {2}line 19\nRead on\.\n$/)
  })

  it.each([
    ['ENOSPC', 'there is no space left on that disk'],
    ['EROFS', 'that file system is read-only'],
    ['EACCES', 'permission is denied'],
  ])('knows %s', (code, words) => {
    const error = Object.assign(new Error('x'), { code, path: '/home/lab/state', syscall: 'mkdir' })
    expect(text(error)).toContain(`Cannot mkdir /home/lab/state: ${words}.`)
    expect(exitCodeOf(error)).toBe(3)
  })

  it('shows the stack, and the cause behind it, only with --debug', () => {
    const error = new Error('outer', { cause: new Error('inner') })
    expect(text(error)).not.toContain('at ')
    expect(renderError(error, { debug: true })).toMatch(/outer\n\s+at [\s\S]*Caused by: Error: inner/)
  })

  it('has an exit code for each kind', () => {
    expect(exitCodeOf(new UserError({ what: '', next: '' }))).toBe(2)
    expect(exitCodeOf(new UserError({ what: '', next: '', exitCode: 3 }))).toBe(3)
    expect(exitCodeOf(new UnreachableError({ component: 'etcd', what: '' }))).toBe(3)
    expect(exitCodeOf(new DOMException('', 'AbortError'))).toBe(130)
    expect(exitCodeOf(new TypeError('x'))).toBe(3)
  })
})

describe('the plain skin', () => {
  const io = { ...commandBench().context.io, stdinIsTty: true, stdoutIsTty: true }
  it.each([
    [{}, false],
    [{ ACCESSIBLE: '1' }, true],
    [{ ACCESSIBLE: '0' }, false],
    [{ INK_SCREEN_READER: 'true' }, true],
    [{ TERM: 'dumb' }, true],
  ])('is chosen by the environment: %o', (env, expected) => {
    expect(wantsPlain({ ...io, env }, { plain: false })).toBe(expected)
  })

  it('is chosen by --plain and wherever there is no terminal', () => {
    expect(wantsPlain(io, { plain: true })).toBe(true)
    expect(wantsPlain({ ...io, stdoutIsTty: false }, { plain: false })).toBe(true)
  })
})
