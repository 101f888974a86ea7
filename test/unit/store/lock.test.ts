import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isAbort } from '../../../src/core/errors.ts'
import { acquireLock, isLock, type Lock, lockHolder, takeLock, withLock } from '../../../src/store/lock.ts'
import { neighbour } from './neighbour.ts'
import { temporary } from './temporary.ts'

const here = hostname()

const dead = async () => {
  const { pid, identity, end } = await neighbour()
  await end()
  return { pid, identity, host: here }
}

let texts = 0
/** What a holder writes; every text is its own. */
const textOf = (holder: { pid: number; identity: string; host: string }): string => {
  texts += 1
  return JSON.stringify({ pid: holder.pid, identity: holder.identity, host: holder.host, token: `${texts}` })
}

const claimOn = (path: string, text: string): string =>
  `${path}.claim-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`

const lockPath = async (): Promise<string> => join(await temporary(), 'a.lock')

const taken = async (path: string): Promise<Lock> => {
  const lock = await takeLock(path)
  if (!isLock(lock)) throw new Error(`held by ${lock.pid}`)
  onTestFinished(() => lock.release())
  return lock
}

describe('taking a lock', () => {
  it('works once, names the holder to others, and leaves nothing behind', async () => {
    const path = await lockPath()
    const lock = await taken(path)
    expect(await takeLock(path)).toMatchObject({ pid: process.pid, host: here })
    expect(await lockHolder(path)).toMatchObject({ pid: process.pid })
    await lock.release()
    expect(await readdir(dirname(path))).toEqual([])
    expect(await lockHolder(path)).toBeUndefined()
  })

  it.each([
    ['of a dead process', async () => textOf(await dead())],
    ['whose pid another process has now', async () => textOf({ pid: process.pid, identity: 'long ago', host: here })],
    ['that is damaged', async () => '{"pi'],
    ['that is empty', async () => ''],
  ])('takes over a lock %s', async (_, text) => {
    const path = await lockPath()
    await writeFile(path, await text())
    expect(await lockHolder(path)).toBeUndefined()
    await taken(path)
    expect(await lockHolder(path)).toMatchObject({ pid: process.pid })
    expect(await readdir(dirname(path))).toEqual(['a.lock'])
  })

  it('believes another machine while it shows life, and for a minute after', async () => {
    const path = await lockPath()
    await writeFile(path, textOf({ pid: 4, identity: 'there', host: 'elsewhere' }))
    expect(await takeLock(path)).toMatchObject({ pid: 4, host: 'elsewhere' })
    const longAgo = new Date(Date.now() - 120_000)
    await utimes(path, longAgo, longAgo)
    await taken(path)
  })

  it('knows its own process by whatever name the machine went before', async () => {
    const path = await lockPath()
    const { pid, identity } = await neighbour()
    await writeFile(path, textOf({ pid, identity, host: 'before' }))
    const longAgo = new Date(Date.now() - 120_000)
    await utimes(path, longAgo, longAgo)
    expect(await takeLock(path)).toMatchObject({ pid })
  })

  it('does not release, nor claim to hold, what another one has by now', async () => {
    const path = await lockPath()
    const lock = await taken(path)
    expect(await lock.holds()).toBe(true)
    await writeFile(path, 'somebody else')
    expect(await lock.holds()).toBe(false)
    await lock.release()
    expect(await readFile(path, 'utf8')).toBe('somebody else')
    await rm(path)
    expect(await lock.holds()).toBe(false)
  })
})

