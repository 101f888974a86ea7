import { askVault, vaultOrThrow, vaultRootToken, vaultWords } from '../../core/api/vault.ts'
import { BugError, UnreachableError } from '../../core/errors.ts'
import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { secondsOf, showSeconds } from '../duration.ts'
import { namespacedName, text, z } from '../fields.ts'
import { cut, finding, listed, unknown } from '../findings.ts'
import { defineKind, type WatchHint } from '../kind.ts'
import { THROW_AWAY_NONCE } from '../throw-away.ts'
import {
  describeGuest,
  logInToVault,
  logOutOfVault,
  type VaultGuest,
  type VaultLogin,
  vaultCapabilities,
} from '../vault-login.ts'

const CAPABILITIES = ['create', 'read', 'update', 'patch', 'delete', 'list', 'sudo', 'root', 'deny'] as const

const account = z.strictObject({ serviceAccount: namespacedName, role: text, audience: text.optional() })
const vaultPath = z.string().regex(/^[^/\s].*[^/\s]$/, 'expected a path of Vault, without / at its ends')

const schema = z
  .strictObject({
    as: z.union([account, z.strictObject({ token: text }), z.array(account).min(1)], {
      error: 'expected {serviceAccount: namespace/name, role, audience?}, a list of these, or {token}',
    }),
    login: z.literal('refused').optional(),
    reads: z
      .array(vaultPath.includes('((nonce.', { error: 'expected a ((nonce.x)) in it: it is written, and removed' }))
      .optional(),
    may: z.record(vaultPath, z.array(z.enum(CAPABILITIES)).min(1)).optional(),
    'lifetime-max': text.refine((value) => secondsOf(value) !== undefined, 'expected a duration, like 10m').optional(),
  })
  .refine(
    ({ login, reads, may }) => (login === undefined) !== (reads === undefined && may === undefined),
    'expected either login: refused, or reads or may',
  )
type Fields = z.infer<typeof schema>

const guestsOf = ({ as }: Fields): readonly VaultGuest[] => (Array.isArray(as) ? as : [as])

const expected = (fields: Fields): string => {
  const who = listed(guestsOf(fields).map(describeGuest))
  if (fields.login) return `Vault does not let in ${who}`
  const rights = Object.entries(fields.may ?? {}).map(([path, may]) => `${path}: ${may.join(', ')}`)
  const longest = fields['lifetime-max']
  const lifetime = longest === undefined ? [] : [`for at most ${longest}`]
  const wanted = [...(fields.reads ?? []).map((path) => `reads secret/${path}`), ...rights, ...lifetime]
  return `Vault lets in ${who}: ${listed(wanted)}`
}

type Problem = 'no-account' | 'no-role' | 'refused' | 'let-in' | 'unread' | 'rights' | 'long-lived'
type Judged = {
  readonly problem: Problem | ''
  readonly found: string
  readonly status?: number
  readonly message?: string
  readonly policies?: readonly string[]
  readonly extra?: readonly string[]
  readonly missing?: readonly string[]
}

const judgeRefusal = (guest: VaultGuest, login: VaultLogin): Judged => {
  const who = describeGuest(guest)
  if (login.kind === 'in') {
    const { policies } = login
    return { problem: 'let-in', found: `Vault lets in ${who}, with the policies ${listed(policies)}`, policies }
  }
  const { kind, status, words } = login
  const problem = kind === 'refused' ? '' : kind
  return { problem, found: `${who}: ${words}`, status, message: words }
}

/** Writes a value of the grader's own, reads it as the guest, and takes it away again, whatever happens. */
const readBack = async (
  path: string,
  asked: { readonly root: string; readonly token: string; readonly value: string },
  { probe, signal }: CheckContext,
): Promise<Judged | undefined> => {
  const { root, token, value } = asked
  const data = `/secret/data/${path}`
  try {
    const body = { data: { probe: value } }
    vaultOrThrow(await askVault(probe, { method: 'POST', path: data, token: root, body, signal }), `write ${path}`)
    const reply = await askVault(probe, { path: data, token, signal })
    const held = (reply.json as { data?: { data?: { probe?: unknown } } } | undefined)?.data?.data?.probe
    if (reply.status === 200 && held === value) return undefined
    const words = vaultWords(reply)
    return {
      problem: 'unread',
      found: `let in, but not to read secret/${path}: ${words}`,
      status: reply.status,
      message: words,
    }
  } finally {
    await askVault(probe, { method: 'DELETE', path: `/secret/metadata/${path}`, token: root })
  }
}

