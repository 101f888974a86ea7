import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeyPem, makeCa, makeLeaf } from '../../src/cluster/embedded/certificates.ts'
import { layoutOf } from '../../src/cluster/embedded/layout.ts'
import type { World } from '../../src/grader/world.ts'
import { testCluster } from '../support/cluster.ts'
import { eventually, factsOf, find, folderWorkspace, namespace, put, worldOf } from './checks-world.ts'

const NS = 'kinds-identity'
const workspace = folderWorkspace()
let world: World
let ca: KeyPem
let cleanUp: () => Promise<void>

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A kubeconfig as a learner would write it, with changes. */
const kubeconfig = (user: object, cluster: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me' } }],
    clusters: [
      {
        name: 'lab',
        cluster: { server: world.probe.server, 'certificate-authority-data': base64(world.probe.ca), ...cluster },
      },
    ],
    users: [{ name: 'me', user }],
  })

const certificateUser = (pair: KeyPem): object => ({
  'client-certificate-data': base64(pair.cert),
  'client-key-data': base64(pair.key),
})

const jane = (more: Partial<Parameters<typeof makeLeaf>[1]> = {}): Promise<KeyPem> =>
  makeLeaf(ca, { commonName: 'jane', organisations: ['payments-dev'], usages: ['client'], days: 1, ...more })

const asFile = { as: { kubeconfig: 'jane.kubeconfig' } }
const whole = {
  ...asFile,
  user: 'jane',
  'groups-contain': ['payments-dev'],
  'groups-exclude': ['system:masters'],
  'lifetime-max': '7d',
  'key-usage': 'client',
  'verified-server': true,
}

beforeAll(async () => {
  const { probe, paths } = await testCluster()
  world = worldOf(probe, workspace)
  const pki = layoutOf(paths.cluster).pki
  const pem = (file: string): string => readFileSync(join(pki, file), 'utf8')
  ca = { cert: pem('ca.crt'), key: pem('ca.key') }
  cleanUp = await put(
    probe,
    namespace(NS),
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'deployer', namespace: NS } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'legacy', namespace: NS, annotations: { 'kubernetes.io/service-account.name': 'deployer' } },
      type: 'kubernetes.io/service-account-token',
    },
  )
})

afterAll(async () => {
  await cleanUp()
  workspace.remove()
})

