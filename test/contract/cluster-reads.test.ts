import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/cluster/system-clock.ts'
import { deletableResources, pathOf, resourceOf } from '../../src/core/api/discovery.ts'
import { apply, create, list, read, remove, waitGone, waitNamespaceReady } from '../../src/core/api/objects.ts'
import { statusMessage, statusReason } from '../../src/core/api/reply.ts'
import { UserError } from '../../src/core/errors.ts'
import type { Credential, WatchChange } from '../../src/core/ports.ts'
import { BACKENDS, testBackend } from '../support/backends.ts'
import { issueClientCertificate } from '../support/client-certificate.ts'
import { testCluster } from '../support/cluster.ts'
import { until } from '../support/until.ts'

const clock = systemClock

describe.each(BACKENDS)('reading a cluster that is up (%s)', () => {
  it('says that it is ready, with its version and its parts', async () => {
    const { cluster, paths } = await testCluster()
    const status = await cluster.status()
    expect(status).toMatchObject({ state: 'ready', kubeconfig: cluster.environment().KUBECONFIG })
    expect(status.kubeconfig?.startsWith(`${paths.cluster}/`)).toBe(true)
    expect(status.version).toMatch(/^v1\.\d+\.\d+$/)
    expect(status.components.every(({ state, pid }) => state === 'running' && pid !== undefined)).toBe(true)
  })

  it('offers every control-plane file, private, with the flags and settings of the course', async () => {
    const { cluster, probe } = await testCluster()
    const files = new Map<string, string>()
    for (const { name } of cluster.files()) {
      const file = await probe.controlPlaneFile(name)
      expect(file?.mode, name).toBe(name === 'kubelet-config.yaml' ? 0o644 : 0o600) // 0644: as kubeadm makes it
      expect(await cluster.readFile(name)).toBe(file?.text)
      files.set(name, file?.text ?? '')
    }
    const apiserver = files.get('kube-apiserver.yaml')
    for (const flag of [
      '--authentication-config=',
      '--authorization-config=',
      '--encryption-provider-config=',
      '--encryption-provider-config-automatic-reload=true',
      '--audit-policy-file=',
      '--service-account-extend-token-expiration=false',
      // A node is a network of its own; without one, nobody else may reach the server.
      testBackend === 'embedded' ? '--bind-address=127.0.0.1' : '--advertise-address=',
    ]) {
      expect(apiserver).toContain(flag)
    }
    expect(apiserver).not.toContain('--anonymous-auth')
    expect(files.get('authorization.yaml')).toMatch(/type: Node[\s\S]*type: RBAC/)
    expect(files.get('encryption.yaml')).toContain('identity: {}')
    await expect(cluster.readFile('nonsense.yaml')).rejects.toThrow(UserError)
    expect(await probe.controlPlaneFile('nonsense.yaml')).toBeUndefined()
  })

  it('reports its components, and none that this backend lacks', async () => {
    const { cluster, probe } = await testCluster()
    expect(await probe.component('kube-apiserver')).toMatchObject({ state: 'running' })
    const hasNodes = cluster.capabilities().includes('nodes')
    expect((await probe.component('kubelet')).state).toBe(hasNodes ? 'running' : 'absent')
  })

  it('is asked as whoever the credential says, and never as somebody else', async () => {
    const { probe } = await testCluster()
    const name = `reads-${Date.now().toString(36)}`
    const minted = await probe.api({
      method: 'POST',
      path: '/api/v1/namespaces/default/serviceaccounts/default/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
    })
    const token = (minted.json as { status: { token: string } }).status.token
    const certificate = await issueClientCertificate(probe, { name, user: 'jane', groups: ['builders'] })
    const cases: readonly (readonly [Credential, string, string])[] = [
      [{ kind: 'admin' }, 'kubernetes-admin', testBackend === 'kind' ? 'kubeadm:cluster-admins' : 'system:masters'],
      [{ kind: 'certificate', ...certificate }, 'jane', 'builders'],
      [{ kind: 'token', token }, 'system:serviceaccount:default:default', 'system:serviceaccounts'],
      [{ kind: 'impersonate', user: 'joe', groups: ['a', 'b', 'system:authenticated'] }, 'joe', 'b'],
    ]
    // All at once, on connections that are kept alive, several times over: identities must not mix.
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        cases.map(async ([as, user, group]) => {
          const reply = await probe.api({
            method: 'POST',
            path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
            as,
            body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
          })
          const { username, groups } = (reply.json as { status: { userInfo: { username: string; groups: string[] } } })
            .status.userInfo
          expect(username).toBe(user)
          expect(groups).toContain(group)
        }),
      )
      const stranger = await probe.api({ method: 'GET', path: '/api/v1/secrets', as: { kind: 'anonymous' } })
      expect(stranger.status).toBe(403)
      expect(statusMessage(stranger)).toContain('system:anonymous')
      const bad = await probe.api({ method: 'GET', path: '/api', as: { kind: 'token', token: 'nonsense' } })
      expect(bad.status).toBe(401)
    }
  })

  it('hands on the warnings of the API server', async () => {
    const { probe } = await testCluster()
    const reply = await create(
      probe,
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'warned',
          namespace: 'default',
          annotations: { 'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default' },
        },
        spec: { containers: [{ name: 'a', image: 'example.test/a' }] },
      },
      { dryRun: true },
    )
    expect(reply.status).toBe(201)
    expect(reply.warnings.join('\n')).toContain('deprecated')
  })

  it("gives etcd's own bytes, by prefix, page by page", async () => {
    const { probe } = await testCluster()
    const name = `etcd-${Date.now().toString(36)}`
    await apply(probe, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default' },
      stringData: { word: 'open-sesame' },
    })
    try {
      const [pair, ...rest] = await probe.etcd(`/registry/secrets/default/${name}`)
      expect(rest).toEqual([])
      expect(pair?.key).toBe(`/registry/secrets/default/${name}`)
      expect(Buffer.from(pair?.value ?? []).toString('latin1')).toContain('open-sesame')
      const all = await probe.etcd('/registry/')
      expect(all.length).toBeGreaterThan(200)
      expect(all.map(({ key }) => key)).toEqual([...new Set(all.map(({ key }) => key))])
      expect(await probe.etcd('/registry/', { limit: 3 })).toEqual(all.slice(0, 3))
    } finally {
      await remove(probe, { apiVersion: 'v1', kind: 'Secret', namespace: 'default', name })
    }
  })

  it('finds paths by kind, and says which kind it does not have', async () => {
    const { probe } = await testCluster()
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' }
    expect(await pathOf(probe, { ...deployment, namespace: 'shop', name: 'web' })).toBe(
      '/apis/apps/v1/namespaces/shop/deployments/web',
    )
    expect(await pathOf(probe, { ...deployment, name: 'web' })).toBe('/apis/apps/v1/namespaces/default/deployments/web')
    expect(await pathOf(probe, deployment)).toBe('/apis/apps/v1/deployments')
    expect(await pathOf(probe, { apiVersion: 'v1', kind: 'Namespace', name: 'shop' })).toBe('/api/v1/namespaces/shop')
    await expect(resourceOf(probe, { apiVersion: 'v1', kind: 'Podd' })).rejects.toThrow(/no kind "Podd"/)
    const kinds = (await deletableResources(probe)).map(({ group, kind }) => `${group}/${kind}`)
    expect(kinds).toContain('/Secret')
    expect(kinds).toContain('admissionregistration.k8s.io/ValidatingAdmissionPolicy')
    expect(new Set(kinds).size).toBe(kinds.length)
  })

  it('applies, lists by label and deletes, and a new namespace gets ready', async () => {
    const { probe } = await testCluster()
    const namespace = `apply-${Date.now().toString(36)}`
    const labels = { 'example.test/made-by': namespace }
    await apply(probe, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } })
    try {
      expect(await waitNamespaceReady(probe, namespace, { clock, deadlineMs: 15_000 })).toBe(true)
      const role = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'reader', namespace, labels },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      }
      expect((await apply(probe, role, { dryRun: true })).status).toBe(201)
      expect(await read(probe, { ...role, namespace, name: 'reader' })).toBeUndefined()
      expect((await apply(probe, role)).status).toBe(201)
      expect((await apply(probe, role)).status).toBe(200)
      const [found, ...rest] = await list(probe, role, { labelSelector: `example.test/made-by=${namespace}` })
      expect(rest).toEqual([])
      expect(found).toMatchObject({ kind: 'Role', metadata: { name: 'reader', namespace } })
      expect(statusReason(await create(probe, role))).toBe('AlreadyExists')
    } finally {
      await remove(probe, { apiVersion: 'v1', kind: 'Namespace', name: namespace })
    }
    expect(
      await waitGone(probe, { apiVersion: 'v1', kind: 'Namespace', name: namespace }, { clock, deadlineMs: 30_000 }),
    ).toBe(true)
  })

  it('hints at changes from now on, without a list of what exists', async () => {
    const { probe } = await testCluster()
    const stop = new AbortController()
    const changes: WatchChange[] = []
    const health: boolean[] = []
    probe.watch('/api/v1/namespaces/default/configmaps', (change) => changes.push(change), {
      signal: stop.signal,
      onHealth: (alive) => health.push(alive),
    })
    const name = `watch-${Date.now().toString(36)}`
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name }
    try {
      await until(() => health.includes(true))
      await apply(probe, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: 'default' },
        data: { a: '1' },
      })
      await until(() => changes.some((change) => change.type === 'ADDED'))
      expect(changes).toEqual([{ type: 'ADDED', kind: 'ConfigMap', namespace: 'default', name }])
    } finally {
      await remove(probe, ref)
      stop.abort()
    }
  })
})
