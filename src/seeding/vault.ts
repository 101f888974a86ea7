import { askVault, vaultOrThrow, vaultRootToken } from '../core/api/vault.ts'
import type { Bindings, Json, Lesson } from '../core/model.ts'
import type { Probe } from '../core/ports.ts'
import { fillJson } from '../core/template.ts'

/**
 * Writes what a lesson keeps in the add-on vault: secrets of the engine at secret/, policies, roles for logins of
 * ServiceAccounts, and tokens with ids of its own.
 */
export const seedVault = async (options: {
  readonly lesson: Lesson
  readonly bindings: Bindings
  readonly probe: Probe
  readonly signal?: AbortSignal
}): Promise<void> => {
  const { lesson, bindings, probe, signal } = options
  if (!lesson.vault) return
  const { secrets, policies, roles, tokens } = fillJson(
    lesson.vault as unknown as Json,
    bindings,
  ) as unknown as typeof lesson.vault
  const token = await vaultRootToken(probe, signal)
  const write = async (path: string, body: unknown): Promise<void> => {
    const reply = await askVault(probe, { method: 'POST', path, token, body, signal })
    vaultOrThrow(reply, `write ${path} into Vault`)
  }
  for (const [path, data] of Object.entries(secrets)) await write(`/secret/data/${path}`, { data })
  for (const [name, policy] of Object.entries(policies)) await write(`/sys/policies/acl/${name}`, { policy })
  for (const [name, role] of Object.entries(roles)) {
    const [namespace = '', account = ''] = role.account.split('/')
    await write(`/auth/kubernetes/role/${name}`, {
      bound_service_account_namespaces: namespace,
      bound_service_account_names: account,
      audience: role.audience,
      token_policies: role.policies,
      token_ttl: '10m',
    })
  }
  for (const { id, name, policies: held, revoked } of tokens) {
    const own = { no_parent: true, no_default_policy: true }
    await write('/auth/token/create', { id, policies: held, display_name: name, ...own })
    if (revoked) await write('/auth/token/revoke', { token: id })
  }
}
