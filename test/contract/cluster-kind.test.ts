import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it, onTestFinished, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { clusterName, nodeName } from '../../src/cluster/kind/layout.ts'
import { apply, read, remove } from '../../src/core/api/objects.ts'
import type { Cluster, Probe, StepReport } from '../../src/core/ports.ts'
import { kindClusterIn, testCluster } from '../support/cluster.ts'
import { describeOnKind } from '../support/describe-unless.ts'
import { type KindHere, kindHere } from '../support/kind-here.ts'

const call = promisify(execFile)
const quiet = { report: () => undefined }
const here = (await kindHere()) as Extract<KindHere, { kind: 'yes' }>
const LONG = 300_000
vi.setConfig({ testTimeout: LONG })

/** Containers, volumes and networks of the engine. */
const engine = async (...args: string[]) => (await call(here.engine, args)).stdout.trim()

await describeOnKind('a cluster with a node', () => {
  let cluster: Cluster
  let probe: Probe
  let node: string
  let good: string
  beforeAll(async () => {
    ;({ cluster, probe } = await testCluster('kind'))
    node = (await probe.nodes?.list())?.[0]?.name ?? ''
    good = await cluster.readFile('kube-apiserver.yaml')
  }, LONG)

  const putBack = () => cluster.writeFile('kube-apiserver.yaml', good)
  const anonymous = async (path: string) => (await probe.api({ method: 'GET', path, as: { kind: 'anonymous' } })).status

  it('leaves the API server alone when nothing changed, or only a comment', async () => {
    const before = await probe.component('kube-apiserver')
    expect(await cluster.writeFile('kube-apiserver.yaml', good)).toEqual({ kind: 'unchanged' })
    expect(await cluster.writeFile('kube-apiserver.yaml', `# a thought\n${good}`)).toMatchObject({ kind: 'applied' })
    expect(await putBack()).toMatchObject({ kind: 'applied' })
    expect((await probe.component('kube-apiserver')).pid).toBe(before.pid)
  })

  it.each([
    ['no YAML', 'spec: [', 'not valid YAML'],
    ['another kind', 'apiVersion: v1\nkind: ConfigMap\n', 'not a Pod'],
    ['no Pod that the API server would have', 'restartPolicy: Sometimes', 'Unsupported value: "Sometimes"'],
  ])('refuses a manifest that is %s: the old server keeps running, and its file stays', async (_, text, words) => {
    const before = await probe.component('kube-apiserver')
    const broken = text.startsWith('restart') ? good.replace('hostNetwork: true', `hostNetwork: true\n  ${text}`) : text
    expect(await cluster.writeFile('kube-apiserver.yaml', broken)).toEqual({
      kind: 'rejected',
      error: expect.stringContaining(words),
    })
    expect(await cluster.readFile('kube-apiserver.yaml')).toBe(good)
    expect(await probe.component('kube-apiserver')).toMatchObject({ state: 'running', pid: before.pid })
  })

  it('takes up the anonymous block of authentication.yaml at a restart, and lets health through', async () => {
    const before = await cluster.readFile('authentication.yaml')
    const text = `${before}anonymous:\n  enabled: true\n  conditions:\n    - path: /livez\n    - path: /readyz\n    - path: /healthz\n`
    onTestFinished(async () => {
      await cluster.writeFile('authentication.yaml', before)
      await cluster.restart('kube-apiserver')
    }, LONG)
    expect(await cluster.writeFile('authentication.yaml', text)).toMatchObject({ kind: 'reloading' })
    expect(await cluster.restart('kube-apiserver')).toMatchObject({ kind: 'applied' })
    expect([await anonymous('/version'), await anonymous('/livez')]).toEqual([401, 200])
  })

  it('restarts etcd, the scheduler and the controllers', async () => {
    for (const name of ['etcd', 'kube-scheduler', 'kube-controller-manager'] as const) {
      expect(await cluster.restart(name), name).toMatchObject({ kind: 'applied' })
    }
  })

  it('restarts the kubelet with new settings, and tells its words about wrong ones', async () => {
    const before = await cluster.readFile('kubelet-config.yaml')
    onTestFinished(async () => void (await cluster.writeFile('kubelet-config.yaml', before)), LONG)
    const wrong = await cluster.writeFile('kubelet-config.yaml', `${before}\nreadOnlyPort: many\n`)
    expect(wrong).toEqual({ kind: 'crashing', error: expect.stringMatching(/readOnlyPort|int32/) })
    expect(await probe.component('kubelet')).not.toMatchObject({ state: 'running' })
    const settings = { ...parse(before), readOnlyPort: 10255 }
    expect(await cluster.writeFile('kubelet-config.yaml', stringify(settings))).toMatchObject({ kind: 'applied' })
    const pods = await probe.nodes?.exec(node, ['curl', '-s', '-m', '5', 'http://127.0.0.1:10255/pods'])
    expect(pods?.stdout).toContain('"PodList"')
  })

  it('runs commands on the node, and says when there is no such program or node', async () => {
    const ran = await probe.nodes?.exec(node, ['sh', '-c', 'cat; echo ill >&2; exit 7'], { stdin: 'words' })
    expect(ran).toEqual({ code: 7, stdout: 'words', stderr: 'ill\n' })
    expect(await probe.nodes?.exec(node, ['sleep', '61'], { timeoutMs: 300 })).toMatchObject({ code: 124 })
    await expect(probe.nodes?.exec(node, ['nonsense'])).rejects.toMatchObject({ name: 'UserError' })
    await expect(probe.nodes?.exec('elsewhere', ['true'])).rejects.toThrow(/no node "elsewhere"/)
    const [listed] = (await probe.nodes?.list()) ?? []
    expect(listed?.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
  })

  it('writes files on the node whole, with their folders, and keeps the mode of what it replaces', async () => {
    const path = '/root/k8s-sec-lab-test/a b/file.txt'
    onTestFinished(async () => void (await cluster.nodes?.exec(node, ['rm', '-r', '/root/k8s-sec-lab-test'])))
    await cluster.nodes?.writeFile(node, path, 'one\n')
    expect((await cluster.nodes?.exec(node, ['stat', '-c', '%a', path]))?.stdout).toBe('600\n')
    await cluster.nodes?.writeFile(node, path, 'two\n', { mode: 0o644 })
    await cluster.nodes?.writeFile(node, path, 'three – ü\n')
    expect(await cluster.nodes?.readFile(node, path)).toBe('three – ü\n')
    expect((await cluster.nodes?.exec(node, ['stat', '-c', '%a', path]))?.stdout).toBe('644\n')
    expect((await cluster.nodes?.exec(node, ['ls', '-A', '/root/k8s-sec-lab-test/a b']))?.stdout).toBe('file.txt\n')
    await expect(cluster.nodes?.readFile(node, '/root/nothing')).rejects.toThrow(/no file/)
  })

  it('is started again when its node was killed, with the same data, and then found running', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default' } }
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'kept' }
    await apply(probe, object)
    await engine('kill', node)
    expect(await cluster.status()).toMatchObject({ state: 'broken', reason: expect.stringContaining('stopped') })
    await expect(cluster.probe()).rejects.toMatchObject({ name: 'UserError' })
    expect(await cluster.up(quiet)).toMatchObject({ state: 'ready' })
    probe = await cluster.probe()
    expect(await read(probe, ref)).toBeDefined()
    await remove(probe, ref)
    const steps: StepReport[] = []
    await cluster.up({ report: (step) => steps.push(step) })
    expect(steps.find(({ id }) => id === 'node')?.detail).toBe('running already')
  })
})

