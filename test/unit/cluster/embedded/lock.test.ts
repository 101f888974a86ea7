import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isLock, lockHolder, takeLock } from '../../../../src/cluster/embedded/lock.ts'
import { identityOf } from '../../../../src/cluster/embedded/processes.ts'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lock-'))
  path = join(dir, 'a.lock')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('takeLock', () => {
  it('is taken once, names its holder, and leaves nothing behind', async () => {
    const lock = await takeLock(path)
    if (!isLock(lock)) throw new Error('expected a lock')
    expect(await takeLock(path)).toMatchObject({ pid: process.pid })
    expect(await lockHolder(path)).toMatchObject({ pid: process.pid })
    await lock.release()
    expect(readdirSync(dir)).toEqual([])
    expect(await lockHolder(path)).toBeUndefined()
  })

  it.each([
    ['of a dead process', async () => JSON.stringify(await deadProcess())],
    ['whose pid was given to another process', async () => JSON.stringify({ pid: process.pid, identity: 'other' })],
    ['that is damaged', async () => '{"pi'],
    ['that is empty', async () => ''],
  ])('takes over a lock %s', async (_, text) => {
    writeFileSync(path, await text())
    const lock = await takeLock(path)
    expect(isLock(lock)).toBe(true)
    expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid)
    expect(readdirSync(dir)).toEqual(['a.lock'])
  })

  it('gives a stale lock to one of many takers', async () => {
    writeFileSync(path, JSON.stringify(await deadProcess()))
    const taken = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)))
    expect(taken.filter(isLock)).toHaveLength(1)
  })

  it('does not release a lock that another one has taken over', async () => {
    const lock = await takeLock(path)
    if (!isLock(lock)) throw new Error('expected a lock')
    expect(await lock.holds()).toBe(true)
    writeFileSync(path, 'somebody else')
    expect(await lock.holds()).toBe(false)
    await lock.release()
    expect(readFileSync(path, 'utf8')).toBe('somebody else')
  })
})

const deadProcess = async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  const identity = await identityOf(child.pid ?? 0)
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.stdin?.end()
  await gone
  return { pid: child.pid ?? 0, identity: identity ?? '' }
}
