import { type PostRange, readRange } from '../etcd-range.ts'
import { createTlsClient } from '../request.ts'

/** Reads keys from etcd through its JSON gateway, as anybody with a client certificate of etcd's CA could. */
export const createEtcdReader = (access: {
  readonly server: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}) => {
  const client = createTlsClient({ component: 'etcd', ...access })
  const post: PostRange = async (body, signal) => {
    const reply = await client.send({
      method: 'POST',
      path: '/v3/kv/range',
      headers: { 'content-type': 'application/json' },
      body,
      timeoutMs: 10_000,
      ...(signal ? { signal } : {}),
    })
    return { status: reply.status, body: reply.body.toString('utf8') }
  }
  return {
    list: (prefix: string, options?: { readonly signal?: AbortSignal; readonly limit?: number }) =>
      readRange(post, prefix, options),
    close: () => client.close(),
  }
}
