import { isOk, statusMessage } from '../../core/api/reply.ts'
import type { Finding } from '../../core/model.ts'
import type { CheckContext, Credential } from '../../core/ports.ts'
import { describeCredential, kubectlAs } from '../credentials.ts'
import { credential, text, z } from '../fields.ts'
import { cut, finding, orFinding, unknown } from '../findings.ts'
import { credentialHints, defineKind, RBAC_HINTS } from '../kind.ts'
import {
  beyondBaseline,
  covers,
  overlaps,
  type ReviewedRules,
  type Right,
  rightsOfReview,
  rightsOfWanted,
  showRight,
  showRights,
} from '../rule-set.ts'
import { serviceAccountMissing } from '../service-account.ts'

const verbs = z.array(text).min(1)
const wanted = z.array(
  z.union(
    [
      z.strictObject({
        apiGroup: z.string().optional(),
        resources: z.array(text).min(1),
        verbs,
        names: z.array(text).min(1).optional(),
      }),
      z.strictObject({ paths: z.array(text).min(1), verbs }),
    ],
    { error: 'expected {apiGroup?, resources, verbs, names?} or {paths, verbs}' },
  ),
)

const schema = z
  .strictObject({
    as: credential,
    namespaces: z.array(text).min(1),
    equals: wanted.optional(),
    contains: wanted.optional(),
    excludes: wanted.optional(),
  })
  .refine((fields) => fields.equals ?? fields.contains ?? fields.excludes, 'expected equals, contains or excludes')
type Fields = z.infer<typeof schema>

type Seen = { readonly rights: readonly Right[]; readonly incomplete?: string }
type Difference = { readonly extra: readonly Right[]; readonly missing: readonly Right[] }

const EVERYTHING: Right = { kind: 'resource', group: '*', resource: '*', verb: '*' }

const REVIEWS = '/apis/authorization.k8s.io/v1'

/** The whole rule set of an identity in a namespace, or why it cannot be seen. */
const look = async (as: Credential, namespace: string, { probe, signal }: CheckContext): Promise<Seen | string> => {
  const ask = (path: string, kind: string, spec: unknown) =>
    probe.api({
      method: 'POST',
      path: `${REVIEWS}/${path}`,
      as,
      signal,
      body: { apiVersion: 'authorization.k8s.io/v1', kind, spec },
    })
  // Rights can come from beside RBAC, where no rules can be listed: a verb and resource that no rule can name betray them.
  const odd = { namespace, verb: 'k8s-sec-lab-any', group: 'any.k8s-sec-lab.dev', resource: 'anything' }
  const [review, any] = await Promise.all([
    ask('selfsubjectrulesreviews', 'SelfSubjectRulesReview', { namespace }),
    ask('selfsubjectaccessreviews', 'SelfSubjectAccessReview', { resourceAttributes: odd }),
  ])
  if (!isOk(review)) return review.status === 401 ? '401' : statusMessage(review)
  const status = (review.json as { status?: ReviewedRules & { incomplete?: boolean; evaluationError?: string } }).status
  const rights = beyondBaseline(rightsOfReview(status ?? {}))
  const anything = (any.json as { status?: { allowed?: boolean } } | undefined)?.status?.allowed === true
  return {
    rights: anything && !rights.some((right) => covers(right, EVERYTHING)) ? [...rights, EVERYTHING] : rights,
    ...(status?.incomplete ? { incomplete: status.evaluationError || 'an authorizer that cannot list its rules' } : {}),
  }
}

/** What is too much and what is too little in one namespace. */
const compare = (have: readonly Right[], fields: Fields): Difference => {
  const equals = fields.equals && rightsOfWanted(fields.equals)
  const contains = rightsOfWanted(fields.contains ?? [])
  const excludes = rightsOfWanted(fields.excludes ?? [])
  const needed = [...(equals ?? []), ...contains]
  return {
    extra: have.filter(
      (right) =>
        (equals && !equals.some((allowed) => covers(allowed, right))) ||
        excludes.some((barred) => overlaps(right, barred)),
    ),
    missing: needed.filter((right) => !have.some((held) => covers(held, right))),
  }
}

const expected = (fields: Fields): string => {
  const parts = [
    fields.equals &&
      (fields.equals.length === 0 ? 'no rights at all' : `exactly ${showRights(rightsOfWanted(fields.equals))}`),
    fields.contains && `at least ${showRights(rightsOfWanted(fields.contains))}`,
    fields.excludes && `none of ${showRights(rightsOfWanted(fields.excludes))}`,
  ].filter((part) => typeof part === 'string')
  return `in ${fields.namespaces.join(', ')}: ${parts.join(', and ')}`
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const empty = { extra: [], missing: [], namespace: '', rules: [], incomplete: false }
  const as = await orFinding(() => context.credential(fields.as), { expected: want, data: empty })
  if ('finding' in as) return as.finding
  const positive = (fields.equals?.length ?? 0) + (fields.contains?.length ?? 0) > 0
  const gone = positive ? await serviceAccountMissing(fields.as, context) : undefined
  if (gone) return finding({ met: false, expected: want, found: gone, summary: 'no identity', data: empty })

  const seen = await Promise.all(
    fields.namespaces.map(async (namespace) => ({ namespace, seen: await look(as.value, namespace, context) })),
  )
  const compared = seen.map(({ namespace, seen: one }) => ({
    namespace,
    one,
    ...(typeof one === 'string' ? { extra: [], missing: [] } : compare(one.rights, fields)),
  }))
  const first = compared.find(({ one, extra, missing }) => typeof one === 'string' || extra.length + missing.length > 0)
  const unseen = compared.find(({ one }) => typeof one !== 'string' && one.incomplete !== undefined)
  if (first && typeof first.one === 'string') {
    if (first.one !== '401') return unknown(`the API server would not list the rights: ${first.one}`)
    const found = `${describeCredential(fields.as)} is not known to the API server (401)`
    return finding({ met: false, expected: want, found, summary: '401 Unauthorized', data: empty })
  }
  if (!first && unseen && typeof unseen.one !== 'string') {
    return unknown(`not every right of this identity can be listed: ${unseen.one.incomplete}`)
  }
  const shown = first ?? compared[0]
  const rights = shown && typeof shown.one !== 'string' ? shown.one.rights : []
  const data = {
    extra: (first?.extra ?? []).map(showRight),
    missing: (first?.missing ?? []).map(showRight),
    namespace: shown?.namespace ?? '',
    rules: rights.map(showRight),
    incomplete: unseen !== undefined,
  }
  const has = rights.length === 0 ? 'no rights' : showRights(rights)
  const found = first
    ? [
        first.extra.length > 0 ? `too much in ${first.namespace}: ${cut(showRights(first.extra), 400)}` : '',
        first.missing.length > 0 ? `missing in ${first.namespace}: ${cut(showRights(first.missing), 400)}` : '',
      ]
        .filter((part) => part !== '')
        .join('; ')
    : `in ${fields.namespaces.join(', ')}: ${cut(has, 400)}`
  const summary = first ? (first.extra.length > 0 ? 'too many rights' : 'rights missing') : 'as expected'
  return finding({ met: first === undefined, expected: want, found, summary, data })
}

/** The whole effective rule set of an identity. */
export const rules = defineKind<Fields>({
  kind: 'rules',
  schema,
  lagMs: 1500,
  watches: (fields) => [...RBAC_HINTS, ...credentialHints(fields.as)],
  run,
  expected,
  reproduce: (fields) => {
    const flags = kubectlAs(fields.as)
    return flags === undefined ? undefined : `kubectl auth can-i --list${flags} -n ${fields.namespaces[0]}`
  },
})
