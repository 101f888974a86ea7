import { describe, expect, it } from 'vitest'
import { nodeLeftovers } from '../../../src/verify/node-picture.ts'

describe('what a lesson left on nodes', () => {
  const before = { n1: ['d 755 /etc', 'f 644 /etc/a b', '11  /etc/a b', 'f 644 /etc/gone', 'service kubelet.service'] }

  it('is nothing when all is as it was', () => {
    expect(nodeLeftovers(before, { n1: [...(before.n1 ?? [])].reverse() })).toEqual([])
  })

  it('is each file that came, went or changed, once, and each service', () => {
    const now = {
      n1: [
        'd 755 /etc',
        'f 600 /etc/a b',
        '22  /etc/a b',
        'd 755 /etc/new',
        'service kubelet.service',
        'service x.service',
      ],
    }
    expect(nodeLeftovers(before, now)).toEqual([
      '/etc/a b on node n1',
      '/etc/gone on node n1',
      '/etc/new on node n1',
      'service x.service on node n1',
    ])
  })
})
