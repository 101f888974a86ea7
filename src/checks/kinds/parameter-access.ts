import { read } from '../../core/api/objects.ts'
import { isOk, statusMessage } from '../../core/api/reply.ts'
import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { namespacedName, text, z } from '../fields.ts'
import { finding, listed, unknown } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { readSecretKey } from '../upstream/kubernetes-secret.ts'
import { asAccountOwner } from '../upstream/parameter.ts'
import { field } from '../yaml.ts'

const schema = z.strictObject({
  as: z.union(
    [
      z.strictObject({ user: text }),
      z.strictObject({ store: namespacedName }),
      z.strictObject({ secret: namespacedName, key: text }),
    ],
    { error: 'expected {user}, {store: namespace/name} or {secret: namespace/name, key}' },
  ),
  calls: z
    .array(z.strictObject({ action: z.string().regex(/^ssm:\w+$/), parameter: text, allowed: z.boolean() }))
    .min(1),
})
type Fields = z.infer<typeof schema>
type Problem = '' | 'no-store' | 'no-secret-ref' | 'no-secret' | 'unknown-key'

const nameOf = ({ as }: Fields): string => {
  if ('user' in as) return `the user ${as.user}`
  return 'store' in as ? `the access key of SecretStore ${as.store}` : `the access key in Secret ${as.secret}`
}

const wordsOf = ({ action, parameter }: Fields['calls'][number]): string => `${action} on ${parameter}`

const expected = (fields: Fields): string => {
  const those = (allowed: boolean) => listed(fields.calls.filter((call) => call.allowed === allowed).map(wordsOf))
  const parts = [
    those(true) === '' ? '' : `may ${those(true)}`,
    those(false) === '' ? '' : `may not ${those(false)}`,
  ].filter((part) => part !== '')
  return `${nameOf(fields)} ${parts.join(', and ')}`
}

/** An attack is most often calls of one sort: then the word for them says more than a count. */
const summaryOf = ({ calls }: Fields, met: boolean, extra: number, missing: number): string => {
  if (calls.every(({ allowed }) => allowed)) return met ? 'allowed' : 'denied'
  if (calls.every(({ allowed }) => !allowed)) return met ? 'denied' : 'allowed'
  return met ? 'as it should be' : `${extra} too many, ${missing} missing`
}

const split = (name: string) => {
  const [namespace = '', rest = ''] = name.split('/')
  return { namespace, name: rest }
}

const PROBLEMS: Readonly<Record<Exclude<Problem, ''>, string>> = {
  'no-store': 'there is no such SecretStore for AWS',
  'no-secret-ref': 'the SecretStore does not refer to a Secret with an access key',
  'no-secret': 'that Secret, or that key of it, does not exist',
  'unknown-key': 'the account knows no such user or access key',
}

/** The user by name, or the access key that somebody would sign with. */
const caller = async (
  { as }: Fields,
  { probe, signal }: CheckContext,
): Promise<{ readonly user: string } | { readonly accessKeyId: string } | { readonly problem: Problem }> => {
  if ('user' in as) return as
  let where: { namespace: string; name: string; key: string }
  if ('secret' in as) where = { ...split(as.secret), key: as.key }
  else {
    const ref = { apiVersion: 'external-secrets.io/v1', kind: 'SecretStore', ...split(as.store) }
    const installed = await probe.api({ method: 'GET', path: `/apis/${ref.apiVersion}`, signal })
    const store = installed.status === 404 ? undefined : await read(probe, ref, { signal })
    const aws = field(field(store?.spec, 'provider'), 'aws')
    if (aws === undefined) return { problem: 'no-store' }
    const selector = field(field(field(aws, 'auth'), 'secretRef'), 'accessKeyIDSecretRef')
    const [name, key] = [field(selector, 'name'), field(selector, 'key')]
    if (typeof name !== 'string' || typeof key !== 'string') return { problem: 'no-secret-ref' }
    where = { namespace: ref.namespace, name, key }
  }
  const accessKeyId = await readSecretKey(probe, where, signal)
  return accessKeyId === undefined ? { problem: 'no-secret' } : { accessKeyId }
}

type Answer = {
  readonly user: string | null
  readonly problems: readonly string[]
  readonly allowed: readonly boolean[]
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const who = await caller(fields, context)
  const judge = (problem: Problem, answer?: Answer): Finding => {
    const wrong = fields.calls.filter(({ allowed }, index) => answer && answer.allowed[index] !== allowed)
    const some = (allowed: boolean) => wrong.filter((call) => call.allowed === allowed).map(wordsOf)
    const [missing, extra] = [some(true), some(false)]
    const malformed = answer?.problems ?? []
    const says = [
      problem === '' ? '' : PROBLEMS[problem],
      extra.length > 0 ? `it may ${listed(extra)}` : '',
      missing.length > 0 ? `it may not ${listed(missing)}` : '',
      malformed.length > 0 ? `AWS would refuse the policy: ${listed(malformed)}` : '',
    ].filter((part) => part !== '')
    const met = says.length === 0
    return finding({
      met,
      expected: expected(fields),
      found: met ? `${nameOf(fields)} may do that and no more of it` : says.join('; '),
      summary: summaryOf(fields, met, extra.length, missing.length),
      data: { problem, user: answer?.user ?? '', missing: [...missing], extra: [...extra], malformed: [...malformed] },
    })
  }
  if ('problem' in who) return judge(who.problem)
  const calls = fields.calls.map(({ action, parameter }) => ({ action, parameter }))
  const reply = await asAccountOwner(context.probe, {
    path: '/simulate',
    body: { ...who, calls },
    signal: context.signal,
  })
  if (!isOk(reply)) return unknown(`the Parameter Store of the lab does not answer: ${statusMessage(reply)}`)
  const answer = reply.json as Answer
  return answer.user === null ? judge('unknown-key') : judge('', answer)
}

/** What the policies of a user of the lab's AWS account let it do, asked of the account itself. */
export const parameterAccess = defineKind<Fields>({
  kind: 'parameter-access',
  schema,
  lagMs: 0,
  watches: ({ as }) => [
    { kind: 'objects', apiVersion: 'v1', object: 'ConfigMap', namespace: 'aws' },
    { kind: 'objects', apiVersion: 'v1', object: 'Secret', namespace: 'aws' },
    ...('secret' in as
      ? [{ kind: 'objects' as const, apiVersion: 'v1', object: 'Secret', namespace: split(as.secret).namespace }]
      : []),
    ...('store' in as
      ? [
          {
            kind: 'objects' as const,
            apiVersion: 'external-secrets.io/v1',
            object: 'SecretStore',
            namespace: split(as.store).namespace,
          },
          { kind: 'objects' as const, apiVersion: 'v1', object: 'Secret', namespace: split(as.store).namespace },
        ]
      : []),
  ],
  run,
  expected,
  reproduce: ({ as }) => ('user' in as ? `kubectl get configmap ${as.user} -n aws -o jsonpath='{.data}'` : undefined),
})
