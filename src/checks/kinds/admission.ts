import type { Manifest } from '../../core/api/objects.ts'
import { isOk, statusMessage } from '../../core/api/reply.ts'
import type { Finding, Json } from '../../core/model.ts'
import type { ApiReply, CheckContext, Credential } from '../../core/ports.ts'
import { fromCel } from '../cel.ts'
import { countsAsDenied, denialOf, describeDenial } from '../denial.ts'
import { dryRun, type Operation } from '../dry-run.ts'
import { credential, expression, manifest, pattern, text, validation, z } from '../fields.ts'
import { brokenExpression, cut, finding, orFinding, unknown } from '../findings.ts'
import { credentialHints, defineKind, RBAC_HINTS, type WatchHint } from '../kind.ts'
import { bare, podOf, templateOwner, titleOf } from '../pod-of.ts'
import { statusPhrase } from '../status.ts'
import { type Judgement, judge } from '../validations.ts'

const expect = z.enum(['admitted', 'denied'])
const asked = {
  object: manifest,
  expect,
  as: credential.optional(),
  warned: pattern.optional(),
  by: pattern.optional(),
}

const schema = z
  .strictObject({
    ...asked,
    object: manifest.optional(),
    'template-of': templateOwner.optional(),
    silent: z.literal(true).optional(),
    expect: expect.optional(),
    operation: z.enum(['create', 'update', 'ephemeral-containers']).optional(),
    absent: expression.optional(),
    returned: z.array(validation).min(1).optional(),
    matrix: z
      .array(z.strictObject({ title: text, namespace: text.optional(), ...asked }))
      .min(1)
      .optional(),
  })
  .refine(
    (fields) => [fields.object, fields['template-of'], fields.matrix].filter((one) => one !== undefined).length === 1,
    'expected one of object, template-of and matrix',
  )
  .refine((fields) => fields['template-of'] === undefined || (fields.operation ?? 'create') === 'create', {
    error: 'expected create: the Pod of a template does not exist yet',
    path: ['operation'],
  })
  .refine((fields) => fields.silent === undefined || (fields.warned === undefined && fields.expect === 'admitted'), {
    error: 'expected only beside expect: admitted, and without warned',
    path: ['silent'],
  })
  .refine((fields) => fields.matrix !== undefined || fields.expect !== undefined, {
    error: 'expected admitted or denied',
    path: ['expect'],
  })
  .refine((fields) => fields.matrix === undefined || fields.expect === undefined, {
    error: 'expected in each entry of the matrix, not beside it',
    path: ['expect'],
  })
type Fields = z.infer<typeof schema>

type Probe = {
  readonly title: string
  readonly manifest: Manifest
  readonly expect: 'admitted' | 'denied'
  readonly as: Fields['as']
  readonly warned?: string
  /** Not one warning may come with it. */
  readonly silent?: true
  readonly by?: string
}

/** What is tried; `pod` is the one of `template-of`, once its owner has been read. */
const probesOf = (fields: Fields, pod?: Manifest): readonly Probe[] => {
  const { 'template-of': owner, expect: wanted = 'admitted', silent } = fields
  if (owner === undefined) return written(fields)
  const { as, warned, by } = fields
  return [{ title: titleOf(owner), manifest: pod ?? bare(owner), expect: wanted, as, warned, by, silent }]
}

const written = (fields: Fields): readonly Probe[] =>
  (
    fields.matrix ?? [
      {
        title: '',
        object: fields.object,
        expect: fields.expect,
        as: fields.as,
        warned: fields.warned,
        by: fields.by,
      },
    ]
  ).map((one) => {
    const object = one.object as Manifest
    const namespace = 'namespace' in one ? one.namespace : undefined
    return {
      title: one.title || `${object.kind} ${object.metadata?.name ?? object.metadata?.generateName ?? ''}`.trim(),
      manifest: namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } },
      expect: one.expect ?? 'admitted',
      as: one.as ?? fields.as,
      warned: one.warned ?? fields.warned,
      by: one.by ?? fields.by,
      silent: fields.silent,
    }
  })