describe('a stale lock', () => {
  it('goes to one of many takers, every time', async () => {
    const stale = await dead()
    for (let round = 0; round < 40; round += 1) {
      const path = await lockPath()
      await writeFile(path, round % 2 === 0 ? textOf(stale) : '')
      const all = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)))
      const locks = all.filter(isLock)
      expect(locks).toHaveLength(1)
      expect(await locks[0]?.holds()).toBe(true)
      expect(await readdir(dirname(path))).toEqual(['a.lock'])
      await locks[0]?.release()
    }
  })

  it('goes to one of many processes, every time', async () => {
    const dir = await temporary()
    const program = join(dir, 'taker.mjs')
    const entryPoints = [join(import.meta.dirname, 'lock-taker.ts')]
    await build({ entryPoints, outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
    const takers = Array.from({ length: 5 }, () => {
      const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      return { child, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
    })
    const stale = await dead()
    for (let round = 0; round < 25; round += 1) {
      const path = join(dir, `round-${round}`)
      await writeFile(path, textOf(stale))
      for (const { child } of takers) child.stdin.write(`${path}\n`)
      const said = await Promise.all(takers.map(async ({ answers }) => JSON.parse((await answers.next()).value ?? '')))
      const winners = said.filter(({ won }) => won)
      expect(winners).toHaveLength(1)
      expect(await lockHolder(path)).toMatchObject({ pid: winners[0].pid })
    }
    expect((await readdir(dir)).filter((name) => name.includes('claim'))).toEqual([])
  }, 30_000)

  it('goes to one of many also when takers were killed at it', async () => {
    const stale = await dead()
    for (let round = 0; round < 10; round += 1) {
      const path = await lockPath()
      const [text, first, second] = [textOf(stale), textOf(stale), textOf(stale)]
      await writeFile(path, text)
      await writeFile(claimOn(path, text), first)
      await writeFile(claimOn(path, first), second)
      const all = await Promise.all(Array.from({ length: 10 }, () => takeLock(path)))
      const locks = all.filter(isLock)
      expect(locks).toHaveLength(1)
      expect(await readdir(dirname(path))).toEqual(['a.lock'])
      await locks[0]?.release()
    }
  })

  it('is left to a living process that is taking it over just now', async () => {
    const path = await lockPath()
    const { pid, identity } = await neighbour()
    const text = textOf(await dead())
    await writeFile(path, text)
    await writeFile(claimOn(path, text), textOf({ pid, identity, host: here }))
    expect(await takeLock(path)).toMatchObject({ pid })
    expect(await readFile(path, 'utf8')).toBe(text)
  })
})

describe('working under a lock', () => {
  it('lets one in at a time, tells the others who is in, and leaves nothing behind', async () => {
    const path = join(await temporary(), 'made', 'on the way', 'x')
    let inside = 0
    let most = 0
    const waits: number[] = []
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
    expect(await readdir(dirname(path))).toEqual([])
  })

  it('lets go when the work fails', async () => {
    const path = await lockPath()
    await expect(withLock({ path }, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await readdir(dirname(path))).toEqual([])
  })

  it('goes on when the holder dies', async () => {
    const path = await lockPath()
    const other = await neighbour()
    await writeFile(path, textOf({ pid: other.pid, identity: other.identity, host: here }))
    expect(await withLock({ path, onWait: () => void other.end() }, async () => 'mine')).toBe('mine')
  })

  it('goes on when the holder removes the folder', async () => {
    const path = join(await temporary(), 'folder', 'x')
    await mkdir(dirname(path))
    await taken(path)
    const onWait = () => void rm(dirname(path), { recursive: true, force: true, maxRetries: 3 })
    expect(await withLock({ path, onWait }, async () => 'mine')).toBe('mine')
  })

  it('can be cancelled while waiting, and then does not touch the lock', async () => {
    const path = await lockPath()
    await withLock({ path }, async () => {
      const stop = new AbortController()
      const waiting = withLock({ path, signal: stop.signal, onWait: () => stop.abort() }, async () => 'never')
      expect(isAbort(await waiting.catch((error) => error))).toBe(true)
      expect(await lockHolder(path)).toMatchObject({ pid: process.pid })
    })
  })
})

describe('the lock on a home', () => {
  it('is held by one, and free again afterwards', async () => {
    const dir = await temporary()
    const release = await acquireLock({ dir })
    await expect(acquireLock({ dir })).rejects.toThrow(new RegExp(`process ${process.pid}\\)`))
    await release()
    expect(await readdir(dir)).toEqual([])
    await (await acquireLock({ dir }))()
  })

  it('names the process that holds it, and takes over once that one is dead', async () => {
    const dir = await temporary()
    const other = await neighbour()
    await writeFile(join(dir, 'lock'), textOf({ pid: other.pid, identity: other.identity, host: here }))
    await expect(acquireLock({ dir })).rejects.toMatchObject({
      message: expect.stringContaining(`(process ${other.pid})`),
      next: expect.stringContaining('K8S_SEC_LAB_HOME'),
      exitCode: 3,
    })
    await other.end()
    await (await acquireLock({ dir }))()
  })

  it('names the machine too when it is another one', async () => {
    const dir = await temporary()
    await writeFile(join(dir, 'lock'), textOf({ pid: 7, identity: 'there', host: 'elsewhere' }))
    await expect(acquireLock({ dir })).rejects.toThrow('(process 7 on elsewhere)')
  })
})
