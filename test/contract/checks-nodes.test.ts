import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Manifest } from '../../src/core/api/objects.ts'
import { list } from '../../src/core/api/objects.ts'
import type { NodeProbe } from '../../src/core/ports.ts'
import type { World } from '../../src/grader/world.ts'
import { describeOnKind } from '../support/describe-unless.ts'
import { kindHere } from '../support/kind-here.ts'
import { ownKindCluster } from '../support/own-kind.ts'
import { bind, clock, eventually, factsOf, find, folderWorkspace, namespace, put, worldOf } from './checks-world.ts'

const NS = 'kinds-nodes'
const workspace = folderWorkspace()
let world: World
let nodes: NodeProbe
let node: string
let cleanUp: () => Promise<void> = async () => undefined
let removeCluster: () => Promise<void> = async () => undefined
let busybox = ''

const sleeper = (name: string, spec: { [key: string]: unknown } = {}, container: { [key: string]: unknown } = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: NS, labels: { app: name } },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    ...spec,
    containers: [
      { name: 'main', image: busybox, imagePullPolicy: 'IfNotPresent', command: ['sleep', '600'], ...container },
    ],
  },
})
const listens = (name: string, address: string, port: number) =>
  sleeper(name, { hostNetwork: true }, { command: ['httpd', '-f', '-h', '/etc', '-p', `${address}:${port}`] })

const running = async (...names: readonly string[]) => {
  for (const name of names) {
    const run = { namespace: NS, name, run: ['true'] }
    expect(await eventually(() => find(world, 'pod', run), 'met', 30_000)).toMatchObject({ kind: 'met' })
  }
}
/** A check with a Pod of its own. */
const given = (fields: { [key: string]: unknown }, manifest: { [key: string]: unknown }) =>
  find(
    world,
    'pod',
    { namespace: NS, name: '((nonce.name))', ...fields },
    { given: [{ ...manifest, metadata: { name: '((nonce.name))', namespace: NS } } as never] },
  )

beforeAll(async () => {
  if ((await kindHere()).kind === 'no') return // every group below says so
  const { probe, ...made } = await ownKindCluster()
  busybox = made.busybox
  removeCluster = made.remove
  if (!probe.nodes) throw new Error('this cluster has no nodes')
  nodes = probe.nodes
  node = (await nodes.list())[0]?.name ?? ''
  world = worldOf(probe, workspace, { capabilities: ['api', 'etcd', 'control-plane-files', 'nodes'] })
  cleanUp = await put(probe, namespace(NS))
  // A controller gives the namespace its ServiceAccount.
  const accounts = () => list(probe, { apiVersion: 'v1', kind: 'ServiceAccount', namespace: NS })
  for (const end = Date.now() + 20_000; (await accounts()).length === 0 && Date.now() < end; ) await clock.sleep(100)
})

afterAll(async () => {
  await cleanUp()
  await removeCluster()
  workspace.remove()
})

