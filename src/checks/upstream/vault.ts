import { isOk, orThrow } from '../../core/api/reply.ts'
import type { Probe } from '../../core/ports.ts'
import { readSecretKey } from './kubernetes-secret.ts'
import type { Upstream } from './upstream.ts'

/** One key of one secret of the KV version 2 engine at `secret/`. */
export type VaultKey = { readonly path: string; readonly key: string }

/** Through the API server, which is the way that both backends have. */
const PROXY = '/api/v1/namespaces/vault/services/https:vault:https/proxy/v1'
const ROOT = { namespace: 'vault', name: 'vault-server', key: 'token' }

/** "Vault secret/app/db, key password". */
export const describeVaultKey = ({ path, key }: VaultKey): string => `Vault secret/${path}, key ${key}`

/** The lab's own Vault as the place where the truth is kept. */
export const vaultUpstream = (probe: Probe, where: VaultKey): Upstream => {
  const path = `${PROXY}/secret/data/${where.path}`
  const headers = async (signal?: AbortSignal) => ({
    'x-vault-token': (await readSecretKey(probe, ROOT, signal)) ?? '',
  })
  const all = async (signal?: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const reply = await probe.api({ method: 'GET', path, headers: await headers(signal), signal, timeoutMs: 5000 })
    if (reply.status === 404) return undefined
    const body = orThrow(reply, `read ${describeVaultKey(where)}`).json
    return (body as { data?: { data?: Readonly<Record<string, unknown>> } }).data?.data
  }
  return {
    name: describeVaultKey(where),
    read: async (signal) => {
      const value = (await all(signal))?.[where.key]
      return typeof value === 'string' ? value : undefined
    },
    // A new version of the secret with all its keys.
    write: async (value, signal) => {
      const data = { ...(await all(signal)), [where.key]: value }
      const wanted = { method: 'POST', path, headers: await headers(signal), body: { data }, timeoutMs: 5000 } as const
      const reply = await probe.api({ ...wanted, ...(signal ? { signal } : {}) })
      if (!isOk(reply)) orThrow(reply, `write ${describeVaultKey(where)}`)
    },
  }
}
