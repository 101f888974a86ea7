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
})
