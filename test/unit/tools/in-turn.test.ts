import { describe, expect, it } from 'vitest'
import { inTurn } from '../../../src/tools/in-turn.ts'

describe('jobs in turn', () => {
  it('run so many at a time, in their order, past one that fails', async () => {
    const turn = inTurn(2)
    const begun: number[] = []
    const ends: (() => void)[] = []
    const job = (id: number) =>
      turn(async () => {
        begun.push(id)
        await new Promise<void>((resolve) => ends.push(resolve))
        if (id === 1) throw new Error('no')
        return id
      })
    const jobs = [1, 2, 3, 4].map(job)
    const results = Promise.allSettled(jobs)
    const settle = () => new Promise((resolve) => setImmediate(resolve))
    await settle()
    expect(begun).toEqual([1, 2])
    ends[0]?.()
    await settle()
    expect(begun).toEqual([1, 2, 3])
    ends[1]?.()
    ends[2]?.()
    await settle()
    ends[3]?.()
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect(begun).toEqual([1, 2, 3, 4])
  })
})
