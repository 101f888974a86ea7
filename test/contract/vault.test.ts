import { request as httpsRequest } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { mintToken } from '../../src/checks/mint-token.ts'
import { readSecretKey } from '../../src/checks/upstream/kubernetes-secret.ts'
import { certify } from '../../src/cluster/certify.ts'
import { list, read } from '../../src/core/api/objects.ts'
import type { AddOns, ApiReply, Probe } from '../../src/core/ports.ts'
import type { World } from '../../src/grader/world.ts'
import { labValues } from '../../src/seeding/begin.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { ownCluster } from '../support/cluster.ts'
import { until } from '../support/until.ts'
import { factsOf, find, folderWorkspace, namespace, put, worldOf } from './checks-world.ts'

const quiet = { report: () => undefined }
const PROXY = '/api/v1/namespaces/vault/services/https:vault:https/proxy/v1'
const APP = 'vault-app'
const ESO = 'external-secrets.io/v1'
const POLICY = 'path "secret/data/app/*" { capabilities = ["read"] }'

describe('Vault as an add-on', () => {
  const own = ownCluster()
  const workspace = folderWorkspace()
  const env = process.env
  const { cache } = labPaths(env)
  let addOns: AddOns
  let probe: Probe
  let world: World
  let root: string
  let address: string
  const kept = async () =>
    (await read(probe, { apiVersion: 'v1', kind: 'Secret', namespace: 'vault', name: 'vault-server' }))
      ?.data as Readonly<Record<string, string>>
  const call = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown, token = root): Promise<ApiReply> =>
    probe.api({ method, path: `${PROXY}${path}`, body, headers: token === '' ? {} : { 'x-vault-token': token } })
  const makeRole = async (role: string, audience: string | undefined) => {
    const bound = { bound_service_account_names: 'store', bound_service_account_namespaces: APP, token_policies: 'app' }
    const reply = await call('POST', `/auth/kubernetes/role/${role}`, { ...bound, audience })
    // Vault 1.19 answers with a warning about a role without an audience, or with nothing.
    expect([200, 204]).toContain(reply.status)
  }
  const deleteStores = async () => {
    for (const plural of ['externalsecrets/db', 'secretstores/vault']) {
      await probe.api({ method: 'DELETE', path: `/apis/${ESO}/namespaces/${APP}/${plural}` })
    }
  }
  /** What Vault answers to somebody who believes this CA alone. */
  const healthOver = async (ca: string): Promise<number> => {
    const url = `${address}/v1/sys/health`
    if (!own.cluster.nodes) {
      return new Promise((resolve, reject) => {
        httpsRequest(url, { ca }, ({ statusCode }) => resolve(statusCode ?? 0))
          .on('error', reject)
          .end()
      })
    }
    const service = await read(probe, { apiVersion: 'v1', kind: 'Service', namespace: 'vault', name: 'vault' })
    const { clusterIP = '' } = (service?.spec ?? {}) as { clusterIP?: string }
    const [node] = (await probe.nodes?.list()) ?? []
    if (!node) throw new Error('there is no node')
    const argv = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '--cacert', '/dev/stdin', url]
    const resolve = ['--resolve', `vault.vault.svc:8200:${clusterIP}`]
    return Number((await probe.nodes?.exec(node.name, [...argv, ...resolve], { stdin: ca }))?.stdout)
  }
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
    world = worldOf(probe, workspace)
    const needs = { capabilities: [], tools: [], addons: ['vault'] }
    address = (await labValues({ cluster: own.cluster, workspace, home: own.home }, { needs })).vault ?? ''
    root = Buffer.from((await kept()).token ?? '', 'base64').toString()
    await put(probe, namespace(APP), {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'store', namespace: APP },
    })
    expect((await call('POST', '/sys/policies/acl/app', { policy: POLICY })).status).toBe(204)
    await makeRole('app', 'vault')
    expect((await call('POST', '/secret/data/app/db', { data: { password: 'first' } })).status).toBe(200)
    expect((await call('POST', '/secret/data/other', { data: { key: 'second' } })).status).toBe(200)
  })
  afterAll(async () => {
    await own.remove()
    workspace.remove()
  })

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
        apiVersion: ESO,
        kind: 'SecretStore',
        metadata: { name: 'vault', namespace: APP },
        spec: {
          provider: {
            vault: {
              server: address,
              path: 'secret',
              version: 'v2',
              caProvider: { type: 'Secret', name: 'vault-ca', key: 'ca.crt' },
              auth: { kubernetes: login },
            },
          },
        },
      },
      {
        apiVersion: ESO,
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
    const found = await find(world, 'synced', { from, to, within: '10s', tampered: true })
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
    expect(await healthOver(ca)).toBe(200)
  })

  it('keeps the last copy when the role is gone, and the operator says why', async () => {
    expect((await call('DELETE', '/auth/kubernetes/role/app')).status).toBe(204)
    const stateOf = async () => {
      const object = await read(probe, { apiVersion: ESO, kind: 'ExternalSecret', namespace: APP, name: 'db' })
      return (object?.status as { conditions?: { reason: string }[] } | undefined)?.conditions?.[0]?.reason
    }
    await until(async () => (await stateOf()) === 'SecretSyncedError')
    await until(async () => {
      const events = await list(probe, { apiVersion: 'v1', kind: 'Event', namespace: APP })
      return events.some(({ message }) => String(message).includes('invalid role name'))
    })
    expect(await readSecretKey(probe, { namespace: APP, name: 'db', key: 'password' })).toBe('first')
    await makeRole('app', 'vault')
    await until(async () => (await stateOf()) === 'SecretSynced')
  })

  describe('asked by a check', () => {
    const store = { serviceAccount: `${APP}/store`, role: 'app', audience: 'vault' }
    const ask = async (fields: { [key: string]: unknown }) => factsOf(await find(world, 'vault', fields))

    it('opens what the policy names, and shows what is open beyond', async () => {
      const may = { 'secret/data/other': ['deny'], 'sys/policies/acl/app': ['deny'] }
      const right = { as: store, reads: ['app/((nonce.name))'], may }
      expect(await ask(right)).toMatchObject({ kind: 'met', data: { policies: ['app', 'default'] } })
      const wide = 'path "secret/*" { capabilities = ["read", "list"] }'
      expect((await call('POST', '/sys/policies/acl/app', { policy: wide })).status).toBe(204)
      expect(await ask(right)).toMatchObject({
        kind: 'unmet',
        data: { problem: 'rights', extra: ['secret/data/other list', 'secret/data/other read'] },
      })
      expect((await call('POST', '/sys/policies/acl/app', { policy: POLICY })).status).toBe(204)
      const elsewhere = await ask({ as: store, reads: ['other-((nonce.name))'] })
      expect(elsewhere).toMatchObject({ kind: 'unmet', data: { problem: 'unread', status: 403 } })
    })

    it('is refused a token for the API server, an account that no role names, and a role that is not there', async () => {
      const plain = { serviceAccount: `${APP}/store`, role: 'app' }
      const facts = await ask({ as: plain, login: 'refused' })
      expect(facts).toMatchObject({ kind: 'met', data: { status: 403 } })
      expect(facts.found).toContain('invalid audience (aud) claim')
      await makeRole('loose', undefined)
      expect(await ask({ as: { ...plain, role: 'loose' }, login: 'refused' })).toMatchObject({
        data: { problem: 'let-in' },
      })
      const other = await ask({ as: { ...store, serviceAccount: `${APP}/default` }, login: 'refused' })
      expect(other).toMatchObject({ kind: 'met', data: { message: expect.stringContaining('not authorized') } })
      expect(await ask({ as: { ...store, role: 'none' }, login: 'refused' })).toMatchObject({
        data: { problem: 'no-role' },
      })
    })

    it('knows a token until it is revoked', async () => {
      const made = (await call('POST', '/auth/token/create', { id: 'of-a-lesson', policies: ['root'] })).status
      expect(made).toBe(200)
      const fields = { as: { token: 'of-a-lesson' }, login: 'refused' }
      expect(await ask(fields)).toMatchObject({ kind: 'unmet', data: { problem: 'let-in', policies: ['root'] } })
      await call('POST', '/auth/token/revoke', { token: 'of-a-lesson' })
      expect(await ask(fields)).toMatchObject({ kind: 'met' })
    })
  })

  it('is put back: policies, roles, secrets, tokens, mounts and what was changed', async () => {
    const [before] = Object.values(await addOns.lives(['vault']))
    await call('POST', '/sys/policies/acl/default', { policy: 'path "secret/*" { capabilities = ["read"] }' })
    await call('POST', '/sys/auth/mine', { type: 'userpass' })
    await call('POST', '/sys/mounts/mine', { type: 'kv' })
    await call('POST', '/secret/data/deep/down/here', { data: { a: 'b' } })
    await call('POST', '/auth/token/create', { policies: ['root'] })
    const extras = await addOns.extras(['vault'])
    for (const each of ['policy app', 'role app', 'role loose', 'mine/', 'secret/deep/down/here', 'token ']) {
      expect(extras.join('\n')).toContain(each)
    }
    expect(extras).toContain('Vault /sys/policies/acl/default (changed)')
    await deleteStores()
    await addOns.putBack(['vault'])
    expect(await addOns.extras(['vault'])).toEqual([])
    expect((await call('GET', '/secret/data/app/db')).status).toBe(404)
    expect((await call('GET', '/sys/health')).status).toBe(200)
    expect(Object.values(await addOns.lives(['vault']))).toEqual([before])
  })

  it('is started anew when it cannot be put back', async () => {
    const before = await addOns.lives(['vault'])
    expect((await call('DELETE', '/sys/auth/kubernetes')).status).toBe(204)
    await addOns.putBack(['vault'])
    expect(await addOns.lives(['vault'])).not.toEqual(before)
    expect(await addOns.extras(['vault'])).toEqual([])
    expect((await call('GET', '/auth/kubernetes/config')).status).toBe(200)
  })

  it('forgets everything when it is started anew, and can be logged in to again', async () => {
    await addOns.stop('vault')
    expect(await addOns.status('vault')).toMatchObject({
      state: 'broken',
      reason: expect.stringContaining('It was stopped'),
    })
    await addOns.start('vault')
    expect((await call('GET', '/auth/kubernetes/config')).status).toBe(200)
    expect((await call('GET', '/secret/data/app/db')).status).toBe(404)
  })
})
