import { describe, expect, it } from 'vitest'
import { endOfPrefix } from '../../../src/cluster/etcd-range.ts'

describe('endOfPrefix', () => {
  it.each([
    ['/registry/', [...Buffer.from('/registry0')]],
    ['a\u00ff', undefined],
    ['', [0]],
  ])('of %j', (prefix, end) => {
    const bytes = Buffer.from(prefix, 'latin1')
    expect([...endOfPrefix(bytes)]).toEqual(end ?? [...Buffer.from('b')])
  })

  it('is after all bytes there are when the prefix is all ones', () => {
    expect([...endOfPrefix(Buffer.from([0xff, 0xff]))]).toEqual([0])
  })
})
