import { askVault, vaultOrThrow, vaultWords } from '../core/api/vault.ts'
import type { ApiReply, CheckContext } from '../core/ports.ts'
import { mintToken } from './mint-token.ts'

/** Who signs in: a ServiceAccount with a token that is made for this one login, or whoever holds a token of Vault. */
export type VaultGuest =
  | {
      readonly serviceAccount: string
      readonly role: string
      /** For whom the ServiceAccount's token is made; the API server when left out, as in every Pod. */
      readonly audience?: string | undefined
    }
  | { readonly token: string }

/** How Vault answered. `seconds`: how long the token of a login lives. `no-account`: there was nobody to sign in as. */
export type VaultLogin =
  | { readonly kind: 'in'; readonly token: string; readonly policies: readonly string[]; readonly seconds?: number }
  | { readonly kind: 'refused' | 'no-role' | 'no-account'; readonly status: number; readonly words: string }

/** "app/store with role app and a token for vault", for sentences. */
export const describeGuest = (guest: VaultGuest): string => {
  if ('token' in guest) return 'whoever holds the token in question'
  const { serviceAccount, role, audience } = guest
  return `ServiceAccount ${serviceAccount}, role ${role}, token ${audience ? `for ${audience}` : 'for the API server'}`
}

const refused = (reply: ApiReply): VaultLogin => {
  const words = vaultWords(reply)
  const kind = reply.status === 400 && words.includes('invalid role name') ? 'no-role' : 'refused'
  return { kind, status: reply.status, words }
}

const policiesOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

/** Signs in to the add-on vault. Throws UnreachableError when it does not answer. */
export const logInToVault = async (guest: VaultGuest, context: CheckContext): Promise<VaultLogin> => {
  const { probe, signal } = context
  if ('token' in guest) {
    const reply = await askVault(probe, { path: '/auth/token/lookup-self', token: guest.token, signal })
    if (reply.status !== 200) return refused(reply)
    const { data } = reply.json as { data?: { policies?: unknown } }
    return { kind: 'in', token: guest.token, policies: policiesOf(data?.policies) }
  }
  const { serviceAccount, role, audience } = guest
  const minted = await mintToken(serviceAccount, context, { audience })
  if ('refused' in minted) return { kind: 'no-account', status: minted.status, words: minted.refused }
  const body = { role, jwt: minted.token }
  const reply = await askVault(probe, { method: 'POST', path: '/auth/kubernetes/login', body, signal })
  if (reply.status !== 200) return refused(reply)
  const { auth } = reply.json as { auth?: { client_token?: string; policies?: unknown; lease_duration?: number } }
  const { client_token: token = '', lease_duration: seconds = 0 } = auth ?? {}
  return { kind: 'in', token, policies: policiesOf(auth?.policies), seconds }
}

/** Ends a login of the grader's own, so that nothing of it stays. A token that was given is the learner's business. */
export const logOutOfVault = async (guest: VaultGuest, login: VaultLogin, { probe }: CheckContext): Promise<void> => {
  if ('token' in guest || login.kind !== 'in') return
  try {
    await askVault(probe, { method: 'POST', path: '/auth/token/revoke-self', token: login.token })
  } catch {
    // It ends by itself.
  }
}

/** What a token may do at each path, in Vault's own words, asked with the lab's access. */
export const vaultCapabilities = async (
  asked: { readonly root: string; readonly token: string; readonly paths: readonly string[] },
  { probe, signal }: CheckContext,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const { root, token, paths } = asked
  const call = { method: 'POST', path: '/sys/capabilities', token: root, body: { token, paths }, signal } as const
  const reply = vaultOrThrow(await askVault(probe, call), 'ask Vault what a token may do')
  const { data } = reply.json as { data?: Readonly<Record<string, unknown>> }
  return Object.fromEntries(paths.map((path) => [path, policiesOf(data?.[path])]))
}
