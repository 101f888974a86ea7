import { describe, expect, it } from 'vitest'
import { pod } from '../../../src/checks/kinds/pod.ts'
import { THROW_AWAY_LABEL } from '../../../src/checks/throw-away.ts'
import type { CheckContext } from '../../../src/core/ports.ts'
import { contextWith, discovery } from './nodes-here.ts'

const one = (name: string, status: { [key: string]: unknown }, labels: { [key: string]: string } = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels },
  spec: { nodeName: 'n1', containers: [{ name: 'main' }] },
  status,
})
const running = { phase: 'Running', containerStatuses: [{ name: 'main', state: { running: {} } }] }
const waiting = (reason: string, message = '') => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'main', state: { waiting: { reason, message } } }],
})

/** A cluster with these Pods; each list of them is one moment, the last one stays. */
const world = (
  moments: readonly (readonly ReturnType<typeof one>[])[],
  prints: { readonly [pod: string]: string } = {},
  nonce: { readonly [name: string]: string } = {},
): CheckContext & { readonly asked: string[] } => {
  const asked: string[] = []
  let looks = 0
  const context = contextWith({
    api: async ({ path }: { path: string }) => {
      if (path === '/api') return reply(discovery({ Pod: 'pods' }))
      if (path === '/apis') return reply({})
      const items = moments[Math.min(looks, moments.length - 1)] ?? []
      looks += 1
      const name = /pods\/([^?]+)/.exec(path)?.[1]
      if (name === undefined) return reply({ items })
      const found = items.find((each) => each.metadata.name === name)
      return found ? reply(found) : { ...reply({}), status: 404 }
    },
    nodes: {
      execInPod: async (target: { pod: string; container: string }) => {
        asked.push(`${target.pod}/${target.container}`)
        return { code: 0, stdout: prints[target.pod] ?? '1000', stderr: '' }
      },
    },
  })
  return { ...context, asked, bindings: { ...context.bindings, nonce } }
}
const reply = (json: unknown) => ({ status: 200, headers: {}, warnings: [], text: '', json })
const fields = { namespace: 'shop', run: ['id', '-u'], matches: '^1000$' }

describe('pod', () => {
  it('asks every running Pod, by the name of its container, and all must be as wanted', async () => {
    const context = world([[one('a', running), one('b', running)]], { b: '0' })
    expect(await pod.run(fields, context)).toMatchObject({
      kind: 'unmet',
      data: {
        wrong: ['b'],
        text: '0',
        pods: [
          { name: 'a', code: 0 },
          { name: 'b', stdout: '0' },
        ],
      },
    })
    expect(context.asked).toEqual(['a/main', 'b/main'])
  })

  it('does not pass over a Pod that cannot start beside one that runs', async () => {
    const stuck = one('b', waiting('CreateContainerError', 'no such profile'))
    expect(await pod.run(fields, world([[one('a', running), stuck]]))).toMatchObject({
      kind: 'unmet',
      found: 'Pod shop/b: its container does not run: CreateContainerError: no such profile',
      data: { wrong: ['b'], waiting: 'CreateContainerError', waitingMessage: 'no such profile' },
    })
  })

  it('passes over Pods that ended, but nothing passes because none is left', async () => {
    const over = one('old', { phase: 'Succeeded' })
    expect(await pod.run(fields, world([[over, one('a', running)]]))).toMatchObject({ kind: 'met' })
    expect(await pod.run(fields, world([[over]]))).toMatchObject({ kind: 'unmet', data: { missing: true } })
    expect(await pod.run({ ...fields, name: 'old' }, world([[over]]))).toMatchObject({ kind: 'unmet' })
    expect(await pod.run({ ...fields, name: 'x' }, world([[one('a', running)]]))).toMatchObject({
      found: 'no Pod shop/x; there is: a',
    })
  })

  it('waits for its own Pods, and reports the reason as soon as they certainly will not run', async () => {
    const given = { [THROW_AWAY_LABEL]: 'p1' }
    const coming = one('probe-abc', waiting('ContainerCreating'), given)
    const nonce = { name: 'probe-abc' }
    const named = { ...fields, name: 'probe-abc' }
    const up = world([[], [coming], [coming], [one('probe-abc', running, given)]], {}, nonce)
    expect(await pod.run(named, up)).toMatchObject({ kind: 'met' })
    const stuck = one('probe-abc', waiting('ImagePullBackOff', 'no such image'), given)
    expect(await pod.run(named, world([[coming], [stuck]], {}, nonce))).toMatchObject({
      kind: 'unmet',
      data: { waiting: 'ImagePullBackOff' },
    })
  })

  it('could not check when its own Pod does not start in time, and does not wait for others', async () => {
    const coming = one('probe-abc', waiting('ContainerCreating'))
    let now = 0
    const context = world([[coming]], {}, { name: 'probe-abc' })
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
      },
    }
    expect(await pod.run(fields, { ...context, clock })).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('ContainerCreating'),
    })
    expect(await pod.run(fields, world([[one('web', waiting('ContainerCreating'))]]))).toMatchObject({ kind: 'unmet' })
  })

  it('leaves out the throw-away Pods of other checks', async () => {
    const other = one('else-xyz', running, { [THROW_AWAY_LABEL]: 'p1' })
    const context = world([[other, one('a', running)]], {}, { name: 'probe-abc' })
    expect(await pod.run(fields, context)).toMatchObject({ kind: 'met' })
    expect(context.asked).toEqual(['a/main'])
  })
})
