import { askVault, vaultOrThrow, vaultRootToken } from '../core/api/vault.ts'
import type { Bindings, Json, Lesson } from '../core/model.ts'
import type { Probe } from '../core/ports.ts'
import { fillJson } from '../core/template.ts'

/** Writes what a lesson keeps in the add-on vault: secrets of the engine at secret/, and tokens with ids of its own. */
export const seedVault = async (options: {
  readonly lesson: Lesson
  readonly bindings: Bindings
  readonly probe: Probe
  readonly signal?: AbortSignal
}): Promise<void> => {
  const { lesson, bindings, probe, signal } = options
  if (!lesson.vault) return
  const { secrets, tokens } = fillJson(lesson.vault as unknown as Json, bindings) as unknown as typeof lesson.vault
  const token = await vaultRootToken(probe, signal)
  const write = async (path: string, body: unknown): Promise<void> => {
    const reply = await askVault(probe, { method: 'POST', path, token, body, signal })
    vaultOrThrow(reply, `write ${path} into Vault`)
  }
  for (const [path, data] of Object.entries(secrets)) await write(`/secret/data/${path}`, { data })
  for (const { id, name, policies } of tokens) {
    await write('/auth/token/create', { id, policies, display_name: name, no_parent: true, no_default_policy: true })
  }
}
