import { beforeEach, describe, expect, it } from 'vitest'
import { deletableResources, pathOf, resourceOf } from '../../../../src/core/api/discovery.ts'
import { apply, create, describeRef, list, read, refOf, remove, waitGone } from '../../../../src/core/api/objects.ts'
import { orThrow, statusMessage, statusReason } from '../../../../src/core/api/reply.ts'
import { UserError } from '../../../../src/core/errors.ts'
import type { ApiReply, ApiRequest, Clock, Probe } from '../../../../src/core/ports.ts'

const reply = (status: number, json: unknown): ApiReply => ({
  status,
  headers: {},
  warnings: [],
  text: JSON.stringify(json),
  json,
})
const status = (code: number, reason: string) => reply(code, { kind: 'Status', reason, message: `${reason} it is` })

const resource = (name: string, kind: string, scope: string, verbs = ['list', 'delete']) => ({
  resource: name,
  responseKind: { kind },
  scope,
  verbs,
})
const CORE = {
  items: [
    {
      versions: [
        { version: 'v1', resources: [resource('pods', 'Pod', 'Namespaced'), resource('nodes', 'Node', 'Cluster')] },
      ],
    },
  ],
}
const group = (extra: readonly unknown[] = []) => ({
  items: [
    {
      metadata: { name: 'apps' },
      versions: [
        { version: 'v1', resources: [resource('deployments', 'Deployment', 'Namespaced')] },
        { version: 'v1beta1', resources: [resource('deployments', 'Deployment', 'Namespaced')] },
      ],
    },
    {
      metadata: { name: 'authorization.k8s.io' },
      versions: [{ version: 'v1', resources: [resource('r', 'Review', 'Cluster', ['create'])] }],
    },
    ...extra,
  ],
})

let requests: ApiRequest[]
let answers: (request: ApiRequest) => ApiReply
let groups: unknown
let probe: Probe
beforeEach(() => {
  requests = []
  groups = group()
  answers = () => reply(200, {})
  const api = async (request: ApiRequest) => {
    if (request.path === '/api') return reply(200, CORE)
    if (request.path === '/apis') return reply(200, groups)
    requests.push(request)
    return answers(request)
  }
  probe = { server: '', ca: '', api } as unknown as Probe
})
const asked = () => requests.map(({ method, path }) => `${method} ${path}`)

describe('discovery', () => {
  it('learns of a kind that came later, and asks no more than it must', async () => {
    await expect(resourceOf(probe, { apiVersion: 'x.test/v1', kind: 'New' })).rejects.toThrow(UserError)
    groups = group([
      { metadata: { name: 'x.test' }, versions: [{ version: 'v1', resources: [resource('news', 'New', 'Cluster')] }] },
    ])
    expect(await pathOf(probe, { apiVersion: 'x.test/v1', kind: 'New', name: 'a/b' })).toBe(
      '/apis/x.test/v1/news/a%2Fb',
    )
  })

  it('names each kind that can be deleted once, in the preferred version', async () => {
    const kinds = await deletableResources(probe)
    expect(kinds.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 Pod',
      'v1 Node',
      'apps/v1 Deployment',
    ])
  })
})

describe('objects', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } }

  it('applies on the server side, for good or dry', async () => {
    await apply(probe, deployment)
    await apply(probe, deployment, { dryRun: true, force: false, fieldManager: 'me', as: { kind: 'anonymous' } })
    expect(asked()).toEqual([
      'PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=k8s-sec-lab&force=true',
      'PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=me&dryRun=All',
    ])
    expect(requests[1]).toMatchObject({ contentType: 'application/apply-patch+yaml', as: { kind: 'anonymous' } })
  })

  it('creates what has only a beginning of a name, in the default namespace', async () => {
    await apply(probe, { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'a-' } })
    await create(probe, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }, { dryRun: true })
    expect(asked()).toEqual([
      'POST /api/v1/namespaces/default/pods?fieldManager=k8s-sec-lab',
      'POST /api/v1/nodes?fieldManager=k8s-sec-lab&dryRun=All',
    ])
  })

  it('lists page by page, and gives each item its kind', async () => {
    answers = ({ path }) =>
      path.includes('continue=more')
        ? reply(200, { items: [{ metadata: { name: 'b' } }], metadata: {} })
        : reply(200, { items: [{ metadata: { name: 'a' } }], metadata: { continue: 'more' } })
    const found = await list(probe, { ...deployment, namespace: 'shop' }, { labelSelector: 'a=b,c' })
    expect(found).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'b' } },
    ])
    expect(asked()[0]).toBe('GET /apis/apps/v1/namespaces/shop/deployments?limit=500&labelSelector=a%3Db%2Cc')
  })

  it('reads, deletes and waits', async () => {
    answers = () => status(404, 'NotFound')
    expect(await read(probe, refOf(deployment))).toBeUndefined()
    answers = () => status(403, 'Forbidden')
    await expect(read(probe, refOf(deployment))).rejects.toThrow('Could not read Deployment shop/web: Forbidden it is')
    await remove(probe, refOf(deployment), { propagation: 'Foreground', graceSeconds: 0 })
    expect(requests.at(-1)).toMatchObject({
      method: 'DELETE',
      body: { propagationPolicy: 'Foreground', gracePeriodSeconds: 0 },
    })

    let now = 0
    const sleep = async (ms: number) => {
      now += ms
    }
    const clock: Clock = { now: () => now, sleep }
    answers = () => (now < 300 ? reply(200, {}) : status(404, 'NotFound'))
    expect(await waitGone(probe, refOf(deployment), { clock, deadlineMs: 1000 })).toBe(true)
    answers = () => reply(200, {})
    expect(await waitGone(probe, refOf(deployment), { clock, deadlineMs: 500 })).toBe(false)
    expect(describeRef({ apiVersion: 'v1', kind: 'Node', name: 'n' })).toBe('Node n')
  })
})

describe('replies', () => {
  it('speak for themselves', () => {
    expect(statusMessage(status(409, 'Conflict'))).toBe('Conflict it is')
    expect(statusReason(status(409, 'Conflict'))).toBe('Conflict')
    expect(statusMessage({ ...reply(502, undefined), text: '<html>' })).toBe('HTTP 502: <html>')
    expect(statusMessage({ ...reply(502, undefined), text: '' })).toBe('HTTP 502')
    expect(orThrow(reply(201, {}), 'x').status).toBe(201)
    expect(() => orThrow(status(403, 'Forbidden'), 'make it')).toThrow('Could not make it: Forbidden it is')
  })
})
