import { describe, expect, it } from 'vitest'
import { vault } from '../../../src/checks/kinds/vault.ts'
import type { ApiReply, ApiRequest } from '../../../src/core/ports.ts'
import { contextWith, discovery } from './nodes-here.ts'

const PROXY = '/api/v1/namespaces/vault/services/https:vault:https/proxy/v1'
const account = { serviceAccount: 'app/store', role: 'app', audience: 'vault' }

const reply = (status: number, json: unknown): ApiReply => ({
  status,
  headers: {},
  warnings: [],
  text: JSON.stringify(json),
  json,
})

/** A Vault with one role and one token for it; `login`, `rights` and `reads` are what it says. */
const vaultThat = (says: { login?: ApiReply; rights?: readonly string[]; reads?: boolean; down?: boolean } = {}) => {
  const asked: ApiRequest[] = []
  let written: unknown
  const api = async (request: ApiRequest): Promise<ApiReply> => {
    asked.push(request)
    const { method, path, body, headers } = request
    if (path === '/api') return reply(200, discovery({ Secret: 'secrets' }))
    if (path === '/apis') return reply(200, { items: [] })
    if (path.endsWith('/token') && !path.startsWith(PROXY)) return reply(201, { status: { token: 'jwt' } })
    if (path.endsWith('/secrets/vault-server')) {
      return reply(200, { data: { token: Buffer.from('root-token').toString('base64') } })
    }
    if (says.down) return reply(503, { kind: 'Status', message: 'no endpoints available for service "vault"' })
    switch (`${method} ${path.slice(PROXY.length)}`) {
      case 'POST /auth/kubernetes/login':
        return says.login ?? reply(200, { auth: { client_token: 'mine', policies: ['app', 'default'] } })
      case 'GET /auth/token/lookup-self':
        return says.login ?? reply(200, { data: { policies: ['root'] } })
      case 'POST /sys/capabilities':
        return reply(200, { data: { 'secret/data/other': says.rights ?? ['deny'] } })
      case 'POST /secret/data/app/probe-1':
        written = (body as { data: unknown }).data
        return reply(200, {})
      case 'GET /secret/data/app/probe-1':
        if (headers?.['x-vault-token'] !== 'mine' || says.reads === false) return reply(403, { errors: ['denied'] })
        return reply(200, { data: { data: written } })
      default:
        return reply(204, undefined)
    }
  }
  return { asked, api, calls: () => asked.map(({ method, path }) => `${method} ${path.replace(PROXY, '')}`) }
}

const look = (fields: object, says: Parameters<typeof vaultThat>[0] = {}) => {
  const world = vaultThat(says)
  const context = contextWith({ api: world.api })
  const bindings = { ...context.bindings, nonce: { ...context.bindings.nonce, 'throw-away': 'throw-away-x' } }
  return { ...world, found: vault.run(fields, { ...context, bindings }) }
}
const refused = (...errors: readonly string[]) => reply(403, { errors })

describe('vault', () => {
  it('reads a value of its own as the account, and leaves neither the value nor the login behind', async () => {
    const { found, calls, asked } = look({
      as: account,
      reads: ['app/probe-1'],
      may: { 'secret/data/other': ['deny'] },
    })
    expect(await found).toMatchObject({ kind: 'met', data: { problem: '', policies: ['app', 'default'] } })
    expect(calls().slice(-3)).toEqual([
      'DELETE /secret/metadata/app/probe-1',
      'POST /sys/capabilities',
      'POST /auth/token/revoke-self',
    ])
    const login = asked.find(({ path }) => path.endsWith('/kubernetes/login'))
    expect(login).toMatchObject({ body: { role: 'app', jwt: 'jwt' }, headers: {} })
  })

  it('names the paths that are open beyond what was asked for', async () => {
    const { found } = look({ as: account, may: { 'secret/data/other': ['deny'] } }, { rights: ['read', 'list'] })
    expect(await found).toMatchObject({
      kind: 'unmet',
      data: { problem: 'rights', extra: ['secret/data/other read', 'secret/data/other list'], missing: [] },
    })
  })

  it('says how long a login lives that lives too long', async () => {
    const fields = { as: account, may: { 'secret/data/other': ['deny'] }, 'lifetime-max': '10m' }
    const login = (seconds: number) =>
      reply(200, { auth: { client_token: 'mine', policies: ['app'], lease_duration: seconds } })
    expect(await look(fields, { login: login(600) }).found).toMatchObject({ kind: 'met' })
    const { found, calls } = look(fields, { login: login(2_764_800) })
    expect(await found).toMatchObject({
      kind: 'unmet',
      found: expect.stringContaining('lives 32 days'),
      data: { problem: 'long-lived' },
    })
    expect(calls().at(-1)).toBe('POST /auth/token/revoke-self')
    expect(await look(fields, { login: login(0) }).found).toMatchObject({ kind: 'unmet' })
  })

  it('takes the value away again when it could not be read', async () => {
    const { found, calls } = look({ as: account, reads: ['app/probe-1'] }, { reads: false })
    expect(await found).toMatchObject({ kind: 'unmet', data: { problem: 'unread', message: 'denied' } })
    expect(calls()).toContain('DELETE /secret/metadata/app/probe-1')
    expect(calls().at(-1)).toBe('POST /auth/token/revoke-self')
  })

  it('tells a refused login from a role that does not exist', async () => {
    const fields = { as: account, login: 'refused' }
    expect(await look(fields, { login: refused('invalid audience') }).found).toMatchObject({ kind: 'met' })
    const none = reply(400, { errors: ['invalid role name "app"'] })
    expect(await look(fields, { login: none }).found).toMatchObject({ kind: 'unmet', data: { problem: 'no-role' } })
    expect(await look(fields).found).toMatchObject({ kind: 'unmet', data: { problem: 'let-in' } })
  })

  it('says which of several accounts gets in', async () => {
    const other = { serviceAccount: 'billing/store', role: 'app', audience: 'vault' }
    const { found } = look({ as: [account, other], login: 'refused' })
    expect(await found).toMatchObject({
      kind: 'unmet',
      data: { problem: 'let-in', who: expect.stringContaining('app/store') },
    })
  })

  it('looks a token up, and does not end it', async () => {
    const { found, calls } = look({ as: { token: 'leaked' }, login: 'refused' })
    expect(await found).toMatchObject({ kind: 'unmet', data: { problem: 'let-in', policies: ['root'] } })
    expect(calls()).not.toContain('POST /auth/token/revoke-self')
  })

  it('never takes silence for a refusal', async () => {
    const { found } = look({ as: account, login: 'refused' }, { down: true })
    expect(await found).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('no endpoints available') })
  })

  it('wants a nonce in what it writes, and one thing at a time', () => {
    const parse = (fields: object) => vault.schema.safeParse(fields).success
    expect(parse({ as: account, reads: ['app/((nonce.leaf))'] })).toBe(true)
    expect(parse({ as: account, reads: ['app/db'] })).toBe(false)
    expect(parse({ as: account })).toBe(false)
    expect(parse({ as: account, login: 'refused', reads: ['app/((nonce.leaf))'] })).toBe(false)
    expect(parse({ as: { token: 'x' }, may: { 'sys/policies/acl/app': ['root'] } })).toBe(true)
  })
})
