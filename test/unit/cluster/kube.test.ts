import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeyPem, makeCa, makeLeaf } from '../../../src/cluster/embedded/certificates.ts'
import { createKube, warningsIn } from '../../../src/cluster/kube.ts'
import type { Credential } from '../../../src/core/ports.ts'

/** A TLS server that tells whom it sees: the name in the client certificate, and the headers. */
const startServer = async (ca: KeyPem, leaf: KeyPem) => {
  const server = createServer(
    { ...leaf, ca: ca.cert, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      if (request.url === '/hang') return
      if (request.url === '/cut') return void request.socket.destroy()
      const socket = request.socket as TLSSocket
      const body: Buffer[] = []
      request.on('data', (chunk) => body.push(chunk))
      request.on('end', () => {
        response.setHeader('warning', ['299 - "be \\"careful\\""', '299 - "and calm"'])
        response.setHeader('content-type', 'application/json')
        response.end(
          JSON.stringify({
            certificate: socket.getPeerCertificate()?.subject?.CN ?? null,
            headers: request.rawHeaders,
            method: request.method,
            body: Buffer.concat(body).toString(),
          }),
        )
      })
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('createKube', () => {
  let ca: KeyPem
  let admin: KeyPem
  let jane: KeyPem
  let started: Awaited<ReturnType<typeof startServer>>
  let kube: ReturnType<typeof createKube>
  beforeAll(async () => {
    ca = await makeCa('test', 2)
    const leaf = await makeLeaf(ca, { commonName: 'server', usages: ['server'], ips: ['127.0.0.1'], days: 1 })
    admin = await makeLeaf(ca, { commonName: 'admin', usages: ['client'], days: 1 })
    jane = await makeLeaf(ca, { commonName: 'jane', usages: ['client'], days: 1 })
    started = await startServer(ca, leaf)
    kube = createKube({ server: started.url, ca: ca.cert, ...admin })
  })
  afterAll(() => {
    kube.close()
    started.server.closeAllConnections()
    started.server.close()
  })
  const seen = async (as?: Credential) => {
    const { json } = await kube.api({ method: 'GET', path: '/', ...(as ? { as } : {}) })
    const { certificate, headers } = json as { certificate: string | null; headers: string[] }
    const values = (name: string) => headers.filter((_, index) => headers[index - 1]?.toLowerCase() === name)
    return { certificate, values }
  }

  it('shows each identity on connections of its own, in any order', async () => {
    const expected: readonly (readonly [Credential, string | null])[] = [
      [{ kind: 'admin' }, 'admin'],
      [{ kind: 'anonymous' }, null],
      [{ kind: 'certificate', ...jane }, 'jane'],
      [{ kind: 'token', token: 'abc' }, null],
      [{ kind: 'impersonate', user: 'joe', groups: [] }, 'admin'],
    ]
    for (const round of [expected, [...expected].reverse(), expected]) {
      const names = await Promise.all(round.map(async ([as]) => (await seen(as)).certificate))
      expect(names).toEqual(round.map(([, name]) => name))
    }
    expect((await seen()).certificate).toBe('admin')
  })

  it('sends tokens and impersonation as headers, one per group', async () => {
    expect((await seen({ kind: 'token', token: 'abc' })).values('authorization')).toEqual(['Bearer abc'])
    const joe = await seen({ kind: 'impersonate', user: 'joe', groups: ['a', 'b'] })
    expect(joe.values('impersonate-user')).toEqual(['joe'])
    expect(joe.values('impersonate-group')).toEqual(['a', 'b'])
    expect((await seen({ kind: 'anonymous' })).values('authorization')).toEqual([])
  })

  it('sends bodies as they are or as JSON, and reads warnings', async () => {
    const raw = await kube.api({ method: 'POST', path: '/', body: 'a: 1', contentType: 'application/yaml' })
    expect(raw.json).toMatchObject({ method: 'POST', body: 'a: 1' })
    expect(raw.warnings).toEqual(['be "careful"', 'and calm'])
    expect(raw.headers['content-type']).toBe('application/json')
    expect((await kube.api({ method: 'PUT', path: '/', body: { ä: 1 } })).json).toMatchObject({ body: '{"ä":1}' })
  })

  it('tells silence and cut connections from answers, and cancels at once', async () => {
    const silent = kube.api({ method: 'GET', path: '/hang', timeoutMs: 50 })
    await expect(silent).rejects.toMatchObject({ name: 'UnreachableError', message: expect.stringContaining('within') })
    await expect(kube.api({ method: 'GET', path: '/cut' })).rejects.toMatchObject({ name: 'UnreachableError' })
    const cancel = new AbortController()
    const cancelled = kube.api({ method: 'GET', path: '/hang', signal: cancel.signal })
    cancel.abort()
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' })
    await expect(kube.api({ method: 'GET', path: '/', signal: cancel.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })

  it('trusts no server but the one its authority signed', async () => {
    const other = await makeCa('other', 2)
    const wary = createKube({ server: started.url, ca: other.cert, ...admin })
    await expect(wary.api({ method: 'GET', path: '/' })).rejects.toMatchObject({ name: 'UnreachableError' })
    wary.close()
  })
})

describe('warningsIn', () => {
  it('reads several texts out of one header, and none out of others', () => {
    expect(warningsIn(['Warning', '299 - "a", 299 - "b, c"', 'Date', '299 - "no"'])).toEqual(['a', 'b, c'])
    expect(warningsIn([])).toEqual([])
  })
})
