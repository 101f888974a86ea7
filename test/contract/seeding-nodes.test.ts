import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../src/cluster/system-clock.ts'
import type { Cluster, NodeAccess } from '../../src/core/ports.ts'
import { createLessonSource } from '../../src/lessons/source.ts'
import { compare, takeBaseline } from '../../src/seeding/baseline.ts'
import { type BeginOptions, begin } from '../../src/seeding/begin.ts'
import { leave, reset } from '../../src/seeding/leave.ts'
import { listCluster } from '../../src/seeding/objects.ts'
import { createWorkspace } from '../../src/seeding/workspace.ts'
import { createProgressStore } from '../../src/store/progress.ts'
import { nodeLeftovers, pictureNodes } from '../../src/verify/node-picture.ts'
import { describeOnKind } from '../support/describe-unless.ts'
import { ownKindCluster } from '../support/own-kind.ts'
import { lessonsFolder } from '../unit/lessons/fixture-lesson.ts'

const clock = systemClock
const report = (): void => undefined

const POD = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: demo }
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - { name: web, image: ((image.busybox)), imagePullPolicy: IfNotPresent, command: [sleep, "3600"] }
`

await describeOnKind('lessons on a real node', () => {
  let own: Awaited<ReturnType<typeof ownKindCluster>>
  let cluster: Cluster
  let nodes: NodeAccess
  let node = ''

  beforeAll(async () => {
    own = await ownKindCluster()
    cluster = own.cluster
    nodes = cluster.nodes as NodeAccess
    node = (await nodes.list())[0] ?? ''
  })
  afterAll(() => own?.remove())

  const placeOf = async (): Promise<BeginOptions> => {
    const dir = await lessonsFolder({
      'lesson.yaml': (text) =>
        text
          .replace('capabilities: [api]', 'capabilities: [api, nodes]')
          .replace('minutes: 5', 'minutes: 5\nnode-files: [/var/lib/kubelet/seccomp/profiles]'),
      'seed/control-plane/kubelet-config.patch.yaml': 'readOnlyPort: 10255\n',
      'seed/node/etc/lab/deep/x.json': '{ "password": "((vars.password))" }\n',
      'seed/20-pod.yaml': POD,
    })
    const lesson = await createLessonSource({ dirs: [dir] }).find('L90')
    return {
      lesson,
      cluster,
      workspace: createWorkspace({ root: join(own.paths.workspace, lesson.slug) }),
      store: createProgressStore({ dir: own.paths.state }),
      stateDir: own.paths.state,
      home: own.home,
      clock,
      report,
    }
  }
  const phase = async (): Promise<string> => {
    const probe = await cluster.probe()
    const { json } = await probe.api({ method: 'GET', path: '/api/v1/namespaces/demo/pods/web' })
    return String((json as { status?: { phase?: string } } | undefined)?.status?.phase)
  }
  const readOnlyPort = async (): Promise<string> =>
    (await nodes.exec(node, ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', 'http://127.0.0.1:10255/pods']))
      .stdout

  it('come with files, a patched kubelet and running Pods, and go without a trace', async () => {
    const before = await takeBaseline({ cluster, clock })
    const picture = await pictureNodes(cluster)
    const kubelet = await cluster.readFile('kubelet-config.yaml')
    const place = await placeOf()
    const { attempt } = await begin(place)
    expect(attempt.images).toEqual(await cluster.images())
    expect(await nodes.readFile(node, '/etc/lab/deep/x.json')).toContain(String(attempt.vars.password))
    await expect.poll(readOnlyPort, { timeout: 60_000 }).toBe('200')
    await expect.poll(phase, { timeout: 60_000 }).toBe('Running')
    await nodes.writeFile(node, '/var/lib/kubelet/seccomp/profiles/own.json', '{}')

    const again = await reset(place)
    expect(await nodes.readFile(node, '/etc/lab/deep/x.json')).toContain(String(again.attempt.vars.password))
    await expect(nodes.readFile(node, '/var/lib/kubelet/seccomp/profiles/own.json')).rejects.toThrow('no file')

    expect(await leave(place)).toEqual({ kind: 'swept' })
    expect(await cluster.readFile('kubelet-config.yaml')).toBe(kubelet)
    await expect.poll(readOnlyPort, { timeout: 60_000 }).toBe('000')
    expect(nodeLeftovers(picture, await pictureNodes(cluster))).toEqual([])
    const { added, missing, changed } = compare(before, await listCluster(await cluster.probe()))
    expect([added, missing, changed].flat()).toEqual([])
  }, 500_000)

  it('leave nodes, kubelets and the Pods of kube-system as they are', async () => {
    const probe = await cluster.probe()
    const kept = async (): Promise<readonly string[]> =>
      (await listCluster(probe))
        .filter(({ key }) =>
          /^(\/Node|\/Pod|storage.k8s.io\/CSINode|certificates.k8s.io\/\S+|\/Secret) /.test(`${key} `),
        )
        .map(({ key, object }) => `${key} ${String(object.metadata?.uid)}`)
        .filter((line) => !line.includes(' demo/'))
    const place = await placeOf()
    await begin(place)
    const label = { metadata: { labels: { 'lab/of-node': 'yes' } } }
    const patched = await probe.api({
      method: 'PATCH',
      path: `/api/v1/nodes/${node}`,
      contentType: 'application/merge-patch+json',
      body: label,
    })
    expect(patched.status).toBe(200)
    // A Pod that its owner replaces has another name than in the baseline; that is nobody's mistake.
    const pods = await probe.api({
      method: 'GET',
      path: '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app=kube-dns',
    })
    const [dns] = (pods.json as { items: readonly { metadata: { name: string } }[] }).items
    await probe.api({
      method: 'DELETE',
      path: `/api/v1/namespaces/kube-system/pods/${dns?.metadata.name}?gracePeriodSeconds=0`,
    })
    await expect
      .poll(async () => (await kept()).filter((line) => line.includes('kube-system/coredns')).length, {
        timeout: 60_000,
      })
      .toBe(2)
    const before = await kept()
    expect(before.length).toBeGreaterThan(6)
    expect(await leave(place)).toEqual({ kind: 'swept' })
    expect(await kept()).toEqual(before)
  }, 500_000)
})
