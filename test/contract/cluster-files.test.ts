import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { createKube } from '../../src/cluster/kube.ts'
import { apply, remove } from '../../src/core/api/objects.ts'
import type { Probe, WatchChange } from '../../src/core/ports.ts'
import { BACKENDS } from '../support/backends.ts'
import { ownCluster } from '../support/cluster.ts'
import { until } from '../support/until.ts'

const quiet = { report: () => undefined }

describe.each(BACKENDS)('control-plane files (%s)', () => {
  const own = ownCluster()
  const { cluster } = own
  let probe: Probe
  let good: string
  beforeAll(async () => {
    await cluster.up(quiet)
    probe = await cluster.probe()
    good = await cluster.readFile('kube-apiserver.yaml')
  })
  afterAll(() => own.remove())

  const anonymous = async (path: string): Promise<number> =>
    (await probe.api({ method: 'GET', path, as: { kind: 'anonymous' } })).status
  const withFlag = (flag: string) =>
    good.replace('- --allow-privileged=true', `- --allow-privileged=true\n        - ${flag}`)
  const putBack = () => cluster.writeFile('kube-apiserver.yaml', good)

  it('leaves the component alone when nothing changed, or only a comment', async () => {
    const before = await probe.component('kube-apiserver')
    expect(await cluster.writeFile('kube-apiserver.yaml', good)).toEqual({ kind: 'unchanged' })
    expect(await cluster.writeFile('kube-apiserver.yaml', `${good}# a thought\n`)).toMatchObject({ kind: 'applied' })
    expect((await probe.component('kube-apiserver')).pid).toBe(before.pid)
    await putBack()
  })

  it('restarts the API server with a new flag, and waits until it is ready', async () => {
    const before = await probe.component('kube-apiserver')
    expect(await anonymous('/version')).toBe(200)
    const outcome = await cluster.writeFile('kube-apiserver.yaml', withFlag('--anonymous-auth=false'))
    onTestFinished(async () => void (await putBack()))
    expect(outcome).toMatchObject({ kind: 'applied' })
    expect(await anonymous('/version')).toBe(401)
    const after = await probe.component('kube-apiserver')
    expect(after).toMatchObject({ state: 'running', restarts: before.restarts })
    expect(after.pid).not.toBe(before.pid)
    expect(statSync(join(own.paths.cluster, 'manifests', 'kube-apiserver.yaml')).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['no YAML', 'spec: [', 'not valid YAML'],
    ['half a file', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: kube-apiserver\n', 'command'],
    ['another kind', 'apiVersion: v1\nkind: ConfigMap\n', 'not a Pod'],
    [
      'another program',
      'apiVersion: v1\nkind: Pod\nspec: {containers: [{command: [sh, -c, exit]}]}\n',
      'must start with "kube-apiserver"',
    ],
    ['an empty file', '', 'empty'],
  ])('keeps the running server when the manifest is %s, and says why', async (_, text, words) => {
    const before = await probe.component('kube-apiserver')
    const outcome = await cluster.writeFile('kube-apiserver.yaml', text)
    onTestFinished(async () => void (await putBack()))
    expect(outcome).toEqual({ kind: 'rejected', error: expect.stringContaining(words) })
    expect(await probe.component('kube-apiserver')).toMatchObject({
      state: 'stale',
      pid: before.pid,
      lastError: expect.stringContaining(words),
    })
    expect(await cluster.status()).toMatchObject({ state: 'ready', reason: expect.stringContaining(words) })
    expect(await anonymous('/livez')).toBe(200)
  })

  it.each([
    [
      'a flag that does not exist',
      (text: string) => text.replace('--allow-privileged=true', '--allow-priviledged=true'),
      'unknown flag: --allow-priviledged',
    ],
    [
      'a file that does not exist',
      (text: string) => text.replace('/authentication.yaml', '/authentikation.yaml'),
      'authentikation.yaml',
    ],
  ])("tells the API server's own words about %s", async (_, change, words) => {
    const outcome = await cluster.writeFile('kube-apiserver.yaml', change(good))
    expect(outcome).toEqual({ kind: 'crashing', error: expect.stringContaining(words) })
    expect(await cluster.status()).toMatchObject({ state: 'broken', reason: expect.stringContaining(words) })
    expect(await probe.component('kube-apiserver')).toMatchObject({
      state: 'backoff',
      lastError: expect.stringContaining(words),
    })
    expect(await putBack()).toMatchObject({ kind: 'applied' })
    expect((await cluster.status()).state).toBe('ready')
  })

  it('restarts the API server like a kubelet when its liveness probe keeps failing', async () => {
    const before = await probe.component('kube-apiserver')
    onTestFinished(async () => void (await putBack()))
    const impatient = good.replace(/(livenessProbe:[\s\S]*?periodSeconds: )10([\s\S]*?failureThreshold: )8/, '$11$22')
    await cluster.writeFile(
      'kube-apiserver.yaml',
      impatient.replace('- --allow-privileged=true', '- --anonymous-auth=false'),
    )
    const now = await until(async () => {
      const status = await probe.component('kube-apiserver')
      return status.restarts > before.restarts && status.lastError ? status : undefined
    })
    expect(now.lastError).toMatch(/liveness probe \(\/livez\) failed 2 times in a row: HTTP 401/)
  })

  it('follows a manifest that an editor saved in place', async () => {
    const path = join(own.paths.cluster, 'manifests', 'kube-apiserver.yaml')
    const before = await probe.component('kube-apiserver')
    onTestFinished(async () => void (await putBack()))
    const text = withFlag('--anonymous-auth=false')
    writeFileSync(path, text.slice(0, 300)) // in two goes
    writeFileSync(path, text)
    await until(async () => {
      const now = await probe.component('kube-apiserver')
      return now.state === 'running' && now.pid !== before.pid
    })
    expect(await until(() => anonymous('/version').catch(() => undefined))).toBe(401)
  })

  it('stops a component whose manifest is taken away, and starts it when it is back', async () => {
    const path = join(own.paths.cluster, 'manifests', 'kube-controller-manager.yaml')
    const text = readFileSync(path, 'utf8')
    rmSync(path)
    await until(async () => (await probe.component('kube-controller-manager')).state === 'absent')
    writeFileSync(path, text)
    await until(async () => (await probe.component('kube-controller-manager')).state === 'running')
  })

  it('picks up authentication.yaml at a restart, the anonymous block included', async () => {
    const before = await cluster.readFile('authentication.yaml')
    const text = `${before}anonymous:\n  enabled: true\n  conditions:\n    - path: /livez\n    - path: /readyz\n    - path: /healthz\n`
    const outcome = await cluster.writeFile('authentication.yaml', text)
    expect(outcome).toMatchObject({ kind: 'reloading', note: expect.stringContaining('restart kube-apiserver') })
    expect(await anonymous('/version')).toBe(200)
    expect(await cluster.restart('kube-apiserver')).toMatchObject({ kind: 'applied' })
    expect([await anonymous('/version'), await anonymous('/livez')]).toEqual([401, 200])
    // Both at once is what the API server itself refuses.
    const both = await cluster.writeFile('kube-apiserver.yaml', withFlag('--anonymous-auth=true'))
    expect(both).toEqual({ kind: 'crashing', error: expect.stringContaining('--anonymous-auth') })
    await cluster.writeFile('authentication.yaml', before)
    expect(await putBack()).toMatchObject({ kind: 'applied' })
    expect(await anonymous('/version')).toBe(200)
  })

  it('restarts the API server for a file that it reads only at start, and tells its words when it is wrong', async () => {
    const before = await cluster.readFile('audit-policy.yaml')
    const outcome = await cluster.writeFile('audit-policy.yaml', before.replace('level: None', 'level: Metadata'))
    expect(outcome).toMatchObject({ kind: 'applied' })
    await probe.api({ method: 'GET', path: '/api/v1/namespaces/default/configmaps/audited' })
    const log = join(own.paths.cluster, 'logs', 'audit.log')
    await until(() => readFileSync(log, 'utf8').includes('configmaps/audited'))
    const wrong = await cluster.writeFile('audit-policy.yaml', before.replace('level: None', 'level: Everything'))
    expect(wrong).toEqual({ kind: 'crashing', error: expect.stringContaining('Everything') })
    expect(await cluster.writeFile('audit-policy.yaml', before)).toMatchObject({ kind: 'applied' })
  })

  it('reloads encryption.yaml while it runs', async () => {
    const before = await cluster.readFile('encryption.yaml')
    const pid = (await probe.component('kube-apiserver')).pid
    const secret = Buffer.alloc(32, 7).toString('base64')
    const text = stringify({
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'EncryptionConfiguration',
      resources: [
        { resources: ['secrets'], providers: [{ secretbox: { keys: [{ name: 'key1', secret }] } }, { identity: {} }] },
      ],
    })
    expect(await cluster.writeFile('encryption.yaml', text)).toMatchObject({
      kind: 'reloading',
      note: expect.stringContaining('minute'),
    })
    const name = 'sealed'
    await until(
      async () => {
        await remove(probe, { apiVersion: 'v1', kind: 'Secret', namespace: 'default', name })
        await apply(probe, {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name, namespace: 'default' },
          stringData: { a: 'b' },
        })
        const [pair] = await probe.etcd(`/registry/secrets/default/${name}`)
        return Buffer.from(pair?.value ?? [])
          .toString('latin1')
          .startsWith('k8s:enc:secretbox:v1:key1:')
      },
      { deadlineMs: 75_000 },
    )
    expect((await probe.component('kube-apiserver')).pid).toBe(pid)
    expect(await cluster.writeFile('encryption.yaml', 'resources: [')).toMatchObject({ kind: 'rejected' })
    await remove(probe, { apiVersion: 'v1', kind: 'Secret', namespace: 'default', name })
    await cluster.writeFile('encryption.yaml', before)
    expect(await cluster.restart('kube-apiserver')).toMatchObject({ kind: 'applied' })
  })

  it('restarts etcd under a running API server', async () => {
    expect(await cluster.restart('etcd')).toMatchObject({ kind: 'applied' })
    expect((await cluster.status()).state).toBe('ready')
    await expect(cluster.restart('kubelet')).rejects.toThrow(/no component "kubelet"/)
  })

  it('keeps a watch alive over a restart of the API server', async () => {
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const changes: WatchChange[] = []
    const health: boolean[] = []
    probe.watch('/api/v1/namespaces/default/configmaps', (change) => changes.push(change), {
      signal: stop.signal,
      onHealth: (alive) => health.push(alive),
    })
    await until(() => health.at(-1) === true)
    await cluster.restart('kube-apiserver')
    await until(() => health.includes(false) && health.at(-1) === true)
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'after-restart' }
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: ref.name, namespace: 'default' } }
    expect((await apply(probe, object)).status).toBe(201)
    await until(() => changes.some(({ type, name }) => type === 'ADDED' && name === ref.name))
    await remove(probe, ref)
  })

  it('notices a watch that is dead without being closed', async () => {
    const pem = (file: string) => readFileSync(join(own.paths.cluster, 'pki', file), 'utf8')
    const kube = createKube(
      { server: probe.server, ca: probe.ca, cert: pem('admin.crt'), key: pem('admin.key') },
      { silenceMs: 500 },
    )
    const stop = new AbortController()
    onTestFinished(() => {
      stop.abort()
      kube.close()
    })
    const health: boolean[] = []
    kube.watch('/api/v1/namespaces/default/configmaps', () => undefined, {
      signal: stop.signal,
      onHealth: (alive) => health.push(alive),
    })
    await until(() => health.at(-1) === true)
    const { pid = 0 } = await probe.component('kube-apiserver')
    process.kill(pid, 'SIGSTOP')
    try {
      await until(() => health.at(-1) === false)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await until(() => health.at(-1) === true)
  })

  it('says that nothing answers while the API server is away', async () => {
    const { pid = 0 } = await probe.component('kube-apiserver')
    process.kill(pid, 'SIGSTOP')
    try {
      await expect(probe.api({ method: 'GET', path: '/livez', timeoutMs: 200 })).rejects.toMatchObject({
        name: 'UnreachableError',
        component: 'kube-apiserver',
      })
      const cancelled = probe.api({ method: 'GET', path: '/livez', signal: AbortSignal.timeout(50) })
      await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' })
      expect((await cluster.status()).state).not.toBe('ready')
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  })
})
