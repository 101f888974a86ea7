import type { Manifest } from '../../core/api/objects.ts'
import { read } from '../../core/api/objects.ts'
import { isOk, statusMessage } from '../../core/api/reply.ts'
import { BugError } from '../../core/errors.ts'
import type { Finding } from '../../core/model.ts'
import type { ApiReply, CheckContext } from '../../core/ports.ts'
import { denialOf, describeDenial } from '../denial.ts'
import { dryRun } from '../dry-run.ts'
import { manifest, text, z } from '../fields.ts'
import { cut, finding, unknown } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { statusPhrase } from '../status.ts'
import { THROW_AWAY_NONCE, ThrowAwayRefused, withThrowAways } from '../throw-away.ts'
import { field } from '../yaml.ts'

const POLICIES = 'admissionregistration.k8s.io/v1'

const schema = z.strictObject({
  policy: text,
  object: manifest,
  params: z.record(text, z.string()),
  expect: z.enum(['admitted', 'denied']),
})
type Fields = z.infer<typeof schema>

const showParams = (fields: Fields): string =>
  Object.entries(fields.params)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')

const expected = (fields: Fields): string =>
  `with parameters ${showParams(fields)}, policy ${fields.policy} has the ${fields.object.kind} ${fields.expect}`

const MARK = 'k8s-sec-lab.dev/sentinel'

/**
 * A copy of the learner's policy for the throw-away namespace alone, bound to parameters of the grader's own. Its
 * first validation denies an object that carries our mark once the parameters are there, so that "admitted" later
 * means what it says, and not that the API server has not got round to the policy yet.
 */
const arrange = (policy: Manifest, fields: Fields, name: string): readonly Manifest[] => {
  const spec = policy.spec as { readonly [key: string]: unknown }
  const constraints = (spec.matchConstraints ?? {}) as { readonly [key: string]: unknown }
  const metadata = { name }
  const sentinel = {
    expression: `!(has(object.metadata.labels) && '${MARK}' in object.metadata.labels && params != null)`,
    message: sentinelWords(name),
  }
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: name }, data: fields.params },
    {
      apiVersion: POLICIES,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        ...spec,
        matchConstraints: {
          ...constraints,
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
        },
        validations: [sentinel, ...((spec.validations as readonly unknown[] | undefined) ?? [])],
      },
    },
    {
      apiVersion: POLICIES,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        paramRef: { name, namespace: name, parameterNotFoundAction: 'Deny' },
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
      },
    },
  ]
}

const sentinelWords = (name: string): string => `${name} is active`

const inNamespace = (object: Fields['object'], namespace: string, marked: boolean): Manifest => {
  const labels = { ...(object.metadata?.labels as object | undefined), ...(marked ? { [MARK]: 'true' } : {}) }
  return { ...object, metadata: { ...object.metadata, namespace, labels } }
}

/** Undefined once the copy looks at such an object, else the last reply; the API server takes up policies some moments late. */
const waitBound = async (fields: Fields, name: string, context: CheckContext): Promise<ApiReply | undefined> => {
  const { probe, clock, signal } = context
  const end = clock.now() + 10_000
  for (;;) {
    const marked = inNamespace(fields.object, name, true)
    const reply = await dryRun({ probe, as: { kind: 'admin' }, manifest: marked, operation: 'create', signal })
    if (statusMessage(reply).includes(sentinelWords(name))) return undefined
    if (clock.now() >= end) return reply
    await clock.sleep(100, signal)
  }
}

const none = { exists: false, bound: false, admitted: false, message: '' }

/** Something that holds in any new namespace says no before our copy is asked: that says nothing about parameters. */
const isForeign = (reply: ApiReply, name: string): boolean =>
  !isOk(reply) && denialOf(reply) === 'policy' && !statusMessage(reply).includes(`ValidatingAdmissionPolicy '${name}'`)

const deniedByOther = (fields: Fields, reply: ApiReply): Finding =>
  finding({
    met: false,
    expected: expected(fields),
    found: `in a new namespace without labels it is denied before its parameters count: ${cut(statusMessage(reply), 400)}`,
    summary: `denied (${statusPhrase(reply.status)})`,
    data: { exists: true, bound: false, admitted: false, message: statusMessage(reply) },
  })

const judge = (fields: Fields, reply: ApiReply, name: string): Finding => {
  const admitted = isOk(reply)
  const denial = admitted ? undefined : denialOf(reply)
  if (denial !== undefined && denial !== 'policy') {
    return unknown(`the ${fields.object.kind} is ${describeDenial(denial)}: ${statusMessage(reply)}`)
  }
  const message = admitted ? '' : statusMessage(reply)
  if (isForeign(reply, name)) return deniedByOther(fields, reply)
  return finding({
    met: admitted === (fields.expect === 'admitted'),
    expected: expected(fields),
    found: `with parameters ${showParams(fields)}: ${admitted ? 'admitted' : `denied: ${cut(message, 400)}`}`,
    summary: admitted ? 'admitted' : `denied (${statusPhrase(reply.status)})`,
    data: { exists: true, bound: true, admitted, message },
  })
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { probe, signal, bindings } = context
  const want = expected(fields)
  const unmet = (found: string, data: typeof none): Finding =>
    finding({ met: false, expected: want, found, summary: 'not bound', data })
  const name = bindings.nonce[THROW_AWAY_NONCE]
  if (name === undefined) throw new BugError('the grader gave no name for throw-away objects')

  const ref = { apiVersion: POLICIES, kind: 'ValidatingAdmissionPolicy', name: fields.policy }
  const policy = await read(probe, ref, { signal })
  if (!policy) return unmet(`there is no ValidatingAdmissionPolicy ${fields.policy}`, none)
  const kind = field(field(policy.spec, 'paramKind'), 'kind')
  if (kind !== 'ConfigMap') {
    const found =
      kind === undefined
        ? 'it takes no parameters (no paramKind)'
        : `its parameters are a ${String(kind)}, not a ConfigMap`
    return unmet(`policy ${fields.policy}: ${found}`, { ...none, exists: true })
  }
  try {
    return await withThrowAways(arrange(policy, fields, name), context, async () => {
      const unbound = await waitBound(fields, name, context)
      if (unbound) {
        if (isForeign(unbound, name)) return deniedByOther(fields, unbound)
        return unmet(`policy ${fields.policy} does not look at a ${fields.object.kind} that is created`, {
          ...none,
          exists: true,
        })
      }
      const asked = inNamespace(fields.object, name, false)
      const as = { kind: 'admin' } as const
      return judge(fields, await dryRun({ probe, as, manifest: asked, operation: 'create', signal }), name)
    })
  } catch (error) {
    if (error instanceof ThrowAwayRefused) return unknown(`the probe could not be set up: ${error.message}`)
    throw error
  }
}

/** A ValidatingAdmissionPolicy of the learner's, tried with parameters that the learner does not know. */
export const params = defineKind<Fields>({
  kind: 'params',
  schema,
  lagMs: 1000,
  heavy: true,
  watches: () => [{ kind: 'objects', apiVersion: POLICIES, object: 'ValidatingAdmissionPolicy' }],
  run,
  expected,
  reproduce: (fields) => `kubectl get validatingadmissionpolicy ${fields.policy} -o yaml`,
})
