import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { readSecretKey } from '../../src/checks/upstream/kubernetes-secret.ts'
import { parameterUpstream } from '../../src/checks/upstream/parameter.ts'
import { certify } from '../../src/cluster/certify.ts'
import { list, type Manifest } from '../../src/core/api/objects.ts'
import type { AddOns, Probe } from '../../src/core/ports.ts'
import type { World } from '../../src/grader/world.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { ownCluster } from '../support/cluster.ts'
import { until } from '../support/until.ts'
import { factsOf, find, folderWorkspace, namespace, put, worldOf } from './checks-world.ts'

const quiet = { report: () => undefined }
const APP = 'ssm-app'
const ARN = 'arn:aws:ssm:eu-central-1:123456789012:parameter'
const labelled = (kind: string) => ({ 'aws.k8s-sec-lab.dev/kind': kind })

const policy = (statement: { readonly [field: string]: unknown }): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'reader', namespace: 'aws' },
  data: { 'policy.json': JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) },
})
const reads = { Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:GetParametersByPath'], Resource: `${ARN}/app/*` }

const store = (name: string, secret: string): Manifest => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'SecretStore',
  metadata: { name, namespace: APP },
  spec: {
    provider: {
      aws: {
        service: 'ParameterStore',
        region: 'eu-central-1',
        auth: {
          secretRef: {
            accessKeyIDSecretRef: { name: secret, key: 'id' },
            secretAccessKeySecretRef: { name: secret, key: 'key' },
          },
        },
      },
    },
  },
})

const external = (name: string, spec: { readonly [field: string]: unknown }): Manifest => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name, namespace: APP },
  spec: { refreshInterval: '2s', secretStoreRef: { kind: 'SecretStore', name: 'good' }, ...spec },
})
const one = (key: string) => ({ data: [{ secretKey: 'password', remoteRef: { key } }] })

