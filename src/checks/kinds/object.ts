import { list, type Manifest, read } from '../../core/api/objects.ts'
import type { Finding, Json } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { ofObject } from '../awaited.ts'
import { fromCel } from '../cel.ts'
import { text, validation, z } from '../fields.ts'
import { brokenExpression, cut, finding, listed } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { isThrowAway } from '../throw-away.ts'
import { judge } from '../validations.ts'

const schema = z
  .strictObject({
    apiVersion: text,
    kind: text,
    namespace: text.optional(),
    name: text.optional(),
    selector: text.optional(),
    exists: z.boolean().optional(),
    count: z.int().min(1).optional(),
    validations: z.array(validation).min(1).optional(),
  })
  .refine((fields) => fields.name === undefined || (fields.selector === undefined && fields.count === undefined), {
    error: 'expected either name, or selector and count',
  })
  .refine((fields) => fields.exists !== false || fields.count === undefined, {
    error: 'expected no count when nothing is to exist',
  })
type Fields = z.infer<typeof schema>

/** "Role shop/reader", "every Pod in shop with app=web". */
const subjectOf = (fields: Fields): string => {
  const { kind, namespace, name, selector } = fields
  if (name !== undefined) return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
  return `${kind}${namespace === undefined ? '' : ` in ${namespace}`}${selector === undefined ? '' : ` with ${selector}`}`
}

const expected = (fields: Fields): string => {
  const subject = subjectOf(fields)
  if (fields.exists === false) return `no ${subject}${fields.validations ? ' of that sort' : ''}`
  if (!fields.validations) return fields.count ? `at least ${fields.count} ${subject}` : `${subject} exists`
  return `${fields.name === undefined ? 'every ' : ''}${subject} is as the task asks`
}

const labelOf = (object: Manifest): string =>
  `${object.metadata?.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata?.name ?? ''}`

const objectsOf = async (fields: Fields, { probe, signal }: CheckContext): Promise<readonly Manifest[]> => {
  const { apiVersion, kind, namespace, name, selector } = fields
  if (name !== undefined) {
    const found = await read(probe, { apiVersion, kind, namespace, name }, { signal })
    return found ? [found] : []
  }
  const all = await list(
    probe,
    { apiVersion, kind, namespace },
    { signal, ...(selector ? { labelSelector: selector } : {}) },
  )
  return all.filter((object) => !isThrowAway(object))
}

/** What there is of that kind where the wanted one is missing. */
const neighbours = async (fields: Fields, { probe, signal }: CheckContext): Promise<string> => {
  const { apiVersion, kind, namespace } = fields
  const names = (await list(probe, { apiVersion, kind, namespace }, { signal }))
    .filter((object) => !isThrowAway(object) && !object.metadata?.name?.startsWith('system:'))
    .map((object) => (namespace === undefined ? labelOf(object) : (object.metadata?.name ?? '')))
  const where = namespace === undefined ? '' : ` in ${namespace}`
  return names.length === 0 ? `there is no ${kind}${where}` : `there is: ${listed(names)}`
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const objects = await objectsOf(fields, context)
  const judged = objects.map((object) => ({ object, ...judge(object, fields.validations ?? [], context.bindings) }))
  const broken = judged.flatMap((one) => one.broken)
  if (broken.length > 0) return brokenExpression([...new Set(broken)])
  const names = objects.map(labelOf)

  const bad =
    fields.exists === false
      ? // With validations, only objects for which they hold are unwanted.
        judged.filter((one) => one.failed.length === 0)
      : judged.filter((one) => one.failed.length > 0)
  const missing = objects.length === 0
  const tooFew = fields.exists !== false && objects.length < (fields.count ?? 1)
  const shown = bad[0] ?? judged[0]
  const data: { readonly [key: string]: Json } = {
    names,
    missing,
    object: shown ? fromCel(shown.object) : null,
    failed: [...(shown?.failed ?? [])],
  }
  const answer = (met: boolean, found: string, summary: string): Finding =>
    finding({ met, expected: want, found: cut(found, 900), summary, data })

  if (fields.exists === false) {
    return bad.length === 0
      ? answer(true, `no ${subjectOf(fields)}`, 'absent')
      : answer(false, `there is still ${fields.kind} ${listed(bad.map((one) => labelOf(one.object)))}`, 'present')
  }
  if (missing) return answer(false, `no ${subjectOf(fields)}; ${await neighbours(fields, context)}`, 'missing')
  if (tooFew) return answer(false, `only ${objects.length}: ${listed(names)}`, 'too few')
  if (bad.length === 0)
    return answer(
      true,
      `${fields.kind} ${listed(names, 4)} ${names.length === 1 ? 'is as it' : 'are as they'} should be`,
      'as expected',
    )
  const said = bad.slice(0, 3).map((one) => `${fields.kind} ${labelOf(one.object)}: ${one.messages.join('; ')}`)
  return answer(false, said.join(' · '), 'differs')
}

/** Objects that satisfy CEL expressions. */
export const object = defineKind<Fields>({
  kind: 'object',
  schema,
  lagMs: 0,
  watches: ({ apiVersion, kind, namespace }) => [{ kind: 'objects', apiVersion, object: kind, namespace }],
  run,
  expected,
  awaits: (fields, finding) => {
    if (finding.kind === 'unknown' || fields.exists === false) return []
    const failed = (finding.data.failed as readonly number[]).map(
      (index) => fields.validations?.[index]?.expression ?? '',
    )
    return ofObject(fields, { missing: finding.data.missing === true, failed })
  },
  reproduce: ({ apiVersion, kind, namespace, name, selector }) => {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
    const type = group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${version}.${group}`
    const where = namespace === undefined ? (name === undefined ? ' -A' : '') : ` -n ${namespace}`
    const which = name === undefined ? (selector === undefined ? '' : ` -l '${selector}'`) : ` ${name}`
    return `kubectl get ${type}${which}${where} -o yaml`
  },
})
