/**
 * Check kind reachable with real connections, where Pods run. Packet filters which the test itself sets inside the
 * Pods' networks stand for a network plugin, so that open and closed are both real.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetEnforcement } from '../../src/checks/network/enforcement.ts'
import { list, type Manifest } from '../../src/core/api/objects.ts'
import type { Finding } from '../../src/core/model.ts'
import type { NodeProbe, Probe } from '../../src/core/ports.ts'
import type { World } from '../../src/grader/world.ts'
import { describeOnKind } from '../support/describe-unless.ts'
import { ownKindCluster } from '../support/own-kind.ts'
import { clock, factsOf, find, folderWorkspace, namespace, put, worldOf } from './checks-world.ts'

const NS = 'reachable-test'
const workspace = folderWorkspace()
let probe: Probe
let nodes: NodeProbe
let node: string
let world: World
let image: string
const undo: (() => Promise<void>)[] = []

const pod = (name: string, command: readonly string[]): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NS, labels: { app: name } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent', command }],
  },
})

const end = (name: string) => ({ namespace: NS, selector: `app=${name}` })
const dns = { namespace: 'kube-system', selector: 'k8s-app=kube-dns' }

const addressesOf = async (where: string, labelSelector = ''): Promise<readonly string[]> => {
  const pods = await list(probe, { apiVersion: 'v1', kind: 'Pod', namespace: where }, { labelSelector })
  return pods.flatMap(({ status }) => (status as { podIP?: string }).podIP ?? [])
}

/** Runs iptables in the network of the Pod with that address. */
const filter = async (address: string, ...rule: readonly string[]): Promise<void> => {
  const script = `for each in $(ip netns list | cut -d' ' -f1); do
    if ip netns exec $each ip -o -4 address | grep -q " $0/"; then exec ip netns exec $each iptables "$@"; fi
  done; exit 9`
  const { code, stderr } = await nodes.exec(node, ['sh', '-c', script, address, ...rule])
  if (code !== 0) throw new Error(`iptables for ${address}: ${code} ${stderr}`)
}

