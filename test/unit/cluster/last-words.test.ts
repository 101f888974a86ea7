import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { failureIn, lastWords } from '../../../src/cluster/last-words.ts'

describe('failureIn', () => {
  it.each([
    [
      'the error of a failed command, unquoted',
      'I1123 12:02:27.297113    8833 server.go:150] Version: v1.34.3\n' +
        'E1123 12:02:27.447305    8833 run.go:72] "command failed" err="loading \\"a\\": no such file"\n',
      'loading "a": no such file',
    ],
    [
      'the fatal line before later chatter',
      'F1123 12:00:00.1 1 main.go:3] it is over\nI1123 12:00:00.2 1 a.go:1] bye\n',
      'it is over',
    ],
    ['a flag error', 'Error: unknown flag: --bogus\nUsage of it\n', 'unknown flag: --bogus'],
    [
      "etcd's JSON",
      '{"level":"info","msg":"a"}\n{"level":"fatal","msg":"discovery failed","error":"listen tcp: address already in use"}\n{"level":"info","msg":"z"}\n',
      'discovery failed: listen tcp: address already in use',
    ],
    [
      'the last error where nothing was fatal',
      'E1123 12:00:00.1 1 a.go:1] first\nE1123 12:00:00.2 1 a.go:1] second\nI1123 12:00:00.2 1 a.go:1] end\n',
      'second',
    ],
    ['the last line where there is no error', 'one\ntwo\n\n', 'two'],
    ['a line that only looks like JSON', '{"level":"fatal" and so on\n', '{"level":"fatal" and so on'],
    [
      'the logged reason of a panic',
      '{"level":"panic","msg":"failed to create WAL","error":"write: no space left on device"}\npanic: failed to create WAL\n\ngoroutine 1 [running]:\nmain.main()\n',
      'failed to create WAL: write: no space left on device',
    ],
    ['a bare panic', 'I1 x\npanic: oh no\n\ngoroutine 1 [running]:\nmain.main()\n', 'panic: oh no'],
    ['nothing', '', ''],
  ])('finds %s', (_, log, words) => {
    expect(failureIn(log)).toBe(words)
  })
})

describe('lastWords', () => {
  it('looks at one run only, also in a log that was cut since', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'words-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const file = join(dir, 'a.log')
    writeFileSync(file, 'Error: old\nfine now\n')
    expect(await lastWords(file, 11)).toBe('fine now')
    expect(await lastWords(file, 5000)).toBe('old')
    expect(await lastWords(join(dir, 'none.log'), 0)).toBe('')
  })
})