await describeOnKind('pod', () => {
  it('waits for a Pod of its own, looks into it, and takes it away', async () => {
    const looked = factsOf(await given({ run: ['sh', '-c', 'id -u; echo err >&2'], matches: '^0$' }, sleeper('x')))
    expect(looked).toMatchObject({ kind: 'met', data: { pods: [{ code: 0, stdout: '0\n', stderr: 'err\n', node }] } })
    const left = await list(world.probe, { apiVersion: 'v1', kind: 'Pod', namespace: NS })
    expect(left.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)).toEqual([])
    const wrong = factsOf(await given({ run: ['id', '-u'], matches: '^1000$' }, sleeper('x')))
    expect(wrong).toMatchObject({ kind: 'unmet', data: { text: '0\n' } })
  }, 60_000)

  it.each([
    ['a root image that must not be root', { runAsNonRoot: true }, 'CreateContainerConfigError', 'runAsNonRoot'],
    [
      'a seccomp profile that is not there',
      { seccompProfile: { type: 'Localhost', localhostProfile: 'k8s-sec-lab/none.json' } },
      'CreateContainerError',
      'none.json',
    ],
  ])(
    'says why its Pod does not start: %s',
    async (_, securityContext, reason, words) => {
      const found = factsOf(await given({ run: ['id'] }, sleeper('x', {}, { securityContext })))
      expect(found).toMatchObject({ kind: 'unmet', data: { waiting: reason, wrong: [expect.any(String)] } })
      expect(found.data.waitingMessage).toContain(words)
      expect(found.found).toContain(words)
    },
    40_000,
  )

  it('says why its Pod does not start: an image or a program that is not there', async () => {
    const image = { image: 'k8s-sec-lab.local/nowhere:1', imagePullPolicy: 'Never' }
    expect(factsOf(await given({ run: ['id'] }, sleeper('x', {}, image)))).toMatchObject({
      kind: 'unmet',
      data: { waiting: 'ErrImageNeverPull' },
    })
    const program = factsOf(await given({ run: ['id'] }, sleeper('x', {}, { command: ['/no/such/program'] })))
    expect(program).toMatchObject({ kind: 'unmet' })
    expect(program.found).toContain('/no/such/program')
  }, 60_000)

  it('cannot be led to a decoy: an annotation, a second container, a Pod that is gone', async () => {
    const pod = sleeper('decoy')
    const decoyed: Manifest = {
      ...pod,
      metadata: { ...pod.metadata, annotations: { 'kubectl.kubernetes.io/default-container': 'decoy' } },
      spec: {
        ...pod.spec,
        containers: [
          ...pod.spec.containers,
          { ...pod.spec.containers[0], name: 'decoy', securityContext: { runAsUser: 1000 } },
        ],
      },
    }
    const remove = await put(world.probe, decoyed)
    await running('decoy')
    const look = { namespace: NS, run: ['id', '-u'], matches: '^1000$' }
    expect(await find(world, 'pod', { ...look, selector: 'app=decoy' })).toMatchObject({ kind: 'unmet' })
    expect(await find(world, 'pod', { ...look, name: 'decoy', container: 'main' })).toMatchObject({ kind: 'unmet' })
    expect(await find(world, 'pod', { ...look, name: 'decoy', container: 'decoy' })).toMatchObject({ kind: 'met' })
    expect(factsOf(await find(world, 'pod', { ...look, name: 'decoy', container: 'app' })).found).toContain(
      'no container app, only main and decoy',
    )
    await remove()
    const gone = () => find(world, 'pod', { ...look, selector: 'app=decoy' })
    expect((await eventually(async () => await gone(), 'unmet')).kind).toBe('unmet')
  }, 60_000)

  it('tells a command that fails, one that does not end and one that is not there apart', async () => {
    const remove = await put(world.probe, sleeper('web'))
    await running('web')
    const web = { namespace: NS, name: 'web' }
    expect(factsOf(await find(world, 'pod', { ...web, run: ['sh', '-c', 'exit 3'], code: 3 })).kind).toBe('met')
    expect(factsOf(await find(world, 'pod', { ...web, run: ['cat', '/nope'], lacks: 'x' })).found).toContain(
      'No such file',
    )
    const slow = factsOf(await find(world, 'pod', { ...web, run: ['sleep', '60'], timeout: '1s', code: 'nonzero' }))
    expect(slow).toMatchObject({ kind: 'unmet', found: expect.stringContaining('had not ended after 1 seconds') })
    const absent = await find(world, 'pod', { ...web, run: ['no-such-program'], code: 'nonzero' })
    expect(absent).toMatchObject({ kind: 'unknown' })
    await remove()
  }, 60_000)
})

await describeOnKind('node', () => {
  it('runs a command on the node itself, as root', async () => {
    const looked = factsOf(await find(world, 'node', { run: ['sh', '-c', 'id -u; hostname'], prints: node }))
    expect(looked).toMatchObject({ kind: 'met', data: { nodes: [{ name: node, code: 0 }], wrong: [] } })
    const wrong = factsOf(await find(world, 'node', { run: ['cat', '/etc/kubernetes/nothing'] }))
    expect(wrong).toMatchObject({ kind: 'unmet', data: { wrong: [node] } })
    expect(await find(world, 'node', { run: ['no-such-program'], code: 'any' })).toMatchObject({ kind: 'unknown' })
  })
})

const account: Manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: NS } }
const metrics = (name: string): readonly Manifest[] => {
  const subject = { kind: 'ServiceAccount', name: 'reader', namespace: NS }
  const { roleRef, subjects } = bind(name, NS, `cluster:${name}`, subject) as never as {
    roleRef: object
    subjects: object
  }
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  return [
    {
      apiVersion,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }],
    },
    { apiVersion, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects },
  ]
}

