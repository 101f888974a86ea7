import { askVault, vaultOrThrow, vaultRootToken } from '../../core/api/vault.ts'
import type { Probe } from '../../core/ports.ts'
import type { Upstream } from './upstream.ts'

/** One key of one secret of the KV version 2 engine at `secret/`. */
export type VaultKey = { readonly path: string; readonly key: string }

/** "Vault secret/app/db, key password". */
export const describeVaultKey = ({ path, key }: VaultKey): string => `Vault secret/${path}, key ${key}`

/** The lab's own Vault as the place where the truth is kept. */
export const vaultUpstream = (probe: Probe, where: VaultKey): Upstream => {
  const path = `/secret/data/${where.path}`
  const all = async (signal?: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const reply = await askVault(probe, { path, token: await vaultRootToken(probe, signal), signal })
    if (reply.status === 404) return undefined
    const body = vaultOrThrow(reply, `read ${describeVaultKey(where)}`).json
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
      const body = { data: { ...(await all(signal)), [where.key]: value } }
      const token = await vaultRootToken(probe, signal)
      const reply = await askVault(probe, { method: 'POST', path, token, body, signal })
      vaultOrThrow(reply, `write ${describeVaultKey(where)}`)
    },
  }
}
