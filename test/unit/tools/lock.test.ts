import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAbort } from '../../../src/core/errors.ts'
import { withLock } from '../../../src/tools/lock.ts'
import { tempFolder } from './fixture.ts'

let temp: ReturnType<typeof tempFolder>
let path: string
beforeEach(() => {
  temp = tempFolder()
  path = join(temp.path, 'locks', 'x')
})
afterEach(() => temp.remove())

describe('withLock', () => {
  it('lets one in at a time, tells the others who is in, and leaves nothing behind', async () => {
    let inside = 0
    let most = 0
    const waits: unknown[] = []
    const work = () =>
      withLock({ path, onWait: (pid) => waits.push(pid) }, async () => {
        inside++
        most = Math.max(most, inside)
        await new Promise((resolve) => setImmediate(resolve))
        inside--
      })
    await Promise.all([work(), work(), work()])
    expect(most).toBe(1)
    expect(waits).toContain(process.pid)
    expect(readdirSync(join(temp.path, 'locks'))).toEqual([])
  })

  it('lets go when the work fails', async () => {
    await expect(withLock({ path }, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(path)).toBe(false)
  })

  it('takes over from a process that is gone', async () => {
    const child = spawn('true')
    await once(child, 'exit')
    await withLock({ path }, async () => undefined)
    writeFileSync(path, JSON.stringify({ pid: child.pid, host: hostname(), token: 'old' }))
    expect(await withLock({ path }, async () => 'mine')).toBe('mine')
  })

  it('takes over from another machine that has shown no life for a minute', async () => {
    await withLock({ path }, async () => undefined)
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', token: 'old' }))
    const longAgo = new Date(Date.now() - 120_000)
    utimesSync(path, longAgo, longAgo)
    expect(await withLock({ path }, async () => 'mine')).toBe('mine')
  })

  it('can be cancelled while waiting, and then does not touch the lock', async () => {
    await withLock({ path }, async () => {
      const stop = new AbortController()
      const waiting = withLock({ path, signal: stop.signal, onWait: () => stop.abort() }, async () => 'never')
      expect(isAbort(await waiting.catch((error) => error))).toBe(true)
      expect(existsSync(path)).toBe(true)
    })
  })
})
