import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { acquireLock } from '../../../src/store/lock.ts'
import { processStart } from '../../../src/store/process-start.ts'
import { temporary } from './temporary.ts'

/** A process of its own that lives until the test ends or `end` is called. */
const neighbour = async (): Promise<{ pid: number; end: () => Promise<unknown> }> => {
  const child = spawn(process.execPath, ['-e', 'console.log(1); process.stdin.resume()'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit')
  const end = (): Promise<unknown> => {
    child.kill('SIGKILL')
    return exited
  }
  onTestFinished(async () => void (await end()))
  await once(child.stdout, 'data')
  return { pid: child.pid ?? 0, end }
}

describe('the lock on a home', () => {
  it('is held by one, and free again afterwards', async () => {
    const dir = await temporary()
    const release = await acquireLock({ dir })
    await expect(acquireLock({ dir })).rejects.toThrow(new RegExp(`process ${process.pid}\\b`))
    await release()
    expect(await readdir(dir)).toEqual([])
    await (await acquireLock({ dir }))()
  })

  it('names the process that holds it, and takes over once that one is dead', async () => {
    const dir = await temporary()
    const other = await neighbour()
    const started = await processStart(other.pid)
    await writeFile(join(dir, 'lock'), JSON.stringify({ pid: other.pid, started, token: 'theirs' }))
    await expect(acquireLock({ dir })).rejects.toMatchObject({
      message: expect.stringContaining(`process ${other.pid}`),
      next: expect.stringContaining('K8S_SEC_LAB_HOME'),
      exitCode: 3,
    })
    await other.end()
    await (await acquireLock({ dir }))()
  })

  it('is not fooled by a process that has the number of a dead one', async () => {
    const dir = await temporary()
    await writeFile(join(dir, 'lock'), JSON.stringify({ pid: process.pid, started: 'long ago', token: 'theirs' }))
    await (await acquireLock({ dir }))()
  })

  it('takes over a file that is no lock', async () => {
    const dir = await temporary()
    await writeFile(join(dir, 'lock'), '')
    await (await acquireLock({ dir }))()
  })

  it('goes to one of many who find it stale at once', async () => {
    const dir = await temporary()
    await writeFile(join(dir, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: '1', token: 'theirs' }))
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => acquireLock({ dir })))
    const won = tries.filter((each) => each.status === 'fulfilled')
    expect(won).toHaveLength(1)
    await won[0]?.value()
    expect(await readdir(dir)).toEqual([])
  })
})
