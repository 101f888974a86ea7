import { describe, expect, it } from 'vitest'
import { type Command, commandFields, expectedOf, wrongWith } from '../../../src/checks/command.ts'
import { z } from '../../../src/checks/fields.ts'

const judge = (more: Partial<Command>, result: { code?: number; stdout?: string; stderr?: string }) =>
  wrongWith({ run: ['id', '-u'], ...more }, { code: 0, stdout: '', stderr: '', ...result })

describe('a command of a lesson', () => {
  it('must work unless the lesson says otherwise: one that could not look proves nothing', () => {
    expect(judge({ lacks: 'root' }, { code: 1, stderr: 'id: not found' })).toBe(
      '`id -u` ended with exit code 1 and printed: id: not found',
    )
    expect(judge({ lacks: 'root', code: 'any' }, { code: 1 })).toBeUndefined()
    expect(judge({ code: 3 }, { code: 3 })).toBeUndefined()
  })

  it('must fail by itself where a failure is wanted: being stopped is none', () => {
    expect(judge({ code: 'nonzero' }, { code: 1 })).toBeUndefined()
    expect(judge({ code: 'nonzero' }, { code: 0, stdout: '0' })).toBe('`id -u` worked and printed: 0')
    expect(judge({ code: 'nonzero', timeout: '3s' }, { code: 124 })).toBe('`id -u` had not ended after 3 seconds')
  })

  it('is held to what it prints on either stream', () => {
    expect(judge({ prints: 'not permitted', code: 'nonzero' }, { code: 1, stderr: 'Operation not permitted' })).toBe(
      undefined,
    )
    expect(judge({ matches: '^0$' }, { stdout: '1000\n' })).toContain('nothing like ^0$')
    expect(judge({ matches: '^0$' }, { stdout: 'a\n0\nb' })).toBeUndefined()
    expect(judge({ lacks: 'secret' }, { stdout: 'x', stderr: 'a secret' })).toContain('with secret in it')
  })

  it('is called by its title, which takes the place of a pattern', () => {
    const titled = { title: 'open sockets', matches: '^10250$' }
    expect(judge(titled, { stdout: '10250 10255' })).toBe('open sockets: 10250 10255')
    expect(judge(titled, { code: 2 })).toBe('open sockets ended with exit code 2 and printed nothing')
  })

  it('says what is wanted, quoted as a shell would take it', () => {
    expect(expectedOf({ run: ['sh', '-c', 'id -u'], matches: '^[1-9]' })).toBe(
      "`sh -c 'id -u'` works and prints something like ^[1-9]",
    )
  })

  it('takes no longer than a check may', () => {
    const schema = z.strictObject(commandFields)
    expect(schema.safeParse({ run: ['id'], timeout: '15s' }).success).toBe(true)
    expect(schema.safeParse({ run: ['id'], timeout: '16s' }).success).toBe(false)
    expect(schema.safeParse({ run: [] }).success).toBe(false)
  })
})
