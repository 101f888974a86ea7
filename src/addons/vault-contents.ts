import { askVault, vaultOrThrow, vaultRootToken } from '../core/api/vault.ts'
import type { AddOnContext, Extra } from './add-on.ts'

/** Only the token that Vault was started with sees this place. */
const PICTURE = '/cubbyhole/lab'
const OWN_AUTH = ['token/', 'kubernetes/']
const OWN_MOUNTS = ['cubbyhole/', 'identity/', 'secret/', 'sys/']

type Ask = (path: string) => Promise<Readonly<Record<string, unknown>> | undefined>

const asker = async ({ probe, signal }: AddOnContext): Promise<{ readonly token: string; readonly ask: Ask }> => {
  const token = await vaultRootToken(probe, signal)
  const ask: Ask = async (path) => {
    const reply = await askVault(probe, { path, token, signal })
    if (reply.status === 404) return undefined
    const body = vaultOrThrow(reply, `read ${path} of Vault`).json
    return (body as { data?: Readonly<Record<string, unknown>> } | undefined)?.data
  }
  return { token, ask }
}

const namesIn = async (ask: Ask, path: string): Promise<readonly string[]> => {
  const { keys } = ((await ask(`${path}?list=true`)) ?? {}) as { keys?: readonly string[] }
  return keys ?? []
}

/** What a lesson may overwrite without making anything new: path to text. */
const pictured = async (ask: Ask): Promise<Readonly<Record<string, string>>> => {
  const policy = (await ask('/sys/policies/acl/default'))?.policy
  const config = (await ask('/auth/kubernetes/config')) ?? {}
  return { '/sys/policies/acl/default': JSON.stringify({ policy }), '/auth/kubernetes/config': JSON.stringify(config) }
}

/** Notes what a fresh Vault says of itself, to be put back later. */
export const pictureVault = async (context: AddOnContext): Promise<void> => {
  const { token, ask } = await asker(context)
  const { probe, signal } = context
  const call = { method: 'POST', path: PICTURE, token, body: await pictured(ask), signal } as const
  vaultOrThrow(await askVault(probe, call), 'note how Vault is set up')
}

const secretsIn = async (ask: Ask, folder = ''): Promise<readonly string[]> => {
  const names = await namesIn(ask, `/secret/metadata/${folder}`)
  const deep = names.map((name) => (name.endsWith('/') ? secretsIn(ask, `${folder}${name}`) : [`${folder}${name}`]))
  return (await Promise.all(deep)).flat()
}

/** Everything in Vault that a fresh one does not have, each with the way to take it out. */
export const vaultExtras = async (context: AddOnContext): Promise<readonly Extra[]> => {
  const { probe, signal } = context
  const { token, ask } = await asker(context)
  const send = async (method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<void> => {
    const reply = await askVault(probe, { method, path, token, body, signal })
    if (reply.status !== 404) vaultOrThrow(reply, `put back ${path} of Vault`)
  }
  const gone = (name: string, path: string): Extra => ({ name: `Vault ${name}`, remove: () => send('DELETE', path) })
  const listed = async (path: string, what: string, own: readonly string[] = []): Promise<readonly Extra[]> =>
    (await namesIn(ask, path))
      .filter((name) => !own.includes(name))
      .map((name) => gone(`${what} ${name}`, `${path}/${name}`))
  const mounted = async (path: string, own: readonly string[]): Promise<readonly Extra[]> => {
    const names = Object.keys((await ask(path)) ?? {})
    return [
      ...names.filter((name) => !own.includes(name)).map((name) => gone(name, `${path}/${name}`)),
      // Without a way to put it back: it is started anew.
      ...own.filter((name) => !names.includes(name)).map((name) => ({ name: `Vault has no ${name}` })),
    ]
  }
  const tokens = async (): Promise<readonly Extra[]> => {
    const mine = (await ask('/auth/token/lookup-self'))?.accessor
    const all = (await namesIn(ask, '/auth/token/accessors')).filter((accessor) => accessor !== mine)
    const revoke = (accessor: string) => send('POST', '/auth/token/revoke-accessor', { accessor })
    return all.map((accessor) => ({ name: `Vault token ${accessor}`, remove: () => revoke(accessor) }))
  }
  const changed = async (): Promise<readonly Extra[]> => {
    const now = await pictured(ask)
    return Object.entries((await ask(PICTURE)) ?? {})
      .filter(([path, text]) => now[path] !== text)
      .map(([path, text]) => ({
        name: `Vault ${path} (changed)`,
        remove: () => send('POST', path, JSON.parse(String(text))),
      }))
  }

  // First what would be gone with it: a mount takes its roles along.
  const whole = [await mounted('/sys/auth', OWN_AUTH), await mounted('/sys/mounts', OWN_MOUNTS)].flat()
  if (whole.some(({ remove }) => remove === undefined)) return whole
  const rest = await Promise.all([
    listed('/sys/policies/acl', 'policy', ['default', 'root']),
    listed('/sys/policies/password', 'password policy'),
    listed('/sys/quotas/rate-limit', 'quota'),
    listed('/auth/kubernetes/role', 'role'),
    listed('/identity/entity/id', 'entity'),
    listed('/identity/group/id', 'group'),
    mounted('/sys/audit', []),
    secretsIn(ask).then((all) => all.map((path) => gone(`secret/${path}`, `/secret/metadata/${path}`))),
    tokens(),
    changed(),
  ])
  return [...whole, ...rest.flat()]
}
