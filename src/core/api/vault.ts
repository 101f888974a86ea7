import { UnreachableError, UserError } from '../errors.ts'
import type { ApiReply, Probe } from '../ports.ts'
import { read } from './objects.ts'
import { isOk } from './reply.ts'

/** The way to the add-on vault that both backends have: through the API server, which passes on a header it does not know. */
const PROXY = '/api/v1/namespaces/vault/services/https:vault:https/proxy/v1'
/** Keeps what Vault itself was started with. No application may read it. */
const KEPT = { apiVersion: 'v1', kind: 'Secret', namespace: 'vault', name: 'vault-server' }

type Call = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Without /v1: `/sys/auth`. */
  readonly path: string
  /** Left out: nobody. */
  readonly token?: string
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** The token that this Vault was started with, in which the lab asks and prepares; '' when there is none. */
export const vaultRootToken = async (probe: Probe, signal?: AbortSignal): Promise<string> => {
  const kept = await read(probe, KEPT, { signal })
  const encoded = (kept?.data as Readonly<Record<string, string>> | undefined)?.token ?? ''
  return Buffer.from(encoded, 'base64').toString('utf8')
}

/** The words of a reply of Vault: its errors on one line. */
export const vaultWords = (reply: ApiReply): string => {
  const errors = (reply.json as { errors?: unknown } | undefined)?.errors
  const words = Array.isArray(errors) ? errors.map(String).join('; ') : ''
  return (words || `HTTP ${reply.status}`).replaceAll(/\s+/g, ' ').trim()
}

/**
 * What Vault itself answered. Throws UnreachableError when it gave no answer: it does not run, or it is sealed and
 * knows nothing.
 */
export const askVault = async (probe: Probe, call: Call): Promise<ApiReply> => {
  const { method = 'GET', path, token, body, signal } = call
  const headers: Readonly<Record<string, string>> = token === undefined ? {} : { 'x-vault-token': token }
  const wanted = { method, path: `${PROXY}${path}`, headers, timeoutMs: 5000 }
  const reply = await probe.api({ ...wanted, ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) })
  const isStatus = (reply.json as { kind?: unknown } | undefined)?.kind === 'Status'
  if (reply.status < 500 && !isStatus) return reply
  const words = isStatus ? (reply.json as { message?: string }).message : vaultWords(reply)
  throw new UnreachableError({ component: 'vault', what: `Vault gave no answer: ${words ?? `HTTP ${reply.status}`}` })
}

/** The reply when it is 2xx; otherwise throws UserError with Vault's words. `what` completes "Could not …". */
export const vaultOrThrow = (reply: ApiReply, what: string): ApiReply => {
  if (isOk(reply)) return reply
  throw new UserError({
    what: `Could not ${what}: ${vaultWords(reply)}`,
    next: 'Begin the lesson again with `k8s-sec-lab reset`.',
    exitCode: 3,
  })
}