describe('identity', () => {
  it('is "not yet", with the place to write to, while there is no file', async () => {
    const none = factsOf(await find(world, 'identity', { as: { kubeconfig: 'none.kubeconfig' }, user: 'jane' }))
    expect(none).toMatchObject({ kind: 'unmet', data: { problem: 'missing-file', authenticated: false } })
    expect(none.why).toContain('none.kubeconfig')
  })

  it('knows a certificate by what the API server makes of it', async () => {
    await workspace.write('jane.kubeconfig', kubeconfig(certificateUser(await jane())))
    expect(factsOf(await find(world, 'identity', whole))).toMatchObject({
      kind: 'met',
      data: { user: 'jane', groups: ['payments-dev', 'system:authenticated'], credential: 'certificate', problem: '' },
    })
    expect(factsOf(await find(world, 'identity', { ...asFile, 'lifetime-max': '1h' })).found).toContain('lives')
  })

  it('shows that groups come from the certificate', async () => {
    await workspace.write('jane.kubeconfig', kubeconfig(certificateUser(await jane({ organisations: [] }))))
    expect(factsOf(await find(world, 'identity', whole)).found).toContain(
      'user jane is not in group payments-dev: its groups are []',
    )
  })

  it('reads certificate files beside the kubeconfig, and none outside the workspace', async () => {
    const pair = await jane()
    await workspace.write('pki/jane.crt', pair.cert)
    await workspace.write('pki/jane.key', pair.key)
    const files = (prefix: string): object => ({
      'client-certificate': `${prefix}jane.crt`,
      'client-key': `${prefix}jane.key`,
    })
    await workspace.write('jane.kubeconfig', kubeconfig(files('pki/')))
    expect((await find(world, 'identity', whole)).kind).toBe('met')
    await workspace.write('jane.kubeconfig', kubeconfig(files(`${workspace.root}/pki/`)))
    expect((await find(world, 'identity', whole)).kind).toBe('met')
    for (const outside of ['/etc/', '../', 'pki/../../']) {
      await workspace.write('jane.kubeconfig', kubeconfig(files(outside)))
      expect(factsOf(await find(world, 'identity', whole))).toMatchObject({
        kind: 'unmet',
        data: { problem: 'unparsable' },
      })
    }
  })

  it.each([
    ['another server', () => [{}, { server: 'https://192.0.2.1:6443' }], 'other-server'],
    ['a program to run', () => [{ exec: { command: 'touch', args: ['ran'] } }, {}], 'exec'],
    ['a login plugin', () => [{ 'auth-provider': { name: 'oidc' } }, {}], 'exec'],
    ['no credential', () => [{ username: 'jane', password: 'x' }, {}], 'unparsable'],
  ] as const)('refuses a kubeconfig with %s', async (_, parts, problem) => {
    const [user, cluster] = parts() as unknown as readonly [object, object]
    await workspace.write('odd.kubeconfig', kubeconfig(user, cluster))
    const odd = { as: { kubeconfig: 'odd.kubeconfig' } }
    expect(factsOf(await find(world, 'identity', odd))).toMatchObject({ kind: 'unmet', data: { problem } })
    const request = { ...odd, requests: [{ path: '/api', status: [401, 403] }] }
    expect((await find(world, 'request', request)).kind).toBe('unmet')
    expect(await workspace.list()).not.toContain('ran')
  })

  it('reports a kubeconfig that would trust any server, without using that', async () => {
    const pair = certificateUser(await jane())
    await workspace.write('jane.kubeconfig', kubeconfig(pair, { 'insecure-skip-tls-verify': true }))
    expect(factsOf(await find(world, 'identity', whole))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'insecure', user: 'jane' },
    })
    await workspace.write('jane.kubeconfig', kubeconfig(pair, { 'certificate-authority-data': '' }))
    expect(factsOf(await find(world, 'identity', whole))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'insecure' },
    })
    const other = await makeCa('somebody else', 1)
    await workspace.write('jane.kubeconfig', kubeconfig(pair, { 'certificate-authority-data': base64(other.cert) }))
    expect(factsOf(await find(world, 'identity', whole))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'other-server' },
    })
  })

  it('says why a certificate is turned away', async () => {
    await workspace.write('jane.kubeconfig', kubeconfig(certificateUser(await jane({ usages: ['server'] }))))
    expect(factsOf(await find(world, 'identity', whole))).toMatchObject({
      kind: 'unmet',
      data: { status: 401, problem: 'not-client-auth' },
    })
    await workspace.write(
      'jane.kubeconfig',
      kubeconfig(
        certificateUser(await makeLeaf(await makeCa('own', 1), { commonName: 'jane', usages: ['client'], days: 1 })),
      ),
    )
    expect(factsOf(await find(world, 'identity', whole))).toMatchObject({
      kind: 'unmet',
      data: { status: 401, problem: '' },
    })
  })

  it('does not take the admin for jane', async () => {
    const admin = await jane({ commonName: 'kubernetes-admin', organisations: ['system:masters'] })
    await workspace.write('jane.kubeconfig', kubeconfig({ ...certificateUser(admin), as: 'jane' }))
    const seen = factsOf(await find(world, 'identity', whole))
    expect(seen).toMatchObject({ kind: 'unmet', data: { user: 'kubernetes-admin' } })
  })

  it('knows tokens, and what the lab itself keeps', async () => {
    const provided = {
      ...world,
      bindings: { ...world.bindings, captured: { kept: kubeconfig(certificateUser(await jane())) } },
    }
    await workspace.write('jane.kubeconfig', 'changed by the learner')
    expect((await find(provided, 'identity', { as: { provided: 'kept' }, user: 'jane' })).kind).toBe('met')
    expect(await find(world, 'identity', { as: { provided: 'lost' }, user: 'jane' })).toMatchObject({ kind: 'unmet' })
    expect(factsOf(await find(world, 'identity', { as: { token: 'not.a.token' } }))).toMatchObject({
      kind: 'unmet',
      data: { status: 401 },
    })
  })
})

