import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { deadlineAfter } from '../../../src/core/deadline.ts'

const ended = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }))

describe('a deadline', () => {
  it('is told to work that hangs, also when the garbage was collected in the meantime', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const told = ended(deadlineAfter(120, new AbortController().signal).signal)
    const collecting = setInterval(collect, 20)
    expect(await told).toMatchObject({ name: 'TimeoutError' })
    clearInterval(collecting)
  })

  it('passes on the reason of its parent, before as well as after it was made', async () => {
    const parent = new AbortController()
    const deadline = deadlineAfter(60_000, parent.signal)
    const told = ended(deadline.signal)
    parent.abort('enough')
    expect(await told).toBe('enough')
    expect(deadline.passed()).toBe(false)
    deadline.end()
    const late = deadlineAfter(60_000, parent.signal)
    expect(late.signal).toMatchObject({ aborted: true, reason: 'enough' })
    late.end()
  })

  it('does not come once the work has ended', async () => {
    const parent = new AbortController()
    const deadline = deadlineAfter(20, parent.signal)
    deadline.end()
    await new Promise((resolve) => setTimeout(resolve, 60))
    parent.abort()
    expect(deadline.signal.aborted).toBe(false)
    expect(deadline.passed()).toBe(false)
  })
})
