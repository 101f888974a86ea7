import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { THROW_AWAY_LABEL } from '../../src/checks/throw-away.ts'
import { list } from '../../src/core/api/objects.ts'
import type { CheckSpec } from '../../src/core/model.ts'
import { gradeOnce } from '../../src/grader/grade.ts'
import { replay } from '../../src/grader/replay.ts'
import type { World } from '../../src/grader/world.ts'
import { testCluster } from '../support/cluster.ts'
import { bind, check, folderWorkspace, namespace, pod, put, role, worldOf } from './checks-world.ts'

const NS = 'grader-once'
const workspace = folderWorkspace()
let world: World
let cleanUp: () => Promise<void>

const nonces = { ns: { kind: 'name', prefix: 'probe-' }, name: { kind: 'name', prefix: 'thing-' } } as const
const lessonOf = (...checks: CheckSpec[]) => ({ id: 'L99', nonces, tasks: [{ id: 't', title: 'T', checks }] })
const grade = (checks: CheckSpec[], more: object = {}) => gradeOnce({ ...world, lesson: lessonOf(...checks), ...more })

const throwAways = async (): Promise<number> => {
  const kinds = [
    { apiVersion: 'v1', kind: 'Secret' },
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' },
  ]
  const found = await Promise.all(kinds.map((kind) => list(world.probe, kind, { labelSelector: THROW_AWAY_LABEL })))
  return found.flat().length
}

beforeAll(async () => {
  world = worldOf((await testCluster()).probe, workspace)
  cleanUp = await put(world.probe, namespace(NS), {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'bot', namespace: NS },
  })
})

afterAll(async () => {
  await cleanUp()
  workspace.remove()
})

const asBot = { serviceAccount: `${NS}/bot` }
const mayRead = { as: asBot, allowed: true, review: { verb: 'get', resource: 'pods', namespace: NS } }
const mayNotWrite = { as: asBot, allowed: false, review: { verb: 'create', resource: 'pods', namespace: NS } }

