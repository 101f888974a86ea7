import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createLog } from '../../../src/store/log.ts'
import { temporary } from './temporary.ts'

it('writes one JSON line an event, and never grows beyond twice its cap', async () => {
  const path = join(await temporary(), 'state', 'lab.log')
  const log = createLog({ path, capBytes: 1000, now: () => 0 })
  log.event('begin', { lesson: 'L05' })
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    event: 'begin',
    lesson: 'L05',
  })
  for (let index = 0; index < 100; index += 1) log.event('tick', { index })
  expect((await stat(path)).size).toBeLessThanOrEqual(1000)
  expect((await stat(`${path}.1`)).size).toBeLessThanOrEqual(1000)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

it('does not fail the lab when it cannot write', () => {
  createLog({ path: '/dev/null/nowhere/lab.log', now: () => 0 }).event('begin', { big: 1n })
})
