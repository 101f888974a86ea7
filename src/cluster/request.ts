import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import { UnreachableError } from '../core/errors.ts'

/** A TLS server on loopback and what may be shown to it. PEM. */
export type TlsTarget = {
  readonly component: string
  readonly server: string // https://127.0.0.1:port
  readonly ca: string
  readonly cert?: string
  readonly key?: string
}

export type RawReply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Raw values of each header, in order; headers such as Warning come more than once. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

export type RawRequest = {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Headers that are sent once per value. */
  readonly repeated?: Readonly<Record<string, readonly string[]>>
  readonly body?: string | Uint8Array
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/**
 * Connections of one TLS identity. Kept alive and never shared with another identity: a client certificate belongs to
 * the connection, so a shared one would answer a stranger as the admin.
 */
export const createTlsClient = (target: TlsTarget) => {
  const agent = new Agent({
    keepAlive: true,
    keepAliveMsecs: 10_000,
    maxSockets: 16,
    timeout: 60_000,
    ca: target.ca,
    ...(target.cert === undefined ? {} : { cert: target.cert, key: target.key }),
  })
  return {
    /** One request. Throws UnreachableError when no HTTP reply comes, AbortError when cancelled. */
    send: (request: RawRequest): Promise<RawReply> => sendOnce(target, agent, request, true),
    /** Closes idle and busy connections. */
    close: () => agent.destroy(),
  }
}
export type TlsClient = ReturnType<typeof createTlsClient>

const sendOnce = (target: TlsTarget, agent: Agent, request: RawRequest, mayRetry: boolean): Promise<RawReply> =>
  new Promise((resolve, reject) => {
    const { signal } = request
    if (signal?.aborted) return reject(abortError())
    const url = new URL(target.server)
    const options: RequestOptions = {
      agent,
      host: url.hostname,
      port: url.port,
      path: request.path,
      method: request.method,
      headers: {
        ...request.headers,
        ...request.repeated,
        ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
      },
    }
    const outgoing = httpsRequest(options)
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer within ${request.timeoutMs / 1000} s`)),
      request.timeoutMs,
    )
    const onAbort = () => outgoing.destroy(abortError())
    signal?.addEventListener('abort', onAbort, { once: true })
    let settled = false
    const settle = () => {
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const fail = (error: Error & { code?: string }) => {
      // A request that is cancelled while its answer comes in fails twice: by itself, and by the answer that broke off.
      if (settled) return
      settle()
      if (error.name === 'AbortError') return reject(error)
      // The server closed an idle connection at the very moment it was used again: that is no answer to anything.
      if (mayRetry && outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
        return resolve(sendOnce(target, agent, request, false))
      }
      reject(
        new UnreachableError({
          component: target.component,
          what: `${target.component} does not answer at ${target.server}: ${reason(error)}.`,
          cause: error,
        }),
      )
    }
    outgoing.once('error', fail)
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', fail)
      response.once('end', () => {
        settle()
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [
              name,
              Array.isArray(value) ? value.join(', ') : (value ?? ''),
            ]),
          ),
          rawHeaders: response.rawHeaders,
          body: Buffer.concat(chunks),
        })
      })
    })
    outgoing.end(request.body)
  })

const reason = (error: Error & { code?: string }): string => {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing listens there'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'it closed the connection'
    default:
      return error.message
  }
}

const abortError = (): Error => {
  const error = new Error('The request was cancelled.')
  error.name = 'AbortError'
  return error
}
