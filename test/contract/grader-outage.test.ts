import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { list } from '../../src/core/api/objects.ts'
import { gradeOnce } from '../../src/grader/grade.ts'
import { createGrader, type GraderEvent } from '../../src/grader/watcher.ts'
import type { World } from '../../src/grader/world.ts'
import { ownCluster } from '../support/cluster.ts'
import { check, eventually, factsOf, find, folderWorkspace, put, worldOf } from './checks-world.ts'

const report = () => undefined
const workspace = folderWorkspace()
const own = ownCluster()
let world: World

beforeAll(async () => {
  await own.cluster.up({ report })
  world = worldOf(await own.cluster.probe(), workspace)
})

afterAll(async () => {
  await own.remove()
  workspace.remove()
})

const KEY = (name: string): string => `{ name: ${name}, secret: ${Buffer.alloc(32, name).toString('base64')} }`
const encryption = (...providers: readonly string[]): string =>
  `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers: [${providers.join(', ')}]
`
const secretbox = (...keys: readonly string[]): string => `{ secretbox: { keys: [${keys.map(KEY).join(', ')}] } }`

/** Every Secret written again, as `kubectl replace` does. */
const rewrite = async (): Promise<void> => {
  for (const secret of await list(world.probe, { apiVersion: 'v1', kind: 'Secret' })) {
    const { name, namespace } = secret.metadata ?? {}
    await world.probe.api({ method: 'PUT', path: `/api/v1/namespaces/${namespace}/secrets/${name}`, body: secret })
  }
}

describe('stored, through a rotation of keys', () => {
  const newest = () =>
    find(world, 'stored', { prefix: '/registry/secrets/', 'newest-key': true, lacks: ['geheimeWorte'] })
  const make = (name: string) =>
    put(world.probe, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default' },
      stringData: { a: 'geheimeWorte' },
    })

  it('tells plain from encrypted, and the old key from the new one', async () => {
    await make('first')
    await own.cluster.writeFile('encryption.yaml', encryption(secretbox('key1'), '{ identity: {} }'))
    await own.cluster.restart('kube-apiserver')
    await make('second')
    const half = factsOf(await newest())
    expect(half).toMatchObject({
      kind: 'unmet',
      data: { total: 2, plain: ['default/first'], leaking: ['default/first'], 'wrong-key': [] },
    })
    expect(half.found).toContain('1 of 2')
    await rewrite()
    expect((await newest()).kind).toBe('met')
    expect(
      (
        await find(world, 'stored', {
          prefix: '/registry/secrets/',
          every: { 'starts-with': 'k8s:enc:secretbox:v1:key1:' },
        })
      ).kind,
    ).toBe('met')

    await own.cluster.writeFile('encryption.yaml', encryption(secretbox('key2', 'key1')))
    await own.cluster.restart('kube-apiserver')
    expect(factsOf(await newest())).toMatchObject({
      kind: 'unmet',
      data: { plain: [], 'wrong-key': ['default/first', 'default/second'] },
    })
    await rewrite()
    expect(factsOf(await newest())).toMatchObject({
      kind: 'met',
      data: { prefixes: { 'k8s:enc:secretbox:v1:key2:': 2 } },
    })
  })

  it('sees a file that is no YAML', async () => {
    const before = await own.cluster.readFile('encryption.yaml')
    await own.cluster.writeFile('encryption.yaml', 'resources: [')
    const file = { name: 'encryption.yaml', validations: [{ expression: 'true' }] }
    expect(factsOf(await find(world, 'control-plane-file', file))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'unparsable' },
    })
    expect(factsOf(await newest())).toMatchObject({ kind: 'unmet' })
    await own.cluster.writeFile('encryption.yaml', before)
  })
})

describe('a control plane that the learner broke', () => {
  it('is "could not check" with the component’s own words, and is recovered from', async () => {
    const api = check('request', { requests: [{ path: '/version', status: 200 }] })
    const component = check('component', { name: 'kube-apiserver', runs: true })
    const lesson = { id: 'L99', nonces: {}, tasks: [{ id: 't', title: 'T', checks: [api, component] }] }
    const events: GraderEvent[] = []
    let tell = (): void => undefined
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) {
        await new Promise<void>((resolve) => {
          tell = resolve
        })
      }
    }
    const stop = new AbortController()
    createGrader({ ...world, lesson }).start((event) => {
      events.push(event)
      tell()
    }, stop.signal)
    const last = (id: string) => events.filter((event) => event.kind === 'verdict' && event.check === id).at(-1)
    const is = (id: string, kind: string) => () => {
      const event = last(id)
      return event?.kind === 'verdict' && event.verdict.kind === kind
    }
    await until(() => is(api.id, 'passed')() && is(component.id, 'passed')())

    const manifest = await own.cluster.readFile('kube-apiserver.yaml')
    const outcome = await own.cluster.writeFile(
      'kube-apiserver.yaml',
      manifest.replace(/(\n\s+- )(--[a-z])/, '$1--no-such-flag=1$1$2'),
    )
    expect(outcome.kind).toBe('crashing')
    await until(() => is(api.id, 'unknown')() && is(component.id, 'failed')())
    expect(events.some(({ kind }) => kind === 'unreachable')).toBe(true)
    const settled = await eventually(async () => {
      const { verdicts } = await gradeOnce({ ...world, lesson })
      const reason = verdicts[api.id]?.kind === 'unknown' ? verdicts[api.id] : undefined
      return JSON.stringify(reason ?? '').includes('no-such-flag')
        ? { kind: 'met', expected: '', found: '', summary: '', data: {} }
        : { kind: 'unknown', reason: JSON.stringify(verdicts) }
    }, 'met')
    expect(settled.kind).toBe('met')
    expect(factsOf(await find(world, 'component', { name: 'kube-apiserver', runs: true })).data.lastError).toContain(
      'no-such-flag',
    )

    await own.cluster.writeFile('kube-apiserver.yaml', manifest)
    await until(() => is(api.id, 'passed')() && is(component.id, 'passed')())
    expect(events.some(({ kind }) => kind === 'recovered')).toBe(true)
    await until(() => events.filter((event) => event.kind === 'watching').at(-1)?.alive === true)
    stop.abort()
  })
})
