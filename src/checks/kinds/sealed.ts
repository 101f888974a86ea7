import { list, type Manifest, read } from '../../core/api/objects.ts'
import { isOk } from '../../core/api/reply.ts'
import type { Finding, Json } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { text, workspacePath, z } from '../fields.ts'
import { finding, quoted, unknown } from '../findings.ts'
import { defineKind, type WatchHint } from '../kind.ts'
import { labelOf, type Opened, openSealed, SCOPES, type Scope } from '../sealing.ts'
import { type Condition, conditionOf, explainRefusal, unsealedProblem } from '../unsealed.ts'
import { field, parseYamlAll, textOf } from '../yaml.ts'

const GROUP = 'bitnami.com/v1alpha1'
const KEYS = { apiVersion: 'v1', kind: 'Secret', namespace: 'kube-system' }
const ACTIVE = 'sealedsecrets.bitnami.com/sealed-secrets-key=active'
const HEALTH = '/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:http/proxy/healthz'

const schema = z
  .strictObject({
    namespace: text,
    name: text,
    key: text,
    value: text.optional(),
    'not-value': text.optional(),
    'opened-by': text.optional(),
    scope: z.enum(SCOPES).optional(),
    file: workspacePath.optional(),
    unsealed: z.boolean().optional(),
    'not-with': z.array(text).min(1).optional(),
  })
  .refine(
    (fields) => fields.value ?? fields['not-value'] ?? fields['opened-by'],
    'expected value, not-value or opened-by',
  )
  .refine(
    ({ file, unsealed }) => !unsealed || file === undefined,
    'unsealed is asked of the live object: leave out file',
  )
type Fields = z.infer<typeof schema>

const scopeOf = ({ scope }: Fields): Scope => scope ?? 'strict'

const whose = (scope: Scope, namespace: string, name: string): string =>
  ({
    strict: `${namespace}/${name} alone`,
    'namespace-wide': `any name in ${namespace}`,
    'cluster-wide': 'any name in any namespace',
  })[scope]

const expected = (fields: Fields): string => {
  const { namespace, name, key, file, unsealed } = fields
  const place = file ?? `SealedSecret ${namespace}/${name}`
  if (fields['opened-by']) return `${place}: the key in question opens ${key}`
  return [
    `${place}: ${key} is sealed for ${whose(scopeOf(fields), namespace, name)}, with ${fields.value === undefined ? 'a new' : 'the right'} value`,
    fields['not-with'] ? 'a key that leaked does not open it' : '',
    unsealed ? `the controller has made Secret ${namespace}/${name} of it` : '',
  ]
    .filter((part) => part !== '')
    .join(', and ')
}

type Problem = { readonly problem: string; readonly found: string; readonly why?: string }

/** The SealedSecret to look at, or what stands in its place. */
const manifestOf = async (fields: Fields, { probe, workspace, signal }: CheckContext): Promise<Manifest | Problem> => {
  const { namespace, name, file } = fields
  if (file === undefined) {
    const ref = { apiVersion: GROUP, kind: 'SealedSecret', namespace, name }
    const found = await read(probe, ref, { signal })
    return found ?? { problem: 'missing', found: `there is no SealedSecret ${namespace}/${name}` }
  }
  const bytes = await workspace.read(file)
  if (bytes === undefined) return { problem: 'missing', found: `${file} is not there` }
  const parsed = parseYamlAll(Buffer.from(bytes).toString('utf8'))
  if ('mistake' in parsed) return { problem: 'unparsable', found: `${file} is not YAML: ${parsed.mistake}` }
  const kinds = parsed.values.map((each) => textOf(field(each, 'kind')) ?? 'nothing')
  const sealed = parsed.values.find((each) => field(each, 'kind') === 'SealedSecret') as Manifest | undefined
  if (!sealed)
    return { problem: 'not-sealed', found: `${file} holds ${kinds.join(', ') || 'nothing'}, no SealedSecret` }
  const is = `${sealed.metadata?.namespace ?? 'default'}/${sealed.metadata?.name}`
  if (is === `${namespace}/${name}`) return sealed
  return { problem: 'other-name', found: `${file} is a SealedSecret ${is}, not ${namespace}/${name}` }
}

const annotatedScope = (manifest: Manifest): Scope => {
  const notes = manifest.metadata?.annotations
  const has = (name: string) => field(notes, `sealedsecrets.bitnami.com/${name}`) === 'true'
  return has('cluster-wide') ? 'cluster-wide' : has('namespace-wide') ? 'namespace-wide' : 'strict'
}

/** PEM of the private keys that the controller finds when it starts. */
const activeKeys = async ({ probe, signal }: CheckContext): Promise<readonly string[]> => {
  const secrets = await list(probe, KEYS, { labelSelector: ACTIVE, signal })
  return secrets.flatMap(({ data }) => {
    const encoded = textOf(field(data, 'tls.key'))
    return encoded === undefined ? [] : [Buffer.from(encoded, 'base64').toString('utf8')]
  })
}

/** For whom a value was sealed, among the names that somebody could have meant. */
const sealedFor = async (opened: Opened, fields: Fields, { probe, signal }: CheckContext): Promise<string> => {
  if (opened.isFor('')) return 'any name in any namespace'
  const namespaces = await list(probe, { apiVersion: 'v1', kind: 'Namespace' }, { signal })
  const names = [...new Set([...namespaces.map(({ metadata }) => metadata?.name ?? ''), fields.namespace, 'default'])]
  const wide = names.find((each) => opened.isFor(each))
  if (wide !== undefined) return `any name in ${wide}`
  const elsewhere = names.find((each) => opened.isFor(`${each}/${fields.name}`))
  return elsewhere === undefined ? 'another name' : `${elsewhere}/${fields.name}`
}