describe('gradeOnce', () => {
  it('puts the lesson’s words to what it finds', async () => {
    const spec = check('access', mayRead, {
      expect: 'the bot reads pods in ((nonce.ns))',
      why: 'It is its job.',
      reproduce: 'kubectl get pods',
      say: [
        { when: 'found.wrong.size() > 5', text: 'no' },
        { when: "found.wrong.exists(w, w.startsWith('get pods'))", text: 'It cannot read pods in ((lab.server)).' },
      ],
    })
    const { verdicts, verdict } = await grade([spec])
    expect(verdict).toBe('failed')
    expect(verdicts[spec.id]).toMatchObject({
      kind: 'failed',
      expected: expect.stringMatching(/^the bot reads pods in probe-[a-z0-9]{5}$/),
      why: `It cannot read pods in ${world.probe.server}.`,
      reproduce: 'kubectl get pods',
    })
    const plain = await grade([check('access', mayRead)])
    expect(Object.values(plain.verdicts)[0]).toMatchObject({
      why: 'Because.',
      reproduce: `kubectl auth can-i get pods -n ${NS} --as system:serviceaccount:${NS}:bot`,
    })
  })

  it('does not pass a negative while nothing works, and does when its companion passes', async () => {
    const works = check('access', mayRead, { title: 'The bot can read' })
    const closed = check('access', mayNotWrite, { after: works.id })
    const before = await grade([works, closed])
    expect(before.verdicts[closed.id]).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('The bot can read'),
    })
    const alone = await grade([works, closed], { checks: [closed.id] })
    expect(Object.keys(alone.verdicts)).toEqual([closed.id])
    expect(alone.verdict).toBe('failed')
    const undo = await put(
      world.probe,
      role('read', NS, [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
      bind('read', NS, 'read', { kind: 'ServiceAccount', name: 'bot', namespace: NS }),
    )
    const waiting = [
      { ...works, settleMs: 5000 },
      { ...closed, settleMs: 5000 },
    ]
    expect((await grade(waiting, { settleUpToMs: 5000 })).verdict).toBe('passed')
    await undo()
  })

  it('says what it could not check, and why', async () => {
    const nodes = check('file', { path: 'a' }, { needs: ['nodes'] })
    const lost = check('request', { as: { provided: 'lost' }, requests: [{ path: '/', status: 200 }] })
    const { verdicts, verdict } = await grade([nodes])
    expect(verdicts[nodes.id]).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('--backend kind') })
    expect(verdict).toBe('unknown')
    // What no waiting will bring is not waited for.
    expect((await grade([{ ...nodes, settleMs: 600_000 }], { settleUpToMs: 600_000 })).verdict).toBe('unknown')
    expect((await grade([nodes, lost])).verdict).toBe('failed')
    const slow = check('params', { policy: 'none', object: pod('a', NS), params: { a: 'b' }, expect: 'denied' })
    const hung = { ...world, probe: { ...world.probe, api: () => new Promise<never>(() => undefined) } }
    const late = await gradeOnce({
      ...hung,
      lesson: lessonOf(slow),
      deadlineMs: 50,
      signal: AbortSignal.timeout(20_000),
      checks: [slow.id],
    }).catch(String)
    expect(late).toMatchObject({ verdict: 'unknown' })
  })

  it('makes fresh throw-away objects for each check and removes them, also when cancelled', async () => {
    const given = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '((nonce.ns))' } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: '((nonce.name))', namespace: '((nonce.ns))' },
        stringData: { a: 'b' },
      },
      pod('((nonce.name))', '((nonce.ns))'),
    ] as never
    const seen = (allowed: number) =>
      check(
        'request',
        { requests: [{ path: '/api/v1/namespaces/((nonce.ns))/secrets/((nonce.name))', status: allowed }] },
        { given },
      )
    const { verdict } = await grade([seen(200), seen(200), seen(200)])
    expect(verdict).toBe('passed')
    expect(await throwAways()).toBe(0)

    const controller = new AbortController()
    const cancelled = grade([seen(418)], { signal: controller.signal })
    for (;;) if ((await throwAways()) > 0) break
    controller.abort()
    await expect(cancelled).rejects.toThrow()
    expect(await throwAways()).toBe(0)
  })

  it('gives a throw-away Pod its debug containers as well, which no Pod may be made with', async () => {
    const ephemeralContainers = [{ name: 'debug', image: 'two' }]
    const given = [pod('((nonce.name))', NS, 'one', { ephemeralContainers })] as never
    const validations = [{ expression: "object.spec.ephemeralContainers.exists(c, c.image == 'two')" }]
    const there = { apiVersion: 'v1', kind: 'Pod', namespace: NS, name: '((nonce.name))', validations }
    expect(await grade([check('object', there, { given })])).toMatchObject({ verdict: 'passed' })
  })

  it('sweeps what a killed grader left, and nothing of one that lives', async () => {
    const left = (name: string, owner: string) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: { [THROW_AWAY_LABEL]: owner } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [],
    })
    const undo = await put(world.probe, left('grader-dead', 'p999999999'), left('grader-alive', `p${process.pid}`))
    const given = [{ ...left('((nonce.name))', ''), metadata: { name: '((nonce.name))' } }]
    await grade([check('request', { requests: [{ path: '/livez', status: 200 }] }, { given: given as never })])
    const names = (
      await list(
        world.probe,
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' },
        { labelSelector: THROW_AWAY_LABEL },
      )
    ).map((each) => each.metadata?.name)
    expect(names).toEqual(['grader-alive'])
    await undo()
  })

  it('holds a pass for as long as the check asks', async () => {
    await workspace.write('flag', 'up')
    const spec = check('file', { path: 'flag', contains: ['up'] }, { holdMs: 700 })
    const [held, broken] = await Promise.all([
      grade([spec]),
      (async () => {
        await world.clock.sleep(200)
        await workspace.write('flag', 'down')
      })(),
    ])
    expect(broken).toBeUndefined()
    expect(held.verdict).toBe('failed')
    await workspace.write('flag', 'up')
    const begun = Date.now()
    expect((await grade([spec])).verdict).toBe('passed')
    expect(Date.now() - begun).toBeGreaterThanOrEqual(650)
  })

  it('keeps what was done once', async () => {
    const once = check('file', { path: 'gone' }, { mode: 'edge' })
    expect((await grade([once])).verdict).toBe('failed')
    expect(await grade([once], { edges: [once.id] })).toMatchObject({ verdict: 'passed' })
  })
})

describe('replay', () => {
  it('says of each step whether it worked and whether that is good', async () => {
    const step = (id: string, role: 'attack' | 'legitimate', status: number, path: string) => ({
      id,
      title: id,
      role,
      check: check('request', { as: { user: 'eve' }, requests: [{ path, status }] }),
    })
    const outcomes = await replay({
      world,
      lesson: { nonces },
      steps: [
        step('stopped', 'attack', 200, '/api/v1/secrets'),
        step('gone', 'attack', 200, `/api/v1/namespaces/${NS}/pods/none`),
        step('works', 'legitimate', 200, '/version'),
        step('open', 'attack', 200, '/version'),
      ],
    })
    expect(outcomes.map(({ id, worked, good, summary }) => [id, worked, good, summary])).toEqual([
      ['stopped', false, true, '403 Forbidden'],
      ['gone', false, true, '403 Forbidden'],
      ['works', true, true, '200 OK'],
      ['open', true, false, '200 OK'],
    ])
  })
})