type Outcome = {
  readonly probe: Probe
  readonly reply: ApiReply
  /** Why it is not as expected; undefined when it is. */
  readonly problem?: string
  /** Nothing can be said: the question itself did not work. */
  readonly unclear?: string
}

const placeOf = (one: Probe): string =>
  one.manifest.metadata?.namespace ? ` in ${one.manifest.metadata.namespace}` : ''

const assess = (one: Probe, reply: ApiReply): Pick<Outcome, 'problem' | 'unclear'> => {
  const message = cut(statusMessage(reply), 1100)
  if (isOk(reply)) {
    if (one.expect === 'denied') return { problem: `${one.title}${placeOf(one)} is admitted` }
    if (one.warned !== undefined && !reply.warnings.some((warning) => new RegExp(one.warned ?? '').test(warning))) {
      const warnings = reply.warnings.length === 0 ? 'no warning' : `only: ${reply.warnings.join('; ')}`
      return { problem: `${one.title}${placeOf(one)} is admitted with ${warnings}` }
    }
    if (one.silent && reply.warnings.length > 0) {
      return { problem: `${one.title}${placeOf(one)} is admitted with a warning: ${reply.warnings.join('; ')}` }
    }
    return {}
  }
  const denial = denialOf(reply)
  if (denial === 'server') return { unclear: `the API server did not decide about ${one.title}: ${message}` }
  // The lesson's own object cannot be judged: an unknown field, or a value that no cluster takes.
  if (denial === 'malformed' && one.expect === 'denied') return { unclear: `${one.title} is malformed: ${message}` }
  if (one.expect === 'denied' && countsAsDenied(reply, one.by)) return {}
  const others = one.expect === 'denied' && one.by !== undefined && denial === 'policy'
  const why = others ? 'denied, with other words' : describeDenial(denial)
  return { problem: `${one.title}${placeOf(one)} is ${why}: ${message}` }
}

const expected = (fields: Fields): string => {
  const probes = probesOf(fields)
  if (fields.matrix) {
    const count = (wanted: string): number => probes.filter((one) => one.expect === wanted).length
    return `of ${probes.length} objects, ${count('admitted')} are admitted and ${count('denied')} denied`
  }
  const [one] = probes
  const how = [
    one?.expect ?? '',
    fields.warned === undefined ? '' : `with a warning like ${fields.warned}`,
    fields.silent ? 'without a warning' : '',
    fields.by === undefined ? '' : `with words like ${fields.by}`,
    fields.returned === undefined && fields.absent === undefined ? '' : 'and comes back as the task asks',
  ].filter((part) => part !== '')
  const verb =
    fields.operation === 'update'
      ? 'a change of '
      : fields.operation === 'ephemeral-containers'
        ? 'a debug container in '
        : ''
  return `${verb}${one?.title}${one ? placeOf(one) : ''} is ${how.join(' ')}`
}

