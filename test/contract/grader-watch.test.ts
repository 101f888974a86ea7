import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { apply, list, remove } from '../../src/core/api/objects.ts'
import type { CheckSpec } from '../../src/core/model.ts'
import { createGrader, type GraderEvent } from '../../src/grader/watcher.ts'
import type { World } from '../../src/grader/world.ts'
import { testCluster } from '../support/cluster.ts'
import { until as eventually } from '../support/until.ts'
import { bind, check, folderWorkspace, namespace, pod, put, role, worldOf } from './checks-world.ts'

const NS = 'grader-watch'
let workspace: ReturnType<typeof folderWorkspace>
let world: World
let cleanUp: () => Promise<void>
let stop: AbortController

const nonces = { ns: { kind: 'name', prefix: 'probe-' }, name: { kind: 'name', prefix: 'thing-' } } as const

beforeAll(async () => {
  const { probe } = await testCluster()
  cleanUp = await put(probe, namespace(NS), {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'bot', namespace: NS },
  })
  world = worldOf(probe, folderWorkspace())
})
afterAll(() => cleanUp())
beforeEach(() => {
  workspace = folderWorkspace()
  world = { ...world, workspace }
  stop = new AbortController()
})
afterEach(() => {
  stop.abort()
  workspace.remove()
})

/** A running grader with what it said, and waiting for what it will say. */
const watching = async (checks: CheckSpec[]) => {
  const events: GraderEvent[] = []
  const waiting = new Set<() => void>()
  const grader = createGrader({ ...world, lesson: { id: 'L99', nonces, tasks: [{ id: 't', title: 'T', checks }] } })
  const until = async (holds: (all: readonly GraderEvent[]) => boolean, from = 0): Promise<void> => {
    while (!holds(events.slice(from))) {
      await new Promise<void>((resolve) => {
        waiting.add(resolve)
      })
    }
  }
  grader.start((event) => {
    events.push(event)
    for (const resolve of waiting) resolve()
    waiting.clear()
  }, stop.signal)
  await until(
    (all) => all.some(({ kind }) => kind === 'graded') && all.some((event) => event.kind === 'watching' && event.alive),
  )
  const verdictIs = (id: string, kind: string, settling?: boolean) => (all: readonly GraderEvent[]) => {
    const last = all.filter((event) => event.kind === 'verdict' && event.check === id).at(-1)
    return (
      last?.kind === 'verdict' && last.verdict.kind === kind && (settling === undefined || last.settling === settling)
    )
  }
  return { grader, events, until, verdictIs }
}

/** Namespaces of graders and tests before this one take their time to go, and each step of it is a change. */
const othersGone = (): Promise<boolean> =>
  eventually(async () => {
    const all = await list(world.probe, { apiVersion: 'v1', kind: 'Namespace' })
    return all.every(({ metadata }) => metadata?.deletionTimestamp === undefined)
  })

const owner = () =>
  check('object', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: NS,
    name: 'app',
    validations: [{ expression: "object.data.owner == 'me'" }],
  })
const configMap = (value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'app', namespace: NS },
  data: { owner: value },
})

