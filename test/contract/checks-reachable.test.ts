/** Check kind reachable, worked out from NetworkPolicies, namespaces and Pods that a real API server holds. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { apply, type Manifest } from '../../src/core/api/objects.ts'
import { orThrow } from '../../src/core/api/reply.ts'
import type { Probe } from '../../src/core/ports.ts'
import type { World } from '../../src/grader/world.ts'
import { testCluster } from '../support/cluster.ts'
import { factsOf, find, folderWorkspace, namespace, put, worldOf } from './checks-world.ts'

const NS = 'reachable-shop'
const OTHER = 'reachable-demo'
const workspace = folderWorkspace()
let probe: Probe
let world: World
const undo: (() => Promise<void>)[] = []
let policies: (() => Promise<void>)[] = []

const pod = (name: string, spec: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NS, labels: { app: name.replace(/-\d$/, '') } },
  spec: {
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    // Nobody is to run it: an address is not needed to work out what policies say.
    schedulerName: 'nobody',
    containers: [{ name: 'main', image: 'registry.lab.local/none', ports: [{ name: 'sql', containerPort: 5432 }] }],
    ...spec,
  },
})

const policy = async (name: string, spec: object): Promise<void> => {
  const manifest = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: NS },
    spec,
  }
  policies.push(await put(probe, manifest))
}

const endpoints = {
  web: { namespace: NS, selector: 'app=web' },
  db: { namespace: NS, selector: 'app=db' },
  impostor: { namespace: OTHER, labels: { app: 'web' } },
  nowhere: { namespace: 'reachable-nowhere', labels: { app: 'web' }, 'namespace-labels': { team: 'shop' } },
  outside: { ip: '203.0.113.9' },
}
const ask = async (...matrix: readonly object[]) => {
  const finding = factsOf(await find(world, 'reachable', { by: 'policy', endpoints, matrix }))
  const wrong = finding.data.wrong as readonly { title: string; found: string; side: string; policies: string[] }[]
  return { finding, wrong: wrong.map(({ title, found }) => `${title} ${found}`), first: wrong[0] }
}

beforeAll(async () => {
  probe = (await testCluster()).probe
  world = worldOf(probe, workspace)
  undo.push(await put(probe, namespace(NS), namespace(OTHER, { team: 'guests' })))
  undo.push(await put(probe, pod('web-1'), pod('web-2'), pod('db-1')))
})
afterAll(async () => {
  for (const each of undo.reverse()) await each()
  workspace.remove()
})
afterEach(async () => {
  for (const each of policies) await each()
  policies = []
})

describe('connections that are worked out', () => {
  it('begin with everything open, and are closed by the first policy', async () => {
    const open = { from: ['web', 'impostor', 'nowhere', 'outside'], to: 'db', port: 5432, open: true }
    expect((await ask(open)).finding.kind).toBe('met')
    await policy('deny', { podSelector: {} })
    const closed = await ask(open)
    expect(closed.wrong).toEqual(['web', 'impostor', 'nowhere', 'outside'].map((from) => `${from} → db:5432 closed`))
    expect(closed.first).toMatchObject({ side: 'ingress', policies: [`${NS}/deny`] })
    expect(closed.finding.found).toContain(`ingress: ${NS}/deny selects it and does not allow this`)
  })

  it('read what the API server made of a policy: its types, its named ports', async () => {
    await policy('db', {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'sql' }] }],
    })
    const rows = [
      { from: 'web', to: 'db', port: 5432, open: true },
      { from: 'web', to: 'db', port: 5433, open: false },
      { from: ['impostor', 'nowhere', 'outside'], to: 'db', port: 5432, open: false },
      // Ingress alone was closed.
      { from: 'db', to: 'outside', port: 443, open: true },
    ]
    expect((await ask(...rows)).wrong).toEqual([])
    await policy('wide', {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'guests' } } }] }],
    })
    const wide = await ask(...rows)
    expect(wide.wrong).toEqual(['impostor → db:5432 open'])
    expect(wide.finding.found).toContain(
      `${NS}/wide allows it (rule 1, item 1: every Pod of namespaces with team=guests)`,
    )
    expect(wide.first?.policies).toEqual([`${NS}/wide`])
  })

  it('count every Pod behind a selector, and say when there is none', async () => {
    await policy('one', {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web', late: 'yes' } } }] }],
    })
    const late = { ...pod('web-2'), metadata: { ...pod('web-2').metadata, labels: { app: 'web', late: 'yes' } } }
    orThrow(await apply(probe, late), 'label a Pod')
    expect((await ask({ from: 'web', to: 'db', port: 80, open: true })).wrong).toEqual(['web → db:80 closed'])
    expect((await ask({ from: 'web', to: 'db', port: 80, open: false })).wrong).toEqual(['web → db:80 open'])
    const missing = await ask({ from: { namespace: NS, selector: 'app=gone' }, to: 'db', port: 80, open: false })
    expect(missing.first?.found).toBe('missing')
    expect(missing.finding.found).toContain(`there are no Pods in ${NS} with app=gone`)
  })

  it('leave a Pod on the network of its node undefined', async () => {
    policies.push(await put(probe, pod('host-1', { hostNetwork: true })))
    const host = { namespace: NS, selector: 'app=host' }
    const { first, finding } = await ask({ from: host, to: 'db', port: 5432, open: true })
    expect(first?.found).toBe('undefined')
    expect(finding.found).toContain('hostNetwork')
  })

  it('refuse a check that can only be tried where nothing runs, and let others pass', async () => {
    const image = 'registry.lab.local/none'
    const matrix = [{ from: endpoints.web, to: endpoints.db, port: 5432, open: true }]
    const noNodes: World = { ...world, probe: { ...probe, nodes: undefined } }
    expect(await find(noNodes, 'reachable', { by: 'traffic', image, matrix })).toEqual({
      kind: 'unknown',
      notHere: true,
      reason: expect.stringContaining('real nodes'),
    })
  })
})