const problemOf = async (manifest: Manifest, fields: Fields, context: CheckContext): Promise<Problem | undefined> => {
  const { namespace, name, key, value } = fields
  const items = field(manifest.spec, 'encryptedData')
  const item = textOf(field(items, key))
  if (item === undefined) {
    const there = Object.keys((items as object | undefined) ?? {})
    return { problem: 'missing-key', found: `no ${key} is sealed in it, but ${there.join(', ') || 'nothing'}` }
  }
  const openedBy = fields['opened-by']
  if (openedBy !== undefined) {
    const opens = openSealed(item, openedBy) !== undefined
    return opens ? undefined : { problem: 'closed', found: `the key in question does not open ${key}` }
  }
  // Before anything else: who holds this key reads the value, whatever else is right about it.
  if ((fields['not-with'] ?? []).some((pem) => openSealed(item, pem) !== undefined)) {
    return { problem: 'leaked', found: `the key that leaked opens ${key}` }
  }
  const opened = (await activeKeys(context)).map((pem) => openSealed(item, pem)).find((each) => each !== undefined)
  if (!opened) {
    const why = 'No active key of this controller opens it: it was sealed with another certificate, or was damaged.'
    return { problem: 'foreign', found: `none of the controller's keys opens ${key}`, why }
  }
  const scope = scopeOf(fields)
  if (!opened.isFor(labelOf(scope, namespace, name))) {
    const by = await sealedFor(opened, fields, context)
    const isWider = opened.isFor('') || (scope === 'strict' && opened.isFor(namespace))
    return { problem: isWider ? 'wide' : 'other-scope', found: `${key} is sealed for ${by}` }
  }
  if (annotatedScope(manifest) !== scope) {
    const found = `${key} is sealed ${scope}, and the annotations say ${annotatedScope(manifest)}`
    return { problem: 'annotation', found, why: 'The controller opens it the way the annotations say, and fails.' }
  }
  const held = opened.value.toString('utf8')
  if (held.trim() === '') return { problem: 'empty', found: `the sealed value of ${key} is empty` }
  if (fields['not-value'] !== undefined && held.trim() === fields['not-value'].trim()) {
    return { problem: 'old-value', found: `the sealed value of ${key} is still the old one` }
  }
  if (value !== undefined && !opened.value.equals(Buffer.from(value, 'utf8'))) {
    const isClose = opened.value.toString('utf8').trimEnd() === value
    return isClose
      ? { problem: 'newline', found: `the sealed value of ${key} has a line end too many` }
      : { problem: 'different', found: `the sealed value of ${key} is another one` }
  }
  return undefined
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const place = fields.file ?? `SealedSecret ${fields.namespace}/${fields.name}`
  const report = (problem: Problem | undefined, condition: Condition | undefined, right: string): Finding => {
    const data: { readonly [key: string]: Json } = {
      problem: problem?.problem ?? '',
      condition: condition?.message ?? '',
      synced: condition?.status === 'True',
    }
    const found = problem?.found ?? right
    const summary = problem?.problem ?? 'as expected'
    return finding({
      met: !problem,
      expected: want,
      found,
      summary,
      data,
      ...(problem?.why ? { why: problem.why } : {}),
    })
  }
  const manifest = await manifestOf(fields, context)
  if ('problem' in manifest) return report(manifest as Problem, undefined, '')
  if ((await activeKeys(context)).length === 0) return unknown('the controller of Sealed Secrets has no active key')
  const condition = conditionOf(manifest as Manifest)
  const problem = await problemOf(manifest as Manifest, fields, context)
  if (problem) return report(explainRefusal(problem, condition), condition, '')
  if (fields['opened-by']) return report(undefined, condition, `${place}: it opens ${fields.key}`)
  const right = `${place}: ${fields.key} opens for ${whose(scopeOf(fields), fields.namespace, fields.name)}`
  if (!fields.unsealed) return report(undefined, condition, right)
  const left = await unsealedProblem(manifest as Manifest, fields, context)
  if (left && !(await isControllerUp(context))) {
    return unknown('the controller of Sealed Secrets does not answer: nobody opens what is sealed')
  }
  return report(left, condition, `${right}, and the controller made the Secret of it`)
}

/** What the grader cannot see in the sealed value itself: the controller has to have opened it. */
const OF_CONTROLLER = ['not-unsealed', 'not-synced', 'old-value', 'different', 'unmanaged']

const isControllerUp = async ({ probe, signal }: CheckContext): Promise<boolean> =>
  isOk(await probe.api({ method: 'GET', path: HEALTH, timeoutMs: 3000, signal }))

/** A value that is sealed for one Secret of this cluster, and no other. */
export const sealed = defineKind<Fields>({
  kind: 'sealed',
  schema,
  lagMs: 1500,
  watches: ({ namespace, file, unsealed }): readonly WatchHint[] => [
    { kind: 'objects', apiVersion: 'v1', object: 'Secret', namespace: KEYS.namespace },
    ...(file === undefined ? [] : [{ kind: 'file' as const, path: file }]),
    ...(file === undefined ? [{ kind: 'objects' as const, apiVersion: GROUP, object: 'SealedSecret', namespace }] : []),
    ...(unsealed ? [{ kind: 'objects' as const, apiVersion: 'v1', object: 'Secret', namespace }] : []),
  ],
  run,
  expected,
  awaits: ({ unsealed }, finding) => {
    const isItsWork = finding.kind === 'unknown' || OF_CONTROLLER.includes(String(finding.data.problem))
    return unsealed && isItsWork ? ['sealed-secrets'] : []
  },
  reproduce: ({ namespace, name, file }) =>
    file === undefined
      ? `kubectl get sealedsecret ${name} -n ${namespace} -o yaml`
      : `kubeseal --validate < ${quoted(file)}`,
})
