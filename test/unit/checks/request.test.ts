import { describe, expect, it } from 'vitest'
import { request } from '../../../src/checks/kinds/request.ts'
import { UserError } from '../../../src/core/errors.ts'
import type { CheckContext } from '../../../src/core/ports.ts'

const answering = (status: number, text = ''): CheckContext =>
  ({
    probe: { api: async () => ({ status, headers: {}, warnings: [], text, json: undefined }) },
    credential: async () => ({ kind: 'admin' }),
    signal: new AbortController().signal,
  }) as unknown as CheckContext

const ask = (status: number, wanted: number) =>
  request.run({ requests: [{ path: '/livez', status: wanted }] }, answering(status))

describe('request', () => {
  it.each([429, 503, 504])('takes %i for a machine that cannot answer, unless the lesson asks for it', async (busy) => {
    expect(await ask(busy, 200)).toMatchObject({ kind: 'unknown', reason: expect.stringContaining(String(busy)) })
    expect(await ask(busy, 403)).toMatchObject({ kind: 'unknown' })
    expect(await ask(busy, busy)).toMatchObject({ kind: 'met' })
  })

  it.each(['no endpoints available for service "stats"', 'error trying to reach service: connection refused'])(
    'tells a Service that does not answer (%s) from a server that cannot',
    async (text) => {
      const requests = [{ path: '/api/v1/namespaces/market/services/stats:8080/proxy/', status: 200 }]
      expect(await request.run({ requests }, answering(503, text))).toMatchObject({ kind: 'unmet' })
    },
  )

  it('says of no request that it went wrong when there is no credential to send it with', async () => {
    const refusing = {
      ...answering(200),
      credential: async () => Promise.reject(new UserError({ what: 'no file', next: 'Write it.' })),
    }
    const requests = [{ path: '/livez', status: 403 }]
    expect(await request.run({ as: { kubeconfig: 'x' }, requests }, refusing)).toMatchObject({ data: { wrong: [] } })
  })

  it('shows an internal error as what it is: a store that cannot be decrypted answers so', async () => {
    expect(await ask(500, 200)).toMatchObject({ kind: 'unmet', summary: '500 Internal Server Error' })
  })

  it('shows that it is the body that is wrong where the status is as wanted', async () => {
    const requests = [{ path: '/api/v1/configmaps', status: 200, 'body-contains': 'hunter2' }]
    expect(await request.run({ requests }, answering(200, '[]'))).toMatchObject({ summary: '200 OK, other content' })
    expect(await request.run({ requests }, answering(200, 'hunter2'))).toMatchObject({ summary: '200 OK' })
  })

  it('only tries what would be written, and hands on to a Service as it is', async () => {
    const paths: string[] = []
    const { probe, ...rest } = answering(409)
    const api: typeof probe.api = (sent) => {
      paths.push(sent.path)
      return probe.api(sent)
    }
    const service = '/api/v1/namespaces/a/services/http:b:http/proxy/v1/verify'
    const requests = ['/api/v1/pods', service].map((path) => ({ method: 'POST' as const, path, status: 409 }))
    expect(await request.run({ requests }, { ...rest, probe: { ...probe, api } })).toMatchObject({ kind: 'met' })
    expect(paths).toEqual(['/api/v1/pods?dryRun=All', service])
  })
})
