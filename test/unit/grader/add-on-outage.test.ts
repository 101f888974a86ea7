import { describe, expect, it } from 'vitest'
import type { Finding, Json } from '../../../src/core/model.ts'
import type { AddOnStatus } from '../../../src/core/ports.ts'
import { createOutages } from '../../../src/grader/add-on-outage.ts'

const status = (name: string, change: Partial<AddOnStatus> = {}): AddOnStatus => ({
  name,
  title: name === 'vault' ? 'Vault' : 'External Secrets Operator',
  version: 'v1',
  state: 'ready',
  forgets: name === 'vault',
  ...change,
})
const STOPPED = { state: 'broken', reason: 'It was stopped: its Deployment has no replicas.' } as const

const bench = (answers: Readonly<Record<string, AddOnStatus | Error>>, addons = Object.keys(answers)) => {
  const asked: string[] = []
  let now = 0
  const addOns = {
    status: async (name: string) => {
      asked.push(name)
      const answer = answers[name] ?? new Error('nobody asked for it')
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const outages = createOutages({
    addOns,
    clock: { now: () => now, sleep: async () => undefined },
    lesson: { needs: { addons } },
  })
  return { outages, asked, later: (ms: number) => (now += ms) }
}

const unmet = (data: { [key: string]: Json }): Finding => ({
  kind: 'unmet',
  expected: 'ready',
  found: 'it is not ready',
  summary: 'differs',
  data,
})
const STORE = {
  kind: 'object',
  fields: {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    namespace: 'app',
    name: 'platform',
    validations: [{ expression: "object.spec.controller == ''" }, { expression: 'has(object.status)' }],
  },
}
const NOT_READY = unmet({ missing: false, failed: [1] })

describe('an add-on that does not answer', () => {
  it('takes the blame for what it would have had to do, in its own words, with what to do', async () => {
    const { outages } = bench({ 'external-secrets': status('external-secrets', STOPPED) })
    expect(await outages(STORE, NOT_READY)).toEqual({
      kind: 'unknown',
      reason:
        'External Secrets Operator does not run. It was stopped: its Deployment has no replicas. Until it does, nobody can ' +
        'say whether your work is right (found: it is not ready). Bring it back: k8s-sec-lab cluster restart external-secrets',
    })
  })

  it('takes none for what the learner wrote, or did not write', async () => {
    const { outages, asked } = bench({ 'external-secrets': status('external-secrets', STOPPED) })
    for (const data of [
      { missing: true, failed: [] },
      { missing: false, failed: [0, 1] },
    ]) {
      const finding = unmet(data)
      expect(await outages(STORE, finding)).toBe(finding)
    }
    const rules = unmet({ extra: ['secrets list'] })
    expect(await outages({ kind: 'rules', fields: {} }, rules)).toBe(rules)
    const left = unmet({ missing: false, failed: [] })
    const secret = { kind: 'object', fields: { apiVersion: 'v1', kind: 'Secret', exists: false } }
    expect(await outages(secret, left)).toBe(left)
    expect(asked).toEqual([])
  })

  it('is not asked when all is well, and once for many checks', async () => {
    const { outages, asked, later } = bench({ 'external-secrets': status('external-secrets') })
    await outages(STORE, { ...unmet({}), kind: 'met' } as Finding)
    await outages(STORE, { kind: 'unknown', reason: 'not on this cluster', notHere: true })
    expect(asked).toEqual([])
    expect(await Promise.all([outages(STORE, NOT_READY), outages(STORE, NOT_READY)])).toEqual([NOT_READY, NOT_READY])
    expect(asked).toEqual(['external-secrets'])
    later(3000)
    await outages(STORE, NOT_READY)
    expect(asked).toHaveLength(2)
  })

  it('is not down because it has to be restarted for a new key, and not asked when the lesson has none of it', async () => {
    const stale = bench({ 'external-secrets': status('external-secrets', { state: 'stale', reason: 'an old key' }) })
    expect(await stale.outages(STORE, NOT_READY)).toBe(NOT_READY)
    const other = bench({ 'external-secrets': status('external-secrets', STOPPED) }, ['sealed-secrets'])
    expect(await other.outages(STORE, NOT_READY)).toBe(NOT_READY)
    expect(other.asked).toEqual([])
  })

  it('leaves it as it was when nobody answers at all', async () => {
    const { outages } = bench({ 'external-secrets': new Error('the API server did not answer') })
    expect(await outages(STORE, NOT_READY)).toBe(NOT_READY)
  })

  it('is named with the reset that it needs when it keeps everything in memory', async () => {
    const { outages } = bench({
      'external-secrets': status('external-secrets'),
      vault: status('vault', { state: 'starting', reason: 'Vault gave no answer: Vault is sealed' }),
    })
    const late: Finding = { kind: 'unknown', reason: 'there was no answer in time' }
    const fields = { from: { vault: { path: 'app/db', key: 'password' } }, to: {}, within: '20s' }
    const said = await outages({ kind: 'synced', fields }, late)
    expect(said).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/^Vault does not answer: .*sealed.*restart vault, then .*k8s-sec-lab reset/),
    })
  })

  it('is not blamed for an ExternalSecret that is missing, or that says itself that it will not look', async () => {
    const { outages } = bench({ 'external-secrets': status('external-secrets', STOPPED) })
    const fields = { from: { secret: {} }, to: {}, within: '20s' }
    const state = { name: 'db', refreshInterval: '1h0m0s', refreshPolicy: '', problem: 'never', managed: true }
    for (const data of [state, { ...state, managed: false }]) {
      const finding = unmet(data)
      expect(await outages({ kind: 'synced', fields }, finding)).toBe(finding)
    }
    const waiting = unmet({ ...state, refreshInterval: '5s' })
    expect(await outages({ kind: 'synced', fields }, waiting)).toMatchObject({ kind: 'unknown' })
  })

  it('is blamed for a sealed value that nobody opened, and never for one that was sealed wrongly', async () => {
    const title = 'Sealed Secrets'
    const { outages } = bench({ 'sealed-secrets': status('sealed-secrets', { ...STOPPED, title }) })
    const fields = { namespace: 'app', name: 'db', key: 'password', unsealed: true }
    const wrong = unmet({ problem: 'other-scope' })
    expect(await outages({ kind: 'sealed', fields }, wrong)).toBe(wrong)
    expect(await outages({ kind: 'sealed', fields }, unmet({ problem: 'not-unsealed' }))).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/^Sealed Secrets does not run/),
    })
  })
})
