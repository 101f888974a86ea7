import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { kubelet } from '../../../src/checks/kinds/kubelet.ts'
import { contextWith, nodesHere } from './nodes-here.ts'

const asked: IncomingMessage[] = []
const server = createServer((request, response) => {
  asked.push(request)
  const status = request.headers.authorization === 'Bearer good"token' ? 200 : 401
  response.writeHead(status).end(status === 200 ? 'fine\nand more\n' : 'Unauthorized')
})
const listen = () =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
afterEach(() => {
  asked.length = 0
  server.close()
})

const api = async () => ({
  status: 201,
  headers: {},
  warnings: [],
  text: '',
  json: { status: { token: 'good"token' } },
})

describe('kubelet', () => {
  it('asks with a minted token that no list of processes shows', async () => {
    const port = await listen()
    const nodes = nodesHere('127.0.0.1')
    const requests = [{ path: '/metrics?x={1}', status: 200, 'body-contains': 'and more' }]
    const fields = { as: { serviceAccount: 'a/b' }, requests, port, scheme: 'http' as const }
    const found = await kubelet.run(fields, contextWith({ nodes, api }))
    expect(found).toMatchObject({ kind: 'met', data: { status: 200, body: 'fine\nand more\n', minted: true } })
    expect(asked[0]?.url).toBe('/metrics?x={1}')
    expect(nodes.ran[0]?.argv.join(' ')).not.toContain('token')
    expect(nodes.ran[0]?.stdin).toContain('good')
  })

  it('asks as nobody by default, and shows the refusal', async () => {
    const port = await listen()
    const requests = [{ title: 'the Pods', path: '/pods', status: 200 }]
    const found = await kubelet.run({ requests, port, scheme: 'http' }, contextWith({ nodes: nodesHere('127.0.0.1') }))
    expect(found).toMatchObject({
      kind: 'unmet',
      found: 'the Pods gave 401 Unauthorized: Unauthorized',
      data: { status: 401, wrong: ['the Pods'], statuses: { 'the Pods': 401 } },
    })
    expect(asked[0]?.headers.authorization).toBeUndefined()
  })

  it('never takes silence for a refusal', async () => {
    const port = await listen()
    await new Promise((resolve) => server.close(resolve))
    const fields = { requests: [{ path: '/pods', status: [401, 403] }], port, scheme: 'http' as const }
    const found = await kubelet.run(fields, contextWith({ nodes: nodesHere('127.0.0.1') }))
    expect(found).toMatchObject({
      kind: 'unmet',
      summary: 'no answer',
      found: `GET /pods: nothing listens at 127.0.0.1:${port} (connection refused)`,
      data: { status: 0 },
    })
  })

  it('says so when there is no token to be had', async () => {
    const refusing = async () => ({ status: 404, headers: {}, warnings: [], text: 'not there', json: undefined })
    const fields = { as: { serviceAccount: 'a/b' }, requests: [{ path: '/pods', status: 403 }] }
    const found = await kubelet.run(fields, contextWith({ nodes: nodesHere('127.0.0.1'), api: refusing }))
    expect(found).toMatchObject({ kind: 'unmet', data: { minted: false, wrong: ['GET /pods'] } })
  })

  it('could not check where there is no node', async () => {
    const fields = { requests: [{ path: '/pods', status: 401 }] }
    expect(await kubelet.run(fields, contextWith({}))).toMatchObject({ kind: 'unknown' })
    const none = { ...nodesHere('127.0.0.1'), list: async () => [] }
    expect(await kubelet.run(fields, contextWith({ nodes: none }))).toMatchObject({ kind: 'unknown' })
  })
})
