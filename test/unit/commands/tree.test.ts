import { describe, expect, it } from 'vitest'
import { runCommandLine } from '../../../src/commands/tree.ts'
import { commandBench } from './run-command.ts'

const typed = async (line: string) => {
  let out = ''
  let err = ''
  const { io } = commandBench().context
  const code = await runCommandLine(line.split(' ').filter(Boolean), {
    ...io,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

describe('the command line', () => {
  it.each(['--help', 'help', 'check --help', 'help check', 'cluster --help', '--version'])(
    '%s is no error',
    async (line) => {
      expect(await typed(line)).toMatchObject({ code: 0, err: '' })
    },
  )

  it.each([
    ['strt', 'Did you mean start?'],
    ['check --jsn', 'Did you mean --json?'],
    ['start --backend docker', 'Allowed choices are auto, kind, embedded'],
    ['begin', "missing required argument 'lesson'"],
    ['cluster upp', 'Did you mean up?'],
  ])('%s is wrong usage, with a word on what is right', async (line, words) => {
    const { code, out, err } = await typed(line)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(words)
  })

  it('resets the lesson that has begun when none is named, as the messages of the lab say it', async () => {
    expect((await typed('reset')).err).toContain('No lesson has begun yet.')
  })

  it('has every command of the product', async () => {
    const { out } = await typed('--help')
    const names =
      'start list begin check hint solution reset attack answer shell node env edit cluster doctor tools lessons progress'
    for (const name of names.split(' ')) expect(out).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'))
  })
})
