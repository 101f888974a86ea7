import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { listOf } from '../../src/checks/yaml.ts'
import { certify } from '../../src/cluster/certify.ts'
import { apply, list, type Manifest, read } from '../../src/core/api/objects.ts'
import { isOk } from '../../src/core/api/reply.ts'
import type { AddOns, Probe } from '../../src/core/ports.ts'
import type { World } from '../../src/grader/world.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { ownCluster } from '../support/cluster.ts'
import { until } from '../support/until.ts'
import { bind, factsOf, find, folderWorkspace, namespace, put, role, worldOf } from './checks-world.ts'

const NAME = 'external-secrets'
const API = 'external-secrets.io/v1'
const VAULT = 'eso-vault'
const APP = 'eso-app'
const quiet = { report: () => undefined }
const workspace = folderWorkspace()

const store = (name: string, probe: Probe, change: { readonly [field: string]: unknown } = {}): Manifest => ({
  apiVersion: API,
  kind: 'SecretStore',
  metadata: { name, namespace: APP },
  spec: {
    provider: {
      kubernetes: {
        remoteNamespace: VAULT,
        server: { url: probe.server, caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' } },
        auth: { serviceAccount: { name: 'store' } },
        ...change,
      },
    },
  },
})

const external = (name: string, from: string, spec: { readonly [field: string]: unknown } = {}): Manifest => ({
  apiVersion: API,
  kind: 'ExternalSecret',
  metadata: { name, namespace: APP },
  spec: {
    refreshInterval: '1s',
    secretStoreRef: { kind: 'SecretStore', name: from },
    data: [{ secretKey: 'password', remoteRef: { key: 'db', property: 'password' } }],
    ...spec,
  },
})

describe('External Secrets Operator as a process of this machine', () => {
  const own = ownCluster()
  const env = process.env
  const { cache } = labPaths(env)
  let addOns: AddOns
  let probe: Probe
  let world: World

  /** "Ready False InvalidProviderConfig: unable to create client", once the operator has said it. */
  const saysOf = (kind: string, name: string) =>
    until(async () => {
      const object = await read(probe, { apiVersion: API, kind, namespace: APP, name })
      const [first] = listOf((object as { status?: { conditions?: unknown } } | undefined)?.status?.conditions)
      const { status, reason, message } = (first ?? {}) as Record<string, string>
      return status && `${status} ${reason}: ${message}`
    })
  /** The operator tries again after a fault, such as a right that is a moment old. */
  const comesTo = async (kind: string, name: string, words: string) => {
    let last = ''
    const isSaid = async () => {
      last = await saysOf(kind, name)
      return last === words
    }
    await until(isSaid, { deadlineMs: 20_000 }).catch(() => undefined)
    expect(last).toBe(words)
  }
  const eventOf = (name: string, words: string) =>
    until(async () => {
      const events = await list(probe, { apiVersion: 'v1', kind: 'Event', namespace: APP })
      return events.some((event) => {
        const { involvedObject, message } = event as unknown as { involvedObject: { name: string }; message: string }
        return involvedObject.name === name && message.includes(words)
      })
    })
  const make = async (...objects: readonly Manifest[]) => {
    for (const object of objects) expect(isOk(await apply(probe, object))).toBe(true)
  }

  beforeAll(async () => {
    await own.cluster.up(quiet)
    const tools = createTools({ paths: { ...own.paths, cache }, env })
    addOns = createAddOns({ cluster: own.cluster, tools, clock: systemClock, cache, env, certify })
    await addOns.ensure([NAME], quiet)
    probe = await own.cluster.probe()
    world = worldOf(probe, workspace)
    const account = { kind: 'ServiceAccount', name: 'store', namespace: APP }
    await put(
      probe,
      namespace(VAULT),
      namespace(APP),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'db', namespace: VAULT },
        stringData: { password: 'first' },
      },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'store', namespace: APP } },
      role('read-db', VAULT, [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get'] }]),
      bind('store', VAULT, 'read-db', account),
    )
  })
  afterAll(async () => {
    await own.remove()
    workspace.remove()
  })

  it('copies with no more than get on one Secret, follows a rotation and mends what is written over', async () => {
    await make(store('good', probe), external('db', 'good'))
    await comesTo('SecretStore', 'good', 'True Valid: store validated')
    await comesTo('ExternalSecret', 'db', 'True SecretSynced: secret synced')
    const fields = {
      from: { secret: { namespace: VAULT, name: 'db', key: 'password' } },
      to: { namespace: APP, name: 'db', key: 'password' },
      within: '10s',
      tampered: true,
    }
    expect(factsOf(await find(world, 'synced', fields))).toMatchObject({
      kind: 'met',
      data: { managed: true, name: 'db', refreshInterval: '1s', reason: 'SecretSynced' },
    })
  })

  it.each([
    [{ refreshInterval: '1h' }, 'its refreshInterval is 1h'],
    [{ refreshInterval: '0' }, 'its refreshInterval is 0'],
    [{ refreshPolicy: 'CreatedOnce' }, 'its refreshPolicy is CreatedOnce'],
  ])('is not waited for when %j says that it will not look', async (spec, words) => {
    const name = `idle-${JSON.stringify(spec)
      .replace(/[^a-z0-9]/gi, '')
      .toLowerCase()}`
    await make(external(name, 'good', spec))
    await comesTo('ExternalSecret', name, 'True SecretSynced: secret synced')
    const from = { secret: { namespace: VAULT, name: 'db', key: 'password' } }
    const facts = factsOf(
      await find(world, 'synced', { from, to: { namespace: APP, name, key: 'password' }, within: '20s' }),
    )
    expect(facts).toMatchObject({ kind: 'unmet', data: { problem: 'never' } })
    expect(facts.found).toContain(words)
  })

  it('is not asked for v1beta1: that version is not served', async () => {
    expect((await probe.api({ method: 'GET', path: '/apis/external-secrets.io/v1beta1' })).status).toBe(404)
  })

  it('says in its own words that an account lacks rights, or is missing, or the certificate is', async () => {
    const noCa = { url: probe.server, caProvider: { type: 'ConfigMap', name: 'none', key: 'ca.crt' } }
    await make(
      store('no-rights', probe, { remoteNamespace: 'default' }),
      store('no-account', probe, { auth: { serviceAccount: { name: 'nobody' } } }),
      store('no-ca', probe, { server: noCa }),
    )
    await comesTo(
      'SecretStore',
      'no-rights',
      'False InvalidProviderConfig: unable to validate store: client is not allowed to get secrets',
    )
    await comesTo('SecretStore', 'no-account', 'False InvalidProviderConfig: unable to create client')
    await eventOf('no-account', 'cannot create service account token: "serviceaccounts \\"nobody\\" not found"')
    await eventOf('no-ca', 'failed to get cert from configmap')
  })

  it('calls a store valid that it could not reach: only the ExternalSecret shows it', async () => {
    const server = { ...(store('x', probe).spec as never as { provider: { kubernetes: { server: object } } }) }
    const closed = { ...server.provider.kubernetes.server, url: 'https://127.0.0.1:1' }
    await make(store('closed', probe, { server: closed }), external('closed', 'closed'))
    await comesTo('SecretStore', 'closed', 'True Valid: store validated')
    await comesTo('ExternalSecret', 'closed', 'False SecretSyncedError: could not get secret data from provider')
    await eventOf('closed', 'connection refused')
  })

  it('keeps the last copy when the right is taken away', async () => {
    const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${VAULT}/rolebindings/store`
    expect([200, 404]).toContain((await probe.api({ method: 'DELETE', path })).status)
    await until(async () => (await saysOf('ExternalSecret', 'db')).startsWith('False SecretSyncedError'))
    await eventOf('db', 'is forbidden: User "system:serviceaccount:eso-app:store" cannot get resource "secrets"')
    expect(await read(probe, { apiVersion: 'v1', kind: 'Secret', namespace: APP, name: 'db' })).toBeDefined()
  })

  it('may not do what it is not here for', async () => {
    const as = { serviceAccount: 'external-secrets/external-secrets' }
    const denied = { as, allowed: false }
    const reviews = [
      { verb: 'create', resource: 'pods', namespace: APP },
      { verb: 'create', resource: 'rolebindings', group: 'rbac.authorization.k8s.io', namespace: APP },
      { verb: 'create', resource: 'externalsecrets', group: 'external-secrets.io', namespace: APP },
      { verb: 'update', resource: 'secretstores', group: 'external-secrets.io', namespace: APP },
      { verb: 'list', resource: 'configmaps', namespace: APP },
      { verb: 'impersonate', resource: 'serviceaccounts', namespace: APP },
    ]
    expect(factsOf(await find(world, 'access', { ...denied, reviews }))).toMatchObject({ kind: 'met' })
  })

  it('says that it was stopped, and comes back', async () => {
    await addOns.stop(NAME)
    expect(await addOns.status(NAME)).toMatchObject({ state: 'broken', reason: 'It was stopped.' })
    await addOns.start(NAME)
    expect(await addOns.status(NAME)).toMatchObject({ state: 'ready', version: 'v0.19.2' })
  })
})