const judgeRights = async (
  may: NonNullable<Fields['may']>,
  asked: { readonly root: string; readonly token: string },
  context: CheckContext,
): Promise<Judged | undefined> => {
  const has = await vaultCapabilities({ ...asked, paths: Object.keys(may) }, context)
  const pairs = (from: (path: string) => readonly string[], without: (path: string) => readonly string[]) =>
    Object.keys(may).flatMap((path) =>
      from(path).flatMap((each) => (each === 'deny' || without(path).includes(each) ? [] : [`${path} ${each}`])),
    )
  const wanted = (path: string): readonly string[] => may[path] ?? []
  const found = (path: string): readonly string[] => has[path] ?? []
  const extra = pairs(found, wanted)
  const missing = pairs(wanted, found)
  if (extra.length + missing.length === 0) return undefined
  const words = [
    extra.length > 0 ? `it may also: ${listed(extra)}` : '',
    missing.length > 0 ? `it may not: ${listed(missing)}` : '',
  ].filter((part) => part !== '')
  return { problem: 'rights', found: words.join('; '), extra, missing }
}

const judgeGuest = async (guest: VaultGuest, fields: Fields, context: CheckContext): Promise<Judged> => {
  const value = context.bindings.nonce[THROW_AWAY_NONCE]
  if (value === undefined) throw new BugError('the grader gave no value to write into Vault')
  const login = await logInToVault(guest, context)
  try {
    if (fields.login) return judgeRefusal(guest, login)
    const who = describeGuest(guest)
    if (login.kind !== 'in') {
      const { kind, status, words } = login
      return { problem: kind, found: `Vault does not let in ${who}: ${words}`, status, message: words }
    }
    const { token, policies } = login
    const root = await vaultRootToken(context.probe, context.signal)
    for (const path of fields.reads ?? []) {
      const wrong = await readBack(path, { root, token, value }, context)
      if (wrong) return { ...wrong, policies }
    }
    const wrong = fields.may ? await judgeRights(fields.may, { root, token }, context) : undefined
    if (wrong) return { ...wrong, policies, found: `with the policies ${listed(policies)}, ${wrong.found}` }
    const { seconds = 0 } = login
    const longest = secondsOf(fields['lifetime-max'] ?? '')
    if (longest !== undefined && (seconds === 0 || seconds > longest)) {
      const found = `${who}: let in with a token that lives ${seconds === 0 ? 'for ever' : showSeconds(seconds)}`
      return { problem: 'long-lived', found, policies }
    }
    return { problem: '', found: `${who}: let in with the policies ${listed(policies)}, and no further`, policies }
  } finally {
    await logOutOfVault(guest, login, context)
  }
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  try {
    const guests = guestsOf(fields)
    const all = await Promise.all(guests.map((guest) => judgeGuest(guest, fields, context)))
    const wrong = all.find(({ problem }) => problem !== '')
    const shown = wrong ?? all[0]
    return finding({
      met: wrong === undefined,
      expected: expected(fields),
      found: cut(wrong ? wrong.found : all.map(({ found }) => found).join('; '), 900),
      summary: fields.login ? (wrong?.problem === 'let-in' ? 'let in' : 'refused') : wrong ? 'refused' : 'let in',
      data: {
        problem: wrong?.problem ?? '',
        status: shown?.status ?? 200,
        message: shown?.message ?? '',
        policies: [...(shown?.policies ?? [])],
        extra: [...(shown?.extra ?? [])],
        missing: [...(shown?.missing ?? [])],
        who: guests.length === 0 || !shown ? '' : describeGuest(guests[all.indexOf(shown)] as VaultGuest),
      },
    })
  } catch (error) {
    // Without Vault nothing can be said about it; the cluster itself is well.
    if (error instanceof UnreachableError && error.component === 'vault') return unknown(error.message)
    throw error
  }
}

/** Signs in to the add-on vault as an application would, and asks what it may do there. */
export const vault = defineKind<Fields>({
  kind: 'vault',
  schema,
  lagMs: 0,
  // It writes values of its own.
  heavy: ({ reads }) => reads !== undefined,
  watches: (fields): readonly WatchHint[] => [
    { kind: 'poll' },
    ...guestsOf(fields).flatMap((guest) =>
      'token' in guest
        ? []
        : [
            {
              kind: 'objects' as const,
              apiVersion: 'v1',
              object: 'ServiceAccount',
              namespace: guest.serviceAccount.split('/')[0],
            },
          ],
    ),
  ],
  run,
  expected,
  awaits: (_fields, finding) => (finding.kind === 'unknown' ? ['vault'] : []),
  reproduce: (fields) => {
    const [guest] = guestsOf(fields)
    if (!guest || 'token' in guest) return undefined
    const [namespace = '', name = ''] = guest.serviceAccount.split('/')
    const audience = guest.audience ? ` --audience ${guest.audience}` : ''
    return `vault write auth/kubernetes/login role=${guest.role} jwt="$(kubectl create token ${name} -n ${namespace}${audience})"`
  },
})
