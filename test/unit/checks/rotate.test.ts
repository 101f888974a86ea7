import { describe, expect, it } from 'vitest'
import { rotate } from '../../../src/checks/upstream/rotate.ts'
import type { CheckContext } from '../../../src/core/ports.ts'
import { discovery } from './nodes-here.ts'

const target = { namespace: 'app', name: 'db', key: 'password' }

/** A cluster whose one Secret holds what `held` answers, and a clock that runs only while somebody sleeps. */
const contextOf = (held: () => string, onSleep: () => void = () => undefined): CheckContext => {
  let now = 0
  const json = (path: string): unknown =>
    path.endsWith('/db')
      ? { metadata: {}, data: { password: Buffer.from(held()).toString('base64') } }
      : { kind: 'APIResourceList', resources: [{ name: 'secrets', kind: 'Secret', namespaced: true, verbs: ['get'] }] }
  return {
    probe: {
      api: async ({ path }: { path: string }) => ({
        status: 200,
        headers: {},
        warnings: [],
        text: '',
        json: path === '/api' || path === '/apis' ? discovery({ Secret: 'secrets' }) : json(path),
      }),
    },
    clock: {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
        onSleep()
      },
    },
    signal: new AbortController().signal,
  } as unknown as CheckContext
}

const upstreamOf = (written: string[]) => ({
  name: 'the original',
  read: async () => 'old',
  write: async (value: string) => {
    written.push(value)
  },
})

describe('rotate', () => {
  it('answers how long the copy took, and puts the old value back', async () => {
    const written: string[] = []
    let looks = 0
    const context = contextOf(() => (looks++ < 4 ? 'old' : 'new'))
    const rotation = { upstream: upstreamOf(written), target, before: 'old', nonce: 'new', withinMs: 10_000 }
    expect(await rotate(rotation, context)).toBe(1)
    expect(written).toEqual(['new', 'old'])
  })

  it('gives up after the time given, and puts the old value back', async () => {
    const written: string[] = []
    const rotation = { upstream: upstreamOf(written), target, before: 'old', nonce: 'new', withinMs: 10_000 }
    expect(
      await rotate(
        rotation,
        contextOf(() => 'old'),
      ),
    ).toBeUndefined()
    expect(written).toEqual(['new', 'old'])
  })

  it('puts the old value back when it is cut off', async () => {
    const written: string[] = []
    const cutOff = contextOf(
      () => 'old',
      () => {
        throw new Error('cut off')
      },
    )
    const rotation = { upstream: upstreamOf(written), target, before: 'old', nonce: 'new', withinMs: 10_000 }
    await expect(rotate(rotation, cutOff)).rejects.toThrow('cut off')
    expect(written).toEqual(['new', 'old'])
  })
})