describe('request', () => {
  it('asks as exactly that identity, and names what differs', async () => {
    const requests = [
      { title: 'pods', path: `/api/v1/namespaces/${NS}/pods`, status: 200 },
      { title: 'nobody', path: `/api/v1/namespaces/${NS}/pods/nobody`, status: 404 },
    ]
    expect((await find(world, 'request', { requests })).kind).toBe('met')
    const stranger = factsOf(await find(world, 'request', { as: { user: 'stranger' }, requests }))
    expect(stranger).toMatchObject({
      kind: 'unmet',
      summary: '403 Forbidden',
      data: { status: 403, wrong: ['pods', 'nobody'], statuses: { pods: 403 } },
    })
    expect(
      factsOf(
        await find(world, 'request', {
          as: 'anonymous',
          requests: [{ path: '/livez', status: 200, 'body-contains': 'ok' }],
        }),
      ).kind,
    ).toBe('met')
    expect(
      factsOf(await find(world, 'request', { as: { token: 'bad' }, requests: [{ path: '/api', status: 401 }] })).kind,
    ).toBe('met')
    expect(
      factsOf(
        await find(world, 'request', { requests: [{ path: '/version', status: 200, 'body-lacks': 'gitVersion' }] }),
      ).kind,
    ).toBe('unmet')
  })

  it('does not take a missing target, or a missing right, for the other', async () => {
    const path = '/api/v1/namespaces/kinds-nowhere/secrets/x'
    expect(factsOf(await find(world, 'request', { requests: [{ path, status: 403 }] }))).toMatchObject({
      kind: 'unmet',
      data: { status: 404 },
    })
    expect(
      factsOf(await find(world, 'request', { as: { user: 'x' }, requests: [{ path, status: 404 }] })),
    ).toMatchObject({ kind: 'unmet', data: { status: 403 } })
  })

  it('changes nothing', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'never' }, data: {} }
    const path = `/api/v1/namespaces/${NS}/configmaps`
    expect((await find(world, 'request', { requests: [{ method: 'POST', path, body, status: 201 }] })).kind).toBe('met')
    expect((await find(world, 'request', { requests: [{ path: `${path}/never`, status: 404 }] })).kind).toBe('met')
    const gone = { method: 'DELETE', path: `/api/v1/namespaces/${NS}/serviceaccounts/deployer`, status: 200 }
    expect((await find(world, 'request', { requests: [gone] })).kind).toBe('met')
    expect((await find(world, 'request', { requests: [{ path: gone.path, status: 200 }] })).kind).toBe('met')
  })

  it('takes a token out of a ServiceAccount as an attacker would', async () => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } }
    const mint = { method: 'POST', path: `/api/v1/namespaces/${NS}/serviceaccounts/deployer/token`, body, status: 201 }
    expect(factsOf(await find(world, 'request', { requests: [{ ...mint, 'body-contains': '"token":"' }] })).kind).toBe(
      'met',
    )
    expect(factsOf(await find(world, 'request', { as: { user: 'x' }, requests: [mint] }))).toMatchObject({
      kind: 'unmet',
      data: { status: 403 },
    })
  })

  it('sends headers, so that impersonation itself can be tried', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const request = { path: '/api/v1/nodes', status: 403, headers: { 'impersonate-user': 'somebody' } }
    expect((await find(world, 'request', { requests: [request] })).kind).toBe('met')
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { nonResourceAttributes: { path: '/api', verb: 'get' } },
    }
    expect(
      (await find(world, 'request', { as: { user: 'x' }, requests: [{ method: 'POST', path, body, status: 201 }] }))
        .kind,
    ).toBe('met')
  })
})

describe('token-request', () => {
  const ask = (more: object) =>
    find(world, 'token-request', {
      serviceAccount: `${NS}/deployer`,
      // biome-ignore lint/suspicious/noThenProperty: the lesson format's word
      then: { path: '/api/v1/nodes', status: 403 },
      ...more,
    })
  it('mints a token and tries it', async () => {
    expect(factsOf(await ask({}))).toMatchObject({ kind: 'met', data: { minted: true, status: 403 } })
    // biome-ignore lint/suspicious/noThenProperty: the lesson format's word
    const elsewhere = { audience: 'https://ci.lab', then: { path: '/api', status: 401 } }
    expect(factsOf(await ask(elsewhere))).toMatchObject({ kind: 'met', data: { status: 401 } })
    // biome-ignore lint/suspicious/noThenProperty: the lesson format's word
    expect(factsOf(await ask({ then: { path: '/api', status: 401 } })).kind).toBe('unmet')
  })
  it('does not pass when there is nobody to mint for', async () => {
    // biome-ignore lint/suspicious/noThenProperty: the lesson format's word
    const gone = { serviceAccount: `${NS}/gone`, then: { path: '/api', status: [401, 404] } }
    expect(factsOf(await ask(gone))).toMatchObject({ kind: 'unmet', data: { minted: false, status: 404 } })
  })
})

describe('a captured token', () => {
  it('is tried as it was kept, and dies with its Secret', async () => {
    const { probe } = world
    const read = async (): Promise<string> => {
      const reply = await probe.api({ method: 'GET', path: `/api/v1/namespaces/${NS}/secrets/legacy` })
      return Buffer.from((reply.json as { data?: { token?: string } }).data?.token ?? '', 'base64').toString()
    }
    let token = ''
    await eventually(async () => {
      token = await read()
      return token === ''
        ? { kind: 'unknown', reason: 'no token yet' }
        : { kind: 'met', expected: '', found: '', summary: '', data: {} }
    }, 'met')
    const holder = { ...world, bindings: { ...world.bindings, captured: { leaked: token } } }
    const alive = { as: { token: '((captured.leaked))' }, requests: [{ path: '/api/v1/nodes', status: 401 }] }
    expect(factsOf(await find(holder, 'request', alive))).toMatchObject({ kind: 'unmet', data: { status: 403 } })
    expect(
      factsOf(await find(holder, 'identity', { as: { token: '((captured.leaked))' }, 'lifetime-max': '1h' })).found,
    ).toContain('never ends')
    await probe.api({ method: 'DELETE', path: `/api/v1/namespaces/${NS}/secrets/legacy` })
    expect((await eventually(() => find(holder, 'request', alive), 'met', 30_000)).kind).toBe('met')
    expect(await find(world, 'request', alive)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('((captured.leaked)) has no value'),
    })
  })
})