await describeOnKind('the end of a cluster with a node', () => {
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-kind-'))
  const name = clusterName({ K8S_SEC_LAB_HOME: home })
  let cluster: Cluster
  let kind: string
  beforeAll(async () => {
    kind = inject('sharedCluster').tools.kind ?? 'kind'
    ;({ cluster } = kindClusterIn(inject('sharedCluster'), home))
  })
  afterAll(async () => {
    await cluster.down(quiet)
    rmSync(home, { recursive: true, force: true })
  }, LONG)

  /** Volumes of the node: the engine makes them without a name of ours. */
  const volumes = () =>
    engine('inspect', '--format', '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}', nodeName(name))
  const mine = () => engine('ps', '--all', '--quiet', '--filter', `label=io.x-k8s.kind.cluster=${name}`)

  it('comes at a cancelled creation too, with nothing left', async () => {
    const stop = new AbortController()
    const report = ({ id, state }: StepReport) => {
      if (id === 'configuration' && state === 'running') stop.abort()
    }
    await expect(cluster.up({ report, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(await mine()).toBe('')
    expect(existsSync(join(home, 'cluster'))).toBe(false)
  })

  it('leaves no container, volume or file, and the neighbour as it was', async () => {
    const neighbour = await testCluster('kind')
    const [{ name: other } = { name: '' }] = (await neighbour.probe.nodes?.list()) ?? []
    const started = await engine('inspect', '--format', '{{.State.StartedAt}}', other)
    const config = join(homedir(), '.kube', 'config')
    const kubeconfig = () => (existsSync(config) ? readFileSync(config, 'utf8') : undefined)
    const before = kubeconfig()
    // Half made by somebody who was interrupted: a container of that name, and nothing in the home about it.
    await call(here.engine, [
      'create',
      '--name',
      nodeName(name),
      '--label',
      `io.x-k8s.kind.cluster=${name}`,
      here.image,
    ])
    const steps: StepReport[] = []
    await cluster.up({ report: (step) => steps.push(step) })
    expect(steps.some(({ detail }) => detail?.includes('half made'))).toBe(true)
    const path = '/api/v1/namespaces/default/configmaps'
    expect((await (await cluster.probe()).api({ method: 'GET', path })).status).toBe(200)
    const { KUBECONFIG = '' } = cluster.environment()
    expect(KUBECONFIG.startsWith(home)).toBe(true)
    const made = (await volumes()).split(' ').filter(Boolean)
    expect(made.length).toBeGreaterThan(0)
    await cluster.down(quiet)
    expect(await mine()).toBe('')
    expect(existsSync(join(home, 'cluster'))).toBe(false)
    const left = (await engine('volume', 'ls', '--quiet')).split('\n')
    expect(left.filter((volume) => made.includes(volume))).toEqual([])
    expect(kubeconfig()).toBe(before)
    expect(await engine('inspect', '--format', '{{.State.StartedAt}}', other)).toBe(started)
    expect((await call(kind, ['get', 'clusters'])).stdout).not.toContain(`${name}\n`)
    expect(await cluster.status()).toMatchObject({ state: 'absent' })
    await cluster.down(quiet)
  })
})
