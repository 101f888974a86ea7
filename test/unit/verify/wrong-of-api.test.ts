import { describe, expect, it } from 'vitest'
import type { Capability } from '../../../src/core/model.ts'
import type { Bench } from '../../../src/verify/bench-lesson.ts'
import { wrongOfApi } from '../../../src/verify/expectations.ts'

const benchOf = (lesson: readonly Capability[], ...checks: (readonly Capability[])[]): Bench =>
  ({ lesson: { needs: { capabilities: lesson } }, checks: checks.map((needs) => ({ needs })) }) as unknown as Bench
const wrong = { name: 'all-allowed', check: 'exact', contains: [], script: 'wrong.sh' }

describe('wrong turns of lessons that look at no node', () => {
  it('are left out and said to be', () => {
    expect(wrongOfApi(benchOf(['api'], [], ['etcd']), wrong)).toMatchObject({
      name: 'all-allowed',
      notHere: true,
      message: expect.stringContaining('on every backend'),
    })
  })

  it('are proved as soon as the lesson or one of its checks needs nodes', () => {
    expect(wrongOfApi(benchOf(['nodes'], []), wrong)).toBeUndefined()
    expect(wrongOfApi(benchOf(['api'], [], ['nodes']), wrong)).toBeUndefined()
  })
})
