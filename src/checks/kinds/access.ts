import { orThrow } from '../../core/api/reply.ts'
import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { identityOf, kubectlAs } from '../credentials.ts'
import { subject, text, z } from '../fields.ts'
import { cut, finding, listed, unknown } from '../findings.ts'
import { credentialHints, defineKind, RBAC_HINTS } from '../kind.ts'
import { serviceAccountMissing } from '../service-account.ts'

const review = z.union(
  [
    z.strictObject({
      verb: text,
      resource: text,
      group: z.string().optional(),
      subresource: text.optional(),
      namespace: text.optional(),
      name: text.optional(),
    }),
    z.strictObject({ verb: text, path: text }),
  ],
  { error: 'expected {verb, resource, group?, subresource?, namespace?, name?} or {verb, path}' },
)
type Review = z.infer<typeof review>

const schema = z
  .strictObject({
    as: subject,
    allowed: z.boolean(),
    review: review.optional(),
    reviews: z.array(review).min(1).optional(),
  })
  .refine(
    (fields) => (fields.review === undefined) !== (fields.reviews === undefined),
    'expected either review or reviews',
  )
type Fields = z.infer<typeof schema>

const reviewsOf = (fields: Fields): readonly Review[] => fields.reviews ?? (fields.review ? [fields.review] : [])

/** "get pods/log in shop", "delete secrets "db" in shop", "get /metrics". */
const describe = (one: Review): string => {
  if ('path' in one) return `${one.verb} ${one.path}`
  const resource = [one.resource, one.subresource].filter(Boolean).join('/')
  const named = one.name === undefined ? '' : ` "${one.name}"`
  return `${one.verb} ${resource}${named}${one.namespace === undefined ? '' : ` in ${one.namespace}`}`
}

type Answer = { readonly review: Review; readonly allowed: boolean; readonly reason: string }

const ask = async (one: Review, fields: Fields, { probe, signal }: CheckContext): Promise<Answer> => {
  const { user, groups } = identityOf(fields.as)
  const attributes =
    'path' in one
      ? { nonResourceAttributes: { path: one.path, verb: one.verb } }
      : {
          resourceAttributes: {
            verb: one.verb,
            group: one.group ?? '',
            resource: one.resource,
            subresource: one.subresource ?? '',
            namespace: one.namespace ?? '',
            name: one.name ?? '',
          },
        }
  const reply = await probe.api({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    signal,
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, groups, ...attributes } },
  })
  const { status } = orThrow(reply, 'ask for an access review').json as {
    status?: { allowed?: boolean; reason?: string; evaluationError?: string }
  }
  return { review: one, allowed: status?.allowed === true, reason: status?.reason || status?.evaluationError || '' }
}

const expected = (fields: Fields): string =>
  `${identityOf(fields.as).user} ${fields.allowed ? 'may' : 'may not'} ${listed(reviewsOf(fields).map(describe))}`

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const gone = fields.allowed ? await serviceAccountMissing(fields.as, context) : undefined
  const none = { wrong: [] as string[], reasons: [] as string[] }
  if (gone) return finding({ met: false, expected: want, found: gone, summary: 'no identity', data: none })
  const answers = await Promise.all(reviewsOf(fields).map((one) => ask(one, fields, context)))
  const wrong = answers.filter(({ allowed }) => allowed !== fields.allowed)
  if (answers.length === 0) return unknown('this check asks nothing')
  const data = { wrong: wrong.map((each) => describe(each.review)), reasons: wrong.map((each) => each.reason) }
  const who = identityOf(fields.as).user
  const reason = fields.allowed ? '' : (wrong.find((each) => each.reason !== '')?.reason ?? '')
  const found =
    wrong.length === 0
      ? `${who} ${fields.allowed ? 'may' : 'may not'}`
      : `${who} ${fields.allowed ? 'may not' : 'may'} ${listed(data.wrong)}${reason === '' ? '' : ` (${cut(reason, 200)})`}`
  const allowed = answers.some((each) => each.allowed)
  return finding({ met: wrong.length === 0, expected: want, found, summary: allowed ? 'allowed' : 'denied', data })
}

/** Subject access reviews. */
export const access = defineKind<Fields>({
  kind: 'access',
  schema,
  lagMs: 1500,
  watches: (fields) => [...RBAC_HINTS, ...credentialHints(fields.as)],
  run,
  expected,
  reproduce: (fields) => {
    const [first] = reviewsOf(fields)
    const flags = kubectlAs(fields.as)
    if (!first || flags === undefined) return undefined
    if ('path' in first) return `kubectl auth can-i ${first.verb} ${first.path}${flags}`
    const type = first.group ? `${first.resource}.${first.group}` : first.resource
    const name = first.name === undefined ? '' : `/${first.name}`
    const sub = first.subresource === undefined ? '' : ` --subresource ${first.subresource}`
    const where = first.namespace === undefined ? ' -A' : ` -n ${first.namespace}`
    return `kubectl auth can-i ${first.verb} ${type}${name}${sub}${where}${flags}`
  },
})