describe('Parameter Store as an add-on', () => {
  const own = ownCluster()
  const env = process.env
  const { cache } = labPaths(env)
  const workspace = folderWorkspace()
  let addOns: AddOns
  let probe: Probe
  let world: World

  const mayCall = async (calls: readonly (readonly [action: string, parameter: string, allowed: boolean])[]) =>
    factsOf(
      await find(world, 'parameter-access', {
        as: { user: 'reader' },
        calls: calls.map(([action, parameter, allowed]) => ({ action, parameter, allowed })),
      }),
    )
  const eventOf = (name: string, words: string) =>
    until(
      async () => {
        const events = await list(probe, { apiVersion: 'v1', kind: 'Event', namespace: APP })
        return events.some((event) => {
          const { involvedObject, message } = event as unknown as { involvedObject: { name: string }; message: string }
          return involvedObject.name === name && message.includes(words)
        })
      },
      { deadlineMs: 30_000 },
    )

  beforeAll(async () => {
    await own.cluster.up(quiet)
    const tools = createTools({ paths: { ...own.paths, cache }, env })
    addOns = createAddOns({ cluster: own.cluster, tools, clock: systemClock, cache, env, certify })
    await addOns.ensure(['parameter-store', 'external-secrets'], quiet)
    probe = await own.cluster.probe()
    world = worldOf(probe, workspace)
    await put(
      probe,
      namespace(APP),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'reader', namespace: 'aws', labels: labelled('user') },
        stringData: { 'access-key-id': 'AKIAREADER', 'secret-access-key': 'right' },
      },
      policy(reads),
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'some', namespace: 'aws', labels: labelled('parameters') },
        stringData: { 'all.json': JSON.stringify({ '/app/db/password': 'first', '/billing/card': 'second' }) },
      },
      ...['right', 'wrong'].map((key) => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: key, namespace: APP },
        stringData: { id: 'AKIAREADER', key },
      })),
      store('good', 'right'),
      store('forged', 'wrong'),
    )
  })
  afterAll(async () => {
    await own.remove()
    workspace.remove()
  })

  it('is followed by an ExternalSecret, and holds afterwards what it held before', async () => {
    await put(probe, external('db', one('/app/db/password')))
    const to = { namespace: APP, name: 'db', key: 'password' }
    await until(async () => await readSecretKey(probe, to), { deadlineMs: 30_000 })
    const fields = { from: { parameter: '/app/db/password' }, to, within: '10s', tampered: true }
    expect(factsOf(await find(world, 'synced', fields))).toMatchObject({ kind: 'met', data: { problem: '' } })
    expect(await parameterUpstream(probe, '/app/db/password').read()).toBe('first')
    expect(await parameterUpstream(probe, '/app/none').read()).toBeUndefined()
  })

  it('gives a whole path to dataFrom.find', async () => {
    const find = { path: '/app/', name: { regexp: '.*' } }
    const rewrite = [{ regexp: { source: '.*/', target: '' } }]
    await put(probe, external('found', { dataFrom: [{ find, rewrite }] }))
    const to = { namespace: APP, name: 'found', key: 'password' }
    await until(async () => (await readSecretKey(probe, to)) === 'first', { deadlineMs: 30_000 })
  })

  it('refuses what the policy does not name, and a key that is not the one of the account', async () => {
    await put(probe, external('billing', one('/billing/card')), {
      ...external('forged', one('/app/db/password')),
      spec: { ...(external('forged', one('/app/db/password')).spec as object), secretStoreRef: { name: 'forged' } },
    })
    await eventOf('billing', 'user/reader is not authorized to perform: ssm:GetParameter on resource')
    await eventOf('forged', 'InvalidSignatureException')
    expect(await readSecretKey(probe, { namespace: APP, name: 'billing', key: 'password' })).toBeUndefined()
  })

  it.each([
    ['a path', reads, [], true],
    ['no slash', { ...reads, Resource: `${ARN}/app*` }, ['ssm:GetParameter on /app-x/token'], true],
    ['too much', { ...reads, Action: 'ssm:*' }, ['ssm:PutParameter on /app/db/password'], true],
    [
      'all but one',
      { ...reads, NotResource: `${ARN}/other/*`, Resource: undefined },
      ['ssm:GetParameter on /app-x/token'],
      true,
    ],
    ['a condition', { ...reads, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }, [], false],
    ['no ARN', { ...reads, Resource: '/app/*' }, [], false],
  ] as const)('evaluates a policy as AWS does: %s', async (_, statement, extra, readsOwn) => {
    await put(probe, policy(statement))
    const facts = await mayCall([
      ['ssm:GetParameter', '/app/db/password', true],
      ['ssm:GetParameter', '/app-x/token', false],
      ['ssm:PutParameter', '/app/db/password', false],
    ])
    expect(facts.data).toMatchObject({ extra, missing: readsOwn ? [] : ['ssm:GetParameter on /app/db/password'] })
    await put(probe, policy(reads))
  })

  it('lets nobody in without the owner’s token or a signature', async () => {
    const path = '/api/v1/namespaces/aws/services/http:parameter-store:http/proxy/'
    const headers = { 'x-amz-target': 'AmazonSSM.GetParameter' }
    const reply = await probe.api({ method: 'POST', path, headers, body: { Name: '/billing/card' } })
    expect(reply).toMatchObject({ status: 400, text: expect.stringContaining('MissingAuthenticationToken') })
    const reset = await probe.api({ method: 'POST', path: `${path}moto-api/reset`, body: {} })
    expect(reset).toMatchObject({ status: 400, text: expect.stringContaining('UnknownOperation') })
  })

  it('comes back with what the account declares', async () => {
    await parameterUpstream(probe, '/app/db/password').write('changed')
    await addOns.stop('parameter-store')
    expect(await addOns.status('parameter-store')).toMatchObject({
      state: 'broken',
      reason: expect.stringContaining('It was stopped'),
    })
    await addOns.start('parameter-store')
    expect(await parameterUpstream(probe, '/app/db/password').read()).toBe('first')
  })
})