/** A network plugin as small as can be: it knows one policy, the one that denies everything in its namespace. */
const startEnforcer = (): { readonly stop: () => Promise<void> } => {
  const controller = new AbortController()
  const closed = new Set<string>()
  const loop = async (): Promise<void> => {
    while (!controller.signal.aborted) {
      const policies = await list(probe, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' })
      for (const { metadata } of policies.filter(({ metadata }) => metadata?.name === 'deny-all')) {
        for (const address of await addressesOf(metadata?.namespace ?? '')) {
          if (closed.has(address)) continue
          closed.add(address)
          // What its node asks for still gets through, as with real plugins.
          await filter(address, '-A', 'INPUT', '-p', 'tcp', '--dport', '8080', '!', '-s', '10.244.0.1', '-j', 'DROP')
        }
      }
      await clock.sleep(200, controller.signal).catch(() => undefined)
    }
  }
  const running = loop()
  return {
    stop: async () => {
      controller.abort()
      await running
    },
  }
}

const traffic = (matrix: readonly object[]): Promise<Finding> =>
  find(world, 'reachable', { by: 'traffic', image, matrix })

const wrongOf = (finding: Finding) =>
  (factsOf(finding).data.wrong as readonly { title: string; found: string; because: string }[]).map(
    ({ title, found }) => `${title.replace(/Pods in \S+ with (k8s-)?app=/g, '')} ${found}`,
  )

await describeOnKind('connections that are tried', () => {
  beforeAll(async () => {
    const own = await ownKindCluster()
    undo.push(own.remove)
    image = own.busybox
    probe = await own.cluster.probe()
    nodes = probe.nodes as NodeProbe
    node = (await nodes.list())[0]?.name ?? ''
    world = worldOf(probe, workspace, { capabilities: ['api', 'nodes'] })
    const serve = 'httpd -p 8081 -h / && exec httpd -f -p 8080 -h /'
    await put(
      probe,
      namespace(NS),
      pod('server', ['sh', '-c', serve]),
      pod('client', ['sleep', '3600']),
      pod('other', ['sleep', '3600']),
    )
  })
  afterAll(async () => {
    for (const each of undo) await each()
    workspace.remove()
  })

  it('says that nothing enforces policies, where two Pods talk on under one that denies everything', async () => {
    const finding = await traffic([{ from: end('client'), to: end('server'), port: 8080, open: true }])
    expect(finding).toEqual({
      kind: 'unknown',
      notHere: true,
      reason: expect.stringContaining('nothing in this cluster enforces NetworkPolicy'),
    })
    const begun = clock.now()
    expect((await traffic([{ from: end('client'), to: end('server'), port: 8080, open: true }])).kind).toBe('unknown')
    // Remembered: no second pair of Pods.
    expect(clock.now() - begun).toBeLessThan(1500)
    const left = await list(
      probe,
      { apiVersion: 'v1', kind: 'Namespace' },
      { labelSelector: 'k8s-sec-lab.dev/throw-away' },
    )
    expect(left.filter(({ status }) => (status as { phase?: string }).phase === 'Active')).toEqual([])
  }, 240_000)

  describe('with something that enforces', () => {
    let enforcer: ReturnType<typeof startEnforcer>
    let server: string
    let client: string
    beforeAll(async () => {
      forgetEnforcement()
      enforcer = startEnforcer()
      ;[server = ''] = await addressesOf(NS, 'app=server')
      ;[client = ''] = await addressesOf(NS, 'app=client')
    })
    afterAll(async () => {
      forgetEnforcement()
      await enforcer.stop()
    })

    it('finds what is open, and says so where closed was wanted', async () => {
      const open = await traffic([
        { from: [end('client'), end('other')], to: end('server'), port: [8080, 8081], open: true },
        { from: end('client'), to: dns, port: 53, open: true },
        { from: end('client'), to: dns, port: 53, protocol: 'UDP', open: true },
      ])
      expect(wrongOf(open)).toEqual([])
      const closed = await traffic([{ from: end('client'), to: end('server'), port: 8080, open: false }])
      expect(wrongOf(closed)).toEqual(['client → server:8080 open'])
    }, 240_000)

    it('takes a port at which nobody listens, and a Pod that is not there, for no proof of anything', async () => {
      const finding = await traffic([
        { from: end('client'), to: end('server'), port: 9999, open: false },
        { from: end('client'), to: end('nobody'), port: 8080, open: false },
      ])
      expect(wrongOf(finding)).toEqual(['client → server:9999 silent', 'client → nobody:8080 missing'])
    }, 240_000)

    it('tells pairs and ports apart by packets that are dropped, or refused', async () => {
      await filter(server, '-A', 'INPUT', '-s', client, '-p', 'tcp', '--dport', '8080', '-j', 'DROP')
      const reset = ['-j', 'REJECT', '--reject-with', 'tcp-reset']
      await filter(server, '-A', 'INPUT', '-s', client, '-p', 'tcp', '--dport', '8081', ...reset)
      const wanted = await traffic([
        { from: end('client'), to: end('server'), port: [8080, 8081], open: false },
        { from: end('other'), to: end('server'), port: [8080, 8081], open: true },
      ])
      expect(wrongOf(wanted)).toEqual([])
      const unwanted = await traffic([{ from: end('client'), to: end('server'), port: 8080, open: true }])
      expect(wrongOf(unwanted)).toEqual(['client → server:8080 closed'])
      await filter(server, '-F', 'INPUT')
      expect(wrongOf(await traffic([{ from: end('client'), to: end('server'), port: 8080, open: true }]))).toEqual([])
    }, 240_000)

    it('tells DNS over UDP from DNS over TCP', async () => {
      await filter(client, '-A', 'OUTPUT', '-p', 'udp', '--dport', '53', '-j', 'DROP')
      const finding = await traffic([
        { from: end('client'), to: dns, port: 53, open: true },
        { from: end('client'), to: dns, port: 53, protocol: 'UDP', open: false },
        { from: end('other'), to: dns, port: 53, protocol: 'UDP', open: true },
      ])
      expect(wrongOf(finding)).toEqual([])
      await filter(client, '-F', 'OUTPUT')
      await filter(client, '-A', 'OUTPUT', '-p', 'tcp', '--dport', '53', '-j', 'DROP')
      const other = await traffic([
        { from: end('client'), to: dns, port: 53, open: true },
        { from: end('client'), to: dns, port: 53, protocol: 'UDP', open: true },
      ])
      expect(wrongOf(other)).toEqual(['client → kube-dns:53 closed'])
      await filter(client, '-F', 'OUTPUT')
    }, 240_000)
  })
})