/** What the returned object lacks, when it came back at all. */
const judgeReturned = (fields: Fields, outcome: Outcome, context: CheckContext): Judgement => {
  const validations = [
    ...(fields.returned ?? []),
    ...(fields.absent === undefined ? [] : [{ expression: fields.absent }]),
  ]
  if (validations.length === 0 || !isOk(outcome.reply)) return { failed: [], messages: [], broken: [] }
  return judge(outcome.reply.json, validations, context.bindings)
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const operation: Operation = fields.operation ?? 'create'
  const empty = { status: 0, message: '', warnings: [], admitted: false, object: null, wrong: [], missing: false }
  const owner = fields['template-of']
  const made = owner === undefined ? undefined : await podOf(owner, context)
  if (made && 'missing' in made) {
    const data = { ...empty, missing: true }
    return finding({ met: false, expected: want, found: made.missing, summary: 'missing', data })
  }
  const probes = probesOf(fields, made?.pod)
  const credentials = await orFinding<readonly Credential[]>(
    () => Promise.all(probes.map((one) => context.credential(one.as ?? 'admin'))),
    { expected: want, data: empty },
  )
  if ('finding' in credentials) return credentials.finding
  const outcomes = await Promise.all(
    probes.map(async (probe, index): Promise<Outcome> => {
      const as = credentials.value[index] ?? { kind: 'admin' }
      const reply = await dryRun({
        probe: context.probe,
        as,
        manifest: probe.manifest,
        operation,
        signal: context.signal,
      })
      return { probe, reply, ...assess(probe, reply) }
    }),
  )
  const judgements = outcomes.map((outcome) => judgeReturned(fields, outcome, context))
  const broken = judgements.flatMap((one) => one.broken)
  if (broken.length > 0) return brokenExpression([...new Set(broken)])
  const problems = outcomes.map(
    (outcome, index) =>
      outcome.problem ??
      (judgements[index]?.messages.length
        ? `${outcome.probe.title}: ${judgements[index]?.messages.join('; ')}`
        : undefined),
  )
  const wrong = outcomes.filter((_, index) => problems[index] !== undefined)
  const unclear = outcomes.find((outcome) => outcome.unclear !== undefined)
  if (unclear && wrong.length === 0) return unknown(unclear.unclear ?? '')
  const shown = wrong[0] ?? outcomes[0]
  const reply = shown?.reply
  const admitted = reply !== undefined && isOk(reply)
  const message = reply && !admitted ? statusMessage(reply) : ''
  const warnings = reply ? [...reply.warnings] : []
  const notes = problems.filter((problem) => problem !== undefined)
  const fine = fields.matrix
    ? `all ${outcomes.length} as expected`
    : admitted
      ? `admitted${warnings.length > 0 ? `, with the warning: ${cut(warnings.join('; '), 300)}` : ''}`
      : `denied: ${cut(message, 400)}`
  return finding({
    met: notes.length === 0,
    expected: want,
    found: cut(notes.length === 0 ? fine : notes.join('; '), 1200),
    summary: fields.matrix
      ? `${outcomes.length - notes.length} of ${outcomes.length} as expected`
      : admitted
        ? (judgements.flatMap((one) => one.messages)[0] ?? 'admitted')
        : `denied (${statusPhrase(reply?.status ?? 0)})`,
    data: {
      status: reply?.status ?? 0,
      message,
      warnings,
      admitted,
      object: admitted ? fromCel(reply?.json) : null,
      missing: false,
      wrong: wrong.map(
        ({ probe, reply: one }): Json => ({
          title: probe.title,
          expected: probe.expect,
          status: one.status,
          message: isOk(one) ? '' : statusMessage(one),
        }),
      ),
    },
  })
}

const POLICY_HINTS: readonly WatchHint[] = [
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
].map((object) => ({ kind: 'objects', apiVersion: 'admissionregistration.k8s.io/v1', object }))

const ownerHints = ({ 'template-of': owner }: Fields): readonly WatchHint[] =>
  owner === undefined
    ? []
    : [{ kind: 'objects', apiVersion: owner.apiVersion, object: owner.kind, namespace: owner.namespace }]

/** A server dry run, as somebody: admitted, warned or denied, by whom, with which words. */
export const admission = defineKind<Fields>({
  kind: 'admission',
  schema,
  lagMs: 2500,
  watches: (fields) => [
    ...POLICY_HINTS,
    { kind: 'objects', apiVersion: 'v1', object: 'Namespace' },
    // Parameters of policies, and what the ServiceAccount admission reads.
    { kind: 'objects', apiVersion: 'v1', object: 'ConfigMap' },
    { kind: 'objects', apiVersion: 'v1', object: 'ServiceAccount' },
    ...ownerHints(fields),
    ...probesOf(fields).flatMap((one) => credentialHints(one.as)),
    ...(probesOf(fields).some((one) => one.as !== undefined && one.as !== 'admin') ? RBAC_HINTS : []),
  ],
  run,
  expected,
  // It refuses whatever it cannot be asked about, or lets it pass: either way that is not what the policies say.
  awaits: () => ['kyverno'],
  reproduce: (fields) => {
    const owner = fields['template-of']
    if (owner) return `kubectl get ${owner.kind.toLowerCase()} ${owner.name} -n ${owner.namespace} -o yaml`
    const namespace = probesOf(fields)[0]?.manifest.metadata?.namespace
    const policies = 'kubectl get validatingadmissionpolicies,validatingadmissionpolicybindings'
    return namespace === undefined ? policies : `kubectl get namespace ${namespace} --show-labels && ${policies}`
  },
})
