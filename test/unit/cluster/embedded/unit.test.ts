import { existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createUnit, rotateLog, type Unit } from '../../../../src/cluster/embedded/unit.ts'

const LIVES = 'setInterval(() => undefined, 1000)'
const FAILS = 'console.error("Error: cannot work"); process.exit(1)'

let dir: string
let unit: Unit
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'unit-'))
  unit = createUnit({
    name: 'etcd',
    program: process.execPath,
    logFile: join(dir, 'etcd.log'),
    cwd: dir,
    onChange: () => undefined,
  })
  onTestFinished(async () => {
    await unit.stop()
    rmSync(dir, { recursive: true, force: true })
  })
})
const spec = (code: string) => ({ argv: ['etcd', '-e', code] })
const wait = (condition: () => boolean) =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 10_000, interval: 5 })

describe('createUnit', () => {
  it('starts what it was given, and stops it', async () => {
    expect(unit.status()).toMatchObject({ state: 'absent', restarts: 0 })
    await unit.accept(spec(LIVES), 'one')
    expect(unit.status()).toMatchObject({ state: 'starting', manifest: 'one' })
    unit.startIfDue()
    unit.startIfDue()
    await wait(() => unit.status().state === 'running')
    expect(unit.status().starts).toBe(1)
    const { pid = 0 } = unit.status()
    await unit.withdraw()
    expect(unit.status().state).toBe('absent')
    expect(() => process.kill(pid, 0)).toThrow()
  })

  it('waits longer after each failure, and says why it failed', async () => {
    await unit.accept(spec(FAILS), 'one')
    unit.startIfDue()
    await wait(() => unit.status().state === 'backoff')
    expect(unit.status()).toMatchObject({ lastError: 'cannot work', exits: 1, restarts: 1 })
    unit.startIfDue() // not yet
    expect(unit.status()).toMatchObject({ state: 'backoff', starts: 1 })
    unit.retryNow()
    unit.startIfDue()
    await wait(() => unit.status().exits === 2)
  })

  it('replaces the process for another Pod, but not for the same one in other words', async () => {
    await unit.accept(spec(FAILS), 'bad')
    unit.startIfDue()
    await wait(() => unit.status().state === 'backoff')
    await unit.accept(spec(LIVES), 'good')
    unit.startIfDue()
    await wait(() => unit.status().state === 'running')
    expect(unit.status()).toMatchObject({ exits: 0, manifest: 'good' })
    expect(unit.status().lastError).toBeUndefined()
    const { pid } = unit.status()
    await unit.accept(spec(LIVES), 'good, with a comment')
    expect(unit.status()).toMatchObject({ pid, manifest: 'good, with a comment' })
  })

  it('keeps what runs when a manifest is refused, until a good one comes', async () => {
    await unit.accept(spec(LIVES), 'good')
    unit.startIfDue()
    await wait(() => unit.status().state === 'running')
    unit.reject('no YAML', 'bad')
    expect(unit.status()).toMatchObject({ state: 'stale', lastError: 'no YAML', manifest: 'bad' })
    await unit.accept(spec(LIVES), 'good')
    expect(unit.status()).toMatchObject({ state: 'running', starts: 1 })
  })

  it('does not count a restart that was asked for', async () => {
    await unit.accept(spec(LIVES), 'one')
    unit.startIfDue()
    await wait(() => unit.status().state === 'running')
    await unit.restart()
    unit.startIfDue()
    await wait(() => unit.status().state === 'running')
    expect(unit.status()).toMatchObject({ starts: 2, restarts: 0, exits: 0 })
  })

  it('starts a killed process again at once, the first time', async () => {
    await unit.accept(spec(LIVES), 'one')
    unit.startIfDue()
    await wait(() => unit.status().state === 'running')
    process.kill(unit.status().pid ?? 0, 'SIGKILL')
    await wait(() => unit.status().state === 'backoff')
    unit.startIfDue()
    expect(unit.status()).toMatchObject({ starts: 2, restarts: 1 })
  })

  it('says so when the program is not there', async () => {
    const gone = createUnit({
      name: 'etcd',
      program: join(dir, 'no-etcd'),
      logFile: join(dir, 'gone.log'),
      cwd: dir,
      onChange: () => undefined,
    })
    await gone.accept(spec(LIVES), 'one')
    gone.startIfDue()
    await wait(() => gone.status().state === 'backoff')
    expect(gone.status().lastError).toContain('ENOENT')
    await gone.stop()
  })
})

describe('rotateLog', () => {
  it('cuts a log that has grown, and keeps one older one', () => {
    const log = join(dir, 'a.log')
    rotateLog(log)
    writeFileSync(log, 'small')
    rotateLog(log)
    expect(existsSync(`${log}.1`)).toBe(false)
    truncateSync(log, 11 * 1024 * 1024)
    rotateLog(log)
    expect([statSync(log).size, statSync(`${log}.1`).size]).toEqual([0, 11 * 1024 * 1024])
  })
})
