import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSecretKey, writeSecretKey } from '../../src/checks/upstream/kubernetes-secret.ts'
import type { Probe } from '../../src/core/ports.ts'
import type { World } from '../../src/grader/world.ts'
import { testCluster } from '../support/cluster.ts'
import { clock, factsOf, find, folderWorkspace, namespace, put, worldOf } from './checks-world.ts'

const VAULT = 'kinds-synced-vault'
const APP = 'kinds-synced-app'
const original = { namespace: VAULT, name: 'db', key: 'password' }
const copy = { namespace: APP, name: 'db', key: 'password' }
const workspace = folderWorkspace()
let world: World
let probe: Probe
let cleanUp: () => Promise<void>

const secret = (space: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: space },
  stringData: { password: value },
})

/** Does for a while what an operator does: brings the original over whenever it sees a difference and `may` agrees. */
const copying = async (
  body: () => Promise<void>,
  may = (_held: string | undefined): boolean => true,
): Promise<void> => {
  const stop = new AbortController()
  const loop = (async () => {
    while (!stop.signal.aborted) {
      const [value, held] = await Promise.all([readSecretKey(probe, original), readSecretKey(probe, copy)])
      if (value !== undefined && value !== held && may(held)) await writeSecretKey(probe, copy, { value })
      await clock.sleep(50)
    }
  })()
  try {
    await body()
  } finally {
    stop.abort()
    await loop
  }
}

const ask = (more: { readonly [key: string]: unknown } = {}) =>
  find(world, 'synced', { from: { secret: original }, to: copy, within: '2s', ...more })

beforeAll(async () => {
  const cluster = await testCluster()
  probe = cluster.probe
  world = worldOf(probe, workspace)
  cleanUp = await put(probe, namespace(VAULT), namespace(APP), secret(VAULT, 'first'), secret(APP, 'first'))
})

afterAll(async () => {
  await cleanUp()
  workspace.remove()
})

describe('synced', () => {
  it('refuses a copy that was made by hand, and puts the original back', async () => {
    const facts = factsOf(await ask())
    expect(facts).toMatchObject({ kind: 'unmet', data: { problem: 'never', managed: false, reason: '' } })
    expect(facts.found).toContain('no ExternalSecret makes it')
    expect(await readSecretKey(probe, original)).toBe('first')
    expect(await readSecretKey(probe, copy)).toBe('first')
  })

  it('is met by a copy that follows, and that defends itself', async () => {
    await copying(async () => {
      expect(await ask()).toMatchObject({ kind: 'met', data: { problem: '' } })
      expect(await ask({ tampered: true })).toMatchObject({ kind: 'met', data: { problem: '' } })
    })
    expect(await readSecretKey(probe, original)).toBe('first')
  })

  it('tells a copy that follows from one that does not defend itself', async () => {
    await copying(
      async () =>
        expect(await ask({ tampered: true })).toMatchObject({ kind: 'unmet', data: { problem: 'not-restored' } }),
      (held) => !held?.startsWith('tampered-'),
    )
    expect(await readSecretKey(probe, copy)).toBe('first')
  })

  it('waits for nothing when one of the two is missing', async () => {
    expect(await ask({ to: { ...copy, key: 'user' } })).toMatchObject({ data: { problem: 'no-target' } })
    expect(await ask({ from: { secret: { ...original, name: 'none' } } })).toMatchObject({
      data: { problem: 'no-upstream' },
    })
  })
})
