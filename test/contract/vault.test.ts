import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { mintToken } from '../../src/checks/mint-token.ts'
import { readSecretKey } from '../../src/checks/upstream/kubernetes-secret.ts'
import { certify } from '../../src/cluster/certify.ts'
import { read } from '../../src/core/api/objects.ts'
import type { AddOns, ApiReply, Probe } from '../../src/core/ports.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { ownCluster } from '../support/cluster.ts'
import { until } from '../support/until.ts'
import { find, folderWorkspace, namespace, put, worldOf } from './checks-world.ts'

const quiet = { report: () => undefined }
const PROXY = '/api/v1/namespaces/vault/services/https:vault:https/proxy/v1'
const APP = 'vault-app'

describe('Vault as a process of this machine', () => {
  const own = ownCluster()
  const env = process.env
  const { cache } = labPaths(env)
  let addOns: AddOns
  let probe: Probe
  let root: string
  const kept = async () =>
    (await read(probe, { apiVersion: 'v1', kind: 'Secret', namespace: 'vault', name: 'vault-server' }))
      ?.data as Readonly<Record<string, string>>
  const call = (method: 'GET' | 'POST', path: string, body?: unknown, token = root): Promise<ApiReply> =>
    probe.api({ method, path: `${PROXY}${path}`, body, headers: token === '' ? {} : { 'x-vault-token': token } })
  const logIn = async (role: string, audience?: string): Promise<ApiReply> => {
    const minted = await mintToken(`${APP}/store`, { probe, signal: AbortSignal.timeout(10_000) }, { audience })
    return call('POST', '/auth/kubernetes/login', { role, jwt: 'token' in minted ? minted.token : '' }, '')
  }

  beforeAll(async () => {
    await own.cluster.up(quiet)
    const tools = createTools({ paths: { ...own.paths, cache }, env })
    addOns = createAddOns({ cluster: own.cluster, tools, clock: systemClock, cache, env, certify })
    await addOns.ensure(['vault', 'external-secrets'], quiet)
    probe = await own.cluster.probe()
    root = Buffer.from((await kept()).token ?? '', 'base64').toString()
    await put(probe, namespace(APP), {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'store', namespace: APP },
    })
    const policy = 'path "secret/data/app/*" { capabilities = ["read"] }'
    expect((await call('POST', '/sys/policies/acl/app', { policy })).status).toBe(204)
    const bound = { bound_service_account_names: 'store', bound_service_account_namespaces: APP, token_policies: 'app' }
    expect((await call('POST', '/auth/kubernetes/role/app', { ...bound, audience: 'vault' })).status).toBe(204)
    expect((await call('POST', '/secret/data/app/db', { data: { password: 'first' } })).status).toBe(200)
    expect((await call('POST', '/secret/data/other', { data: { key: 'second' } })).status).toBe(200)
  })
  afterAll(() => own.remove())

  it('lets a token in that was made for it, to what the policy names and nothing else', async () => {
    const reply = await logIn('app', 'vault')
    const { auth } = reply.json as { auth: { client_token: string; token_policies: readonly string[] } }
    expect(auth.token_policies).toEqual(['app', 'default'])
    expect(await call('GET', '/secret/data/app/db', undefined, auth.client_token)).toMatchObject({
      status: 200,
      json: { data: { data: { password: 'first' } } },
    })
    expect((await call('GET', '/secret/data/other', undefined, auth.client_token)).status).toBe(403)
  })

  it('refuses a token that was made for the API server', async () => {
    const reply = await logIn('app')
    expect(reply).toMatchObject({ status: 403, text: expect.stringContaining('invalid audience (aud) claim') })
  })

  it('is followed by an ExternalSecret that signs in as a ServiceAccount', async () => {
    const ends = await read(probe, { apiVersion: 'v1', kind: 'Endpoints', namespace: 'vault', name: 'vault' })
    const port = (ends as unknown as { subsets: { ports: { port: number }[] }[] }).subsets[0]?.ports[0]?.port
    const login = { role: 'app', serviceAccountRef: { name: 'store', audiences: ['vault'] }, mountPath: 'kubernetes' }
    await put(
      probe,
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'vault-ca', namespace: APP },
        data: { 'ca.crt': (await kept())['ca.crt'] },
      },
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'SecretStore',
        metadata: { name: 'vault', namespace: APP },
        spec: {
          provider: {
            vault: {
              server: `https://127.0.0.1:${port}`,
              path: 'secret',
              version: 'v2',
              caProvider: { type: 'Secret', name: 'vault-ca', key: 'ca.crt' },
              auth: { kubernetes: login },
            },
          },
        },
      },
      {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        metadata: { name: 'db', namespace: APP },
        spec: {
          refreshInterval: '2s',
          secretStoreRef: { kind: 'SecretStore', name: 'vault' },
          data: [{ secretKey: 'password', remoteRef: { key: 'app/db', property: 'password' } }],
        },
      },
    )
    const to = { namespace: APP, name: 'db', key: 'password' }
    await until(async () => await readSecretKey(probe, to))
    const from = { vault: { path: 'app/db', key: 'password' } }
    const workspace = folderWorkspace()
    const found = await find(worldOf(probe, workspace), 'synced', { from, to, within: '10s', tampered: true })
    workspace.remove()
    expect(found).toMatchObject({ kind: 'met', data: { problem: '' } })
    expect((await call('GET', '/secret/data/app/db')).json).toMatchObject({ data: { data: { password: 'first' } } })
  })

  it('shows a certificate that its own CA signed, and keeps both for the life of the cluster', async () => {
    const before = await kept()
    await addOns.ensure(['vault'], quiet)
    expect(await kept()).toEqual(before)
    const map = await read(probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'vault', name: 'vault-ca' })
    const ca = Buffer.from(before['ca.crt'] ?? '', 'base64').toString()
    expect(map?.data).toEqual({ 'ca.crt': ca })
    const ends = await read(probe, { apiVersion: 'v1', kind: 'Endpoints', namespace: 'vault', name: 'vault' })
    const port = (ends as unknown as { subsets: { ports: { port: number }[] }[] }).subsets[0]?.ports[0]?.port
    const { request } = await import('node:https')
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/v1/sys/health', ca }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
  })

  it('forgets everything when it is started anew, and can be logged in to again', async () => {
    await addOns.stop('vault')
    expect(await addOns.status('vault')).toMatchObject({ state: 'broken', reason: 'It was stopped.' })
    await addOns.start('vault')
    expect((await call('GET', '/auth/kubernetes/config')).status).toBe(200)
    expect((await call('GET', '/secret/data/app/db')).status).toBe(404)
  })
})
