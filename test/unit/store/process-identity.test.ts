import { describe, expect, it } from 'vitest'
import { identityOf, isAlive, isRunning, ownProcess } from '../../../src/store/process-identity.ts'
import { neighbour } from './neighbour.ts'

describe('the identity of a process', () => {
  it('stays the same while it lives, and tells it from another one with the same pid', async () => {
    const { pid, identity, end } = await neighbour()
    expect(identity).not.toBe('')
    expect(await identityOf(pid)).toBe(identity)
    expect(await isAlive({ pid, identity })).toBe(true)
    expect(await isAlive({ pid, identity: 'somebody else' })).toBe(false)
    expect(isRunning(pid)).toBe(true)
    await end()
    expect(await identityOf(pid)).toBeUndefined()
    expect(await isAlive({ pid, identity })).toBe(false)
    expect(isRunning(pid)).toBe(false)
  })

  it('is known of this very process', async () => {
    const own = await ownProcess()
    expect(own.pid).toBe(process.pid)
    expect(await isAlive(own)).toBe(true)
  })

  it.each([0, -1, 1.5])('is nobody for %d, which names a group or nothing', async (pid) => {
    expect(await identityOf(pid)).toBeUndefined()
  })
})
