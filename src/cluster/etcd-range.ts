import { UnreachableError } from '../core/errors.ts'

type RangeReply = {
  readonly kvs?: readonly { readonly key: string; readonly value?: string }[]
  readonly more?: boolean
  readonly message?: string
}

const PAGE = 500

/** Asks etcd's JSON gateway (/v3/kv/range) and answers status and body. */
export type PostRange = (
  body: string,
  signal: AbortSignal | undefined,
) => Promise<{ readonly status: number; readonly body: string }>

/**
 * All pairs under a prefix in key order, at most `limit`, page by page. Throws UnreachableError when etcd does not
 * answer. https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
 */
export const readRange = async (
  post: PostRange,
  prefix: string,
  options: { readonly signal?: AbortSignal; readonly limit?: number } = {},
): Promise<readonly { key: string; value: Uint8Array }[]> => {
  const { signal, limit = Number.POSITIVE_INFINITY } = options
  const end = endOfPrefix(Buffer.from(prefix)).toString('base64')
  const found: { key: string; value: Uint8Array }[] = []
  let start = Buffer.from(prefix)
  while (found.length < limit) {
    const question = {
      key: start.toString('base64'),
      range_end: end,
      limit: String(Math.min(PAGE, limit - found.length)),
    }
    const reply = await post(JSON.stringify(question), signal)
    const range = parse(reply.body)
    if (reply.status !== 200 || range === undefined) {
      const words = range?.message ?? `HTTP ${reply.status}`
      throw new UnreachableError({ component: 'etcd', what: `etcd does not give its keys away: ${words}.` })
    }
    const kvs = range.kvs ?? []
    for (const { key, value } of kvs) {
      found.push({ key: Buffer.from(key, 'base64').toString('utf8'), value: Buffer.from(value ?? '', 'base64') })
    }
    const last = kvs.at(-1)
    if (!range.more || !last) break
    start = Buffer.concat([Buffer.from(last.key, 'base64'), Buffer.from([0])])
  }
  return found
}

/** The first key after all keys with that prefix. An empty prefix, or one of 0xff bytes, means: to the end. */
export const endOfPrefix = (prefix: Buffer): Buffer => {
  const end = Buffer.from(prefix)
  for (let index = end.length - 1; index >= 0; index -= 1) {
    const byte = end[index] ?? 0
    if (byte < 0xff) {
      end[index] = byte + 1
      return end.subarray(0, index + 1)
    }
  }
  return Buffer.from([0])
}

const parse = (body: string): RangeReply | undefined => {
  try {
    return JSON.parse(body) as RangeReply
  } catch {
    return undefined
  }
}
