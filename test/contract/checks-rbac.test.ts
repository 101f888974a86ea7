import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../src/grader/world.ts'
import { testCluster } from '../support/cluster.ts'
import { bind, eventually, factsOf, find, folderWorkspace, namespace, put, role, worldOf } from './checks-world.ts'

const NS = 'kinds-rbac'
const bot = { kind: 'ServiceAccount', name: 'bot', namespace: NS }
const asBot = { serviceAccount: `${NS}/bot` }
const READ = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }
const LOG = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }

let world: World
const cleanUp: (() => Promise<void>)[] = []
const workspace = folderWorkspace()

beforeAll(async () => {
  world = worldOf((await testCluster()).probe, workspace)
  cleanUp.push(
    await put(world.probe, namespace(NS), {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'bot', namespace: NS },
    }),
  )
})

afterAll(async () => {
  for (const each of cleanUp.reverse()) await each()
  workspace.remove()
})

describe('rules', () => {
  const job = [
    { resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    { resources: ['pods/log'], verbs: ['get'] },
  ]
  const exactly = () => find(world, 'rules', { as: asBot, namespaces: [NS], equals: job })

  it('names what is missing, then passes for the same rights in one Role or in two', async () => {
    const before = factsOf(await exactly())
    expect(before).toMatchObject({ kind: 'unmet', data: { extra: [], namespace: NS, incomplete: false } })
    expect(before.data.missing).toContain('pods/log get')

    const undo = await put(world.probe, role('one', NS, [READ, LOG]), bind('one', NS, 'one', bot))
    expect((await eventually(exactly, 'met')).kind).toBe('met')
    await undo()
    const undoTwo = await put(
      world.probe,
      role('read', NS, [READ]),
      role('log', NS, [LOG, { ...READ, verbs: ['get'] }]),
      bind('read', NS, 'read', bot),
      bind('log', NS, 'log', bot),
    )
    expect((await eventually(exactly, 'met')).kind).toBe('met')
    await undoTwo()
  })

  it('shows rights that come through a group, a wildcard, a named object or a path', async () => {
    const undo = await put(
      world.probe,
      role('named', NS, [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get'] }]),
      bind('named', NS, 'named', {
        kind: 'Group',
        name: `system:serviceaccounts:${NS}`,
        apiGroup: 'rbac.authorization.k8s.io',
      }),
      role('star', NS, [{ apiGroups: ['apps'], resources: ['*'], verbs: ['*'] }]),
      bind('star', NS, 'star', bot),
    )
    const nothing = () => find(world, 'rules', { as: asBot, namespaces: [NS], equals: [] })
    const seen = factsOf(
      await eventually(async () => {
        const finding = await nothing()
        return JSON.stringify(finding).includes('apps/*') && JSON.stringify(finding).includes('secrets')
          ? finding
          : { kind: 'unknown', reason: 'not yet' }
      }, 'unmet'),
    )
    expect(seen.data.extra).toEqual(expect.arrayContaining(['secrets "db" get', 'apps/* *']))
    const excluded = factsOf(
      await find(world, 'rules', {
        as: asBot,
        namespaces: [NS],
        excludes: [{ apiGroup: 'apps', resources: ['deployments'], verbs: ['delete'] }],
      }),
    )
    expect(excluded).toMatchObject({ kind: 'unmet', data: { extra: ['apps/* *'] } })
    await undo()
  })

  it('shows cluster-admin as everything, in a namespace that does not exist too', async () => {
    const undo = await put(world.probe, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'kinds-rbac-admin' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [bot],
    })
    const elsewhere = () => find(world, 'rules', { as: asBot, namespaces: ['((nonce.ns))'], equals: [] })
    const seen = factsOf(await eventually(elsewhere, 'unmet'))
    expect(seen.data.extra).toContain('* *')
    await undo()
    expect((await eventually(elsewhere, 'met')).kind).toBe('met')
  })

  it('shows what somebody grants to every authenticated identity, and nothing of the bootstrap policy', async () => {
    const somebody = () =>
      find(world, 'rules', { as: { user: 'nobody-in-particular' }, namespaces: ['default'], equals: [] })
    const fresh = factsOf(await somebody())
    expect(fresh.data.extra).toEqual([])
    const undo = await put(
      world.probe,
      role('open', 'default', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]),
      bind('open', 'default', 'open', {
        kind: 'Group',
        name: 'system:authenticated',
        apiGroup: 'rbac.authorization.k8s.io',
      }),
    )
    const open = factsOf(await eventually(somebody, 'unmet'))
    expect(open.data.extra).toEqual(['configmaps get'])
    await undo()
  })

  it('takes system:masters for what it is, although nothing lists it', async () => {
    const seen = factsOf(
      await find(world, 'rules', {
        as: { user: 'eve', groups: ['system:masters'] },
        namespaces: ['default'],
        equals: [],
      }),
    )
    expect(seen.data.extra).toContain('* *')
  })

  it('does not pass for rights of an identity that is gone', async () => {
    const undo = await put(
      world.probe,
      role('ghost', NS, [READ]),
      bind('ghost', NS, 'ghost', { ...bot, name: 'ghost' }),
    )
    const ghost = {
      as: { serviceAccount: `${NS}/ghost` },
      namespaces: [NS],
      equals: [{ resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    }
    const seen = factsOf(await find(world, 'rules', ghost))
    expect(seen).toMatchObject({ kind: 'unmet', found: `ServiceAccount ${NS}/ghost does not exist` })
    await undo()
  })
})

describe('access', () => {
  const list = { verb: 'list', resource: 'pods', namespace: NS }
  it('answers for users with their groups and for ServiceAccounts', async () => {
    const undo = await put(
      world.probe,
      role('devs', NS, [READ]),
      bind('devs', NS, 'devs', { kind: 'Group', name: 'devs', apiGroup: 'rbac.authorization.k8s.io' }),
      bind('bots', NS, 'devs', bot),
    )
    const dev = () => find(world, 'access', { as: { user: 'jane', groups: ['devs'] }, allowed: true, review: list })
    expect(factsOf(await eventually(dev, 'met')).summary).toBe('allowed')
    expect(
      (await eventually(() => find(world, 'access', { as: asBot, allowed: true, review: list }), 'met')).kind,
    ).toBe('met')
    const denied = factsOf(
      await find(world, 'access', { as: asBot, allowed: false, reviews: [list, { ...list, verb: 'delete' }] }),
    )
    expect(denied).toMatchObject({ kind: 'unmet', data: { wrong: [`list pods in ${NS}`] } })
    expect(denied.found).toContain('RoleBinding')
    await undo()
    const jane = factsOf(
      await eventually(
        () => find(world, 'access', { as: { user: 'jane', groups: ['devs'] }, allowed: false, review: list }),
        'met',
      ),
    )
    expect(jane.summary).toBe('denied')
  })

  it('does not count a right of a ServiceAccount that is gone', async () => {
    const undo = await put(world.probe, role('late', NS, [READ]), bind('late', NS, 'late', { ...bot, name: 'late' }))
    const seen = factsOf(
      await find(world, 'access', { as: { serviceAccount: `${NS}/late` }, allowed: true, review: list }),
    )
    expect(seen).toMatchObject({ kind: 'unmet', summary: 'no identity' })
    await undo()
  })

  it('asks about paths and subresources', async () => {
    const reviews = [
      { verb: 'get', path: '/metrics' },
      { verb: 'create', resource: 'serviceaccounts', subresource: 'token', namespace: NS },
    ]
    expect((await find(world, 'access', { as: { user: 'jane' }, allowed: false, reviews })).kind).toBe('met')
    expect(
      (await find(world, 'access', { as: { user: 'root', groups: ['system:masters'] }, allowed: true, reviews })).kind,
    ).toBe('met')
  })
})