await describeOnKind('kubelet', () => {
  it('turns strangers away, and sees a right come and go at once', async () => {
    const stranger = await find(world, 'kubelet', { requests: [{ path: '/pods', status: 401 }] })
    expect(stranger).toMatchObject({ kind: 'met', data: { status: 401 } })
    const removeAccount = await put(world.probe, account)
    const ask = (status: number) =>
      find(world, 'kubelet', { as: { serviceAccount: `${NS}/reader` }, requests: [{ path: '/metrics', status }] })
    const refused = factsOf(await eventually(() => ask(403), 'met'))
    expect(refused.kind).toBe('met')
    expect(factsOf(await ask(200)).found).toContain('resource=nodes, subresource(s)=[metrics]')
    const removeRight = await put(world.probe, ...metrics('kinds-nodes-metrics'))
    // The kubelet remembers a yes for five minutes and a no for thirty seconds, but only for the same token.
    expect(await eventually(() => ask(200), 'met', 5000)).toMatchObject({ kind: 'met' })
    await removeRight()
    expect(await eventually(() => ask(403), 'met', 5000)).toMatchObject({ kind: 'met' })
    await removeAccount()
    expect(await ask(403)).toMatchObject({ kind: 'unmet', data: { minted: false } })
  }, 60_000)

  it('does not take silence for a refusal', async () => {
    const found = await find(world, 'kubelet', { port: 10_299, requests: [{ path: '/pods', status: [401, 403] }] })
    expect(found).toMatchObject({
      kind: 'unmet',
      data: { status: 0 },
      found: expect.stringContaining('nothing listens'),
    })
    const health = { port: 10_248, scheme: 'http', requests: [{ path: '/healthz', status: 200 }] }
    // It answers, but only to the node itself.
    expect(await find(world, 'kubelet', health)).toMatchObject({ kind: 'unmet', data: { status: 0 } })
  })
})

const service = (name: string, nodePort: number): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: NS },
  spec: { type: 'NodePort', selector: { app: name }, ports: [{ port: 80, targetPort: 8080, nodePort }] },
})

await describeOnKind('ports', () => {
  const open = async () => {
    const { data } = factsOf(await find(world, 'ports', { only: [1] }))
    return { open: data.open as readonly number[], owners: data.owners as Readonly<Record<string, string>> }
  }

  it('sees sockets, NodePorts and hostPorts, and whose they are, but not what only the node itself can reach', async () => {
    const before = (await open()).open
    expect(before).toEqual(expect.arrayContaining([6443, 10_250]))
    const server = { command: ['httpd', '-f', '-h', '/etc', '-p', '8080'] }
    const remove = await put(
      world.probe,
      sleeper('published', {}, server),
      service('published', 31_337),
      sleeper('hosted', {}, { ...server, ports: [{ containerPort: 8080, hostPort: 18_088 }] }),
      listens('tap', '0.0.0.0', 14_444),
      listens('inside', '127.0.0.1', 14_445),
    )
    try {
      await running('published', 'hosted', 'tap', 'inside')
      const wanted = [14_444, 18_088, 31_337]
      const shown = () => find(world, 'ports', { must: wanted })
      expect(await eventually(shown, 'met', 20_000)).toMatchObject({ kind: 'met' })
      const after = await open()
      expect(after.open.filter((port) => !before.includes(port))).toEqual(wanted)
      expect(after.owners).toMatchObject({
        '10250': 'kubelet',
        '14444': `httpd of Pod ${NS}/tap`,
        '18088': `hostPort of Pod ${NS}/hosted`,
        '31337': `NodePort of Service ${NS}/published`,
        '6443': `kube-apiserver of Pod kube-system/kube-apiserver-${node}`,
      })
      const exactly = factsOf(await find(world, 'ports', { 'open-exactly': [...before, 31_337] }))
      expect(exactly).toMatchObject({ kind: 'unmet', data: { unexpected: [14_444, 18_088], missing: [] } })
      expect(exactly.found).toContain(`14444 (httpd of Pod ${NS}/tap)`)

      // A filter at the outer interface hides a socket from others, not from this scan: it has to go.
      const filter = (how: string) =>
        nodes.exec(node, ['iptables', how, 'INPUT', '-i', 'eth0', '-p', 'tcp', '--dport', '14444', '-j', 'DROP'])
      await filter('-I')
      try {
        expect(await find(world, 'ports', { closed: [14_444], must: [10_250] })).toMatchObject({ kind: 'unmet' })
      } finally {
        await filter('-D')
      }
    } finally {
      await remove()
    }
    const closed = () => find(world, 'ports', { closed: [14_444, 18_088, 31_337], must: [10_250] })
    expect(await eventually(closed, 'met', 20_000)).toMatchObject({ kind: 'met' })
  }, 120_000)
})
