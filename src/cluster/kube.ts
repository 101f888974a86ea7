import { createHash } from 'node:crypto'
import { Agent } from 'node:https'
import type { ApiReply, ApiRequest, Credential, Probe } from '../core/ports.ts'
import { createTlsClient, type TlsClient } from './request.ts'
import { createWatcher } from './watch.ts'

/** The API server as the holder of a client certificate sees it. PEM. */
export type KubeAccess = {
  readonly server: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** Requests as anybody, and watches as the admin. Connections are made when first needed. */
export const createKube = (
  access: KubeAccess,
  options: {
    /** Silence on a watch that counts as its death. */
    readonly silenceMs?: number
  } = {},
): Pick<Probe, 'server' | 'ca' | 'api' | 'watch'> & { close(): void } => {
  const clients = new Map<string, TlsClient>()
  const clientFor = (id: string, pair?: { readonly cert: string; readonly key: string }): TlsClient => {
    const known = clients.get(id)
    if (known) return known
    const made = createTlsClient({ component: 'kube-apiserver', server: access.server, ca: access.ca, ...pair })
    clients.set(id, made)
    return made
  }
  /** Which connections, and which headers, stand for a credential. */
  const present = (
    as: Credential,
  ): { readonly client: TlsClient; readonly headers: Readonly<Record<string, string>> } => {
    switch (as.kind) {
      case 'admin':
        return { client: clientFor('admin', access), headers: {} }
      case 'anonymous':
        return { client: clientFor('none'), headers: {} }
      case 'token':
        return { client: clientFor('none'), headers: { authorization: `Bearer ${as.token}` } }
      case 'certificate': {
        const id = createHash('sha256').update(as.cert).update(as.key).digest('hex')
        return { client: clientFor(id, as), headers: {} }
      }
      case 'impersonate':
        return { client: clientFor('admin', access), headers: { 'impersonate-user': as.user } }
    }
  }

  const api = async (request: ApiRequest): Promise<ApiReply> => {
    const as = request.as ?? { kind: 'admin' }
    const { client, headers } = present(as)
    const body =
      request.body === undefined
        ? undefined
        : typeof request.body === 'string' || request.body instanceof Uint8Array
          ? request.body
          : JSON.stringify(request.body)
    const reply = await client.send({
      method: request.method,
      path: request.path,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
        ...headers,
        ...request.headers,
      },
      ...(as.kind === 'impersonate' && as.groups.length > 0 ? { repeated: { 'Impersonate-Group': as.groups } } : {}),
      body,
      timeoutMs: request.timeoutMs ?? 10_000,
      signal: request.signal,
    })
    const text = reply.body.toString('utf8')
    return {
      status: reply.status,
      headers: reply.headers,
      warnings: warningsIn(reply.rawHeaders),
      text,
      json: parseJson(text),
    }
  }

  return {
    server: access.server,
    ca: access.ca,
    api,
    watch: createWatcher({
      api,
      silenceMs: options.silenceMs,
      open: async () => {
        const { Watch } = await import('./client-node.ts')
        const { server, ca, cert, key } = access
        const agent = new Agent({ ca, cert, key })
        // All that a watch asks of a kubeconfig: where to, and as whom.
        const config = { getCurrentCluster: () => ({ server }), applyToFetchOptions: async () => ({ agent }) }
        const watch = new Watch(config as unknown as ConstructorParameters<typeof Watch>[0])
        return (path, query, onEvent, onEnd) => watch.watch(path, query, onEvent, onEnd)
      },
    }),
    close: () => {
      for (const client of clients.values()) client.close()
      clients.clear()
    },
  }
}

/** Texts of `Warning: 299 agent "text"` headers (RFC 9110, quoted strings unescaped). */
export const warningsIn = (rawHeaders: readonly string[]): readonly string[] =>
  rawHeaders.flatMap((name, index) => {
    if (index % 2 === 1 || name.toLowerCase() !== 'warning') return []
    const values = rawHeaders[index + 1] ?? ''
    return [...values.matchAll(/\b299\s+\S+\s+"((?:[^"\\]|\\.)*)"/g)].map((match) =>
      (match[1] ?? '').replace(/\\(.)/g, '$1'),
    )
  })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