describe('a grader that watches', () => {
  it('says the verdict by itself when an object or a file changes, and what changed', async () => {
    const object = owner()
    const file = check('file', { path: 'notes/a.txt' })
    const { events, until, verdictIs } = await watching([object, file])
    expect(verdictIs(object.id, 'failed')(events)).toBe(true)
    await apply(world.probe, configMap('me'))
    await until(verdictIs(object.id, 'passed'))
    expect(events).toContainEqual({ kind: 'change', what: `ConfigMap ${NS}/app created` })
    await workspace.write('notes/a.txt', 'x')
    await until(verdictIs(file.id, 'passed'))
    await apply(world.probe, configMap('you'))
    await until(verdictIs(object.id, 'failed'))
    await remove(world.probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: NS, name: 'app' })
    await until((all) => all.some((event) => event.kind === 'change' && event.what.endsWith('deleted')))
  })

  it('looks only at the checks that a change could touch', async () => {
    const object = owner()
    const other = check('object', { apiVersion: 'v1', kind: 'Pod', namespace: NS })
    const asked: string[] = []
    const plain = world.probe
    const api: typeof plain.api = (request) => {
      asked.push(request.path)
      return plain.api(request)
    }
    world = { ...world, probe: { ...plain, api } }
    const { until, verdictIs } = await watching([object, other])
    asked.length = 0
    await apply(plain, configMap('me'))
    await until(verdictIs(object.id, 'passed'))
    expect(asked.filter((path) => path.includes('/pods'))).toEqual([])
    world = { ...world, probe: plain }
    await remove(plain, { apiVersion: 'v1', kind: 'ConfigMap', namespace: NS, name: 'app' })
  })

  it('follows what the API server takes up late, with the verdict settling meanwhile', async () => {
    const rules = check(
      'rules',
      { as: { serviceAccount: `${NS}/bot` }, namespaces: [NS], equals: [{ resources: ['pods'], verbs: ['get'] }] },
      { settleMs: 3000 },
    )
    const { events, until, verdictIs } = await watching([rules])
    expect(verdictIs(rules.id, 'failed', false)(events)).toBe(true)
    const from = events.length
    const bot = { kind: 'ServiceAccount', name: 'bot', namespace: NS }
    const undo = await put(
      world.probe,
      role('w', NS, [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
      bind('w', NS, 'w', bot),
    )
    await until(verdictIs(rules.id, 'passed', false), from)
    // Not yet, while changes were fresh, was never said as final.
    const final = events
      .slice(from)
      .filter((event) => event.kind === 'verdict' && event.verdict.kind === 'failed' && !event.settling)
    expect(final).toEqual([])
    const later = events.length
    await undo()
    await until(verdictIs(rules.id, 'failed', true), later)
    await until(verdictIs(rules.id, 'failed', false), later)
  })

  it('shows a pass that must still hold as settling', async () => {
    const held = check('object', { ...owner().with }, { holdMs: 600 })
    const { events, until, verdictIs } = await watching([held])
    const from = events.length
    await apply(world.probe, configMap('me'))
    await until(verdictIs(held.id, 'passed', true), from)
    await until(verdictIs(held.id, 'passed', false), from)
    await remove(world.probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: NS, name: 'app' })
  })

  it('is not set off by its own throw-away objects', async () => {
    await othersGone()
    const given = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '((nonce.ns))' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '((nonce.name))', namespace: NS }, data: {} },
    ] as never
    const all = { apiVersion: 'v1', kind: 'ConfigMap' }
    const probing = check('object', { ...all, namespace: NS, name: '((nonce.name))' }, { given })
    const watchers = [check('object', all), check('object', { apiVersion: 'v1', kind: 'Namespace' })]
    const { grader, events, until } = await watching([probing, ...watchers])
    for (let round = 0; round < 3; round += 1) {
      const from = events.length
      grader.regrade()
      await until((rest) => rest.some(({ kind }) => kind === 'graded'), from)
    }
    // A change of somebody else's arrives after all of theirs: nothing before it was taken for a change.
    await apply(world.probe, configMap('last'))
    await until((rest) => rest.some((event) => event.kind === 'change'))
    expect(
      events.filter(({ kind }) => kind === 'change').map((event) => event.kind === 'change' && event.what),
    ).toEqual([`ConfigMap ${NS}/app created`])
    await remove(world.probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: NS, name: 'app' })
  })

  it('waits with a verdict for the companion’s, and re-reads both', async () => {
    const works = owner()
    const negative = check(
      'object',
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: NS, name: 'none', exists: false },
      { after: works.id },
    )
    const { events, until, verdictIs } = await watching([negative, works])
    expect(verdictIs(negative.id, 'failed')(events)).toBe(true)
    await apply(world.probe, configMap('me'))
    await until(verdictIs(negative.id, 'passed'))
    await remove(world.probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: NS, name: 'app' })
    await until(verdictIs(negative.id, 'failed'))
  })

  it('follows each of many changes in a row, other checks beside it', async () => {
    const object = owner()
    const others = Array.from({ length: 5 }, () => check('admission', { object: pod('x', NS), expect: 'admitted' }))
    const { events, until, verdictIs } = await watching([object, ...others])
    for (let round = 0; round < 30; round += 1) {
      const [value, kind] = round % 2 === 0 ? ['me', 'passed'] : ['you', 'failed']
      const from = events.length
      await apply(world.probe, configMap(value))
      await until(verdictIs(object.id, kind), from)
    }
    await remove(world.probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: NS, name: 'app' })
  })

  it('stops for good when told to', async () => {
    const { events } = await watching([owner()])
    stop.abort()
    const count = events.length
    const witness = new AbortController()
    await new Promise<void>((seen) => {
      world.probe.watch(`/api/v1/namespaces/${NS}/configmaps`, (change) => change.name === 'app' && seen(), {
        signal: witness.signal,
        onHealth: () => void apply(world.probe, configMap('me')),
      })
    })
    witness.abort()
    expect(events.length).toBe(count)
    await remove(world.probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: NS, name: 'app' })
  })

  it('counts as watching when there is nothing in the cluster to watch', async () => {
    const { events } = await watching([check('file', { path: 'notes.txt' })])
    expect(events.filter(({ kind }) => kind === 'watching')).toEqual([{ kind: 'watching', alive: true }])
  })
})
