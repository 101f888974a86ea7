import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { text, z } from '../fields.ts'
import { cut, finding, listed, unknown } from '../findings.ts'
import { defineKind, type WatchHint } from '../kind.ts'
import { answerByPolicy } from '../network/by-policy.ts'
import { isOutside, matrixFields, type Pair, pairsOf, unknownNames } from '../network/matrix.ts'
import { type Answer, answerData } from '../network/row-answer.ts'
import { answerByTraffic, TRAFFIC_DEADLINE_MS, untriable } from '../network/traffic.ts'

const schema = z
  .strictObject({ by: z.enum(['policy', 'traffic']), image: text.optional(), ...matrixFields })
  .superRefine((fields, context) => {
    for (const name of unknownNames(fields)) {
      context.addIssue({ code: 'custom', path: ['matrix'], message: `there is no ${name} under endpoints` })
    }
    if (fields.by === 'policy' && fields.image !== undefined) {
      context.addIssue({ code: 'custom', path: ['image'], message: 'expected no image: policies are only read' })
    }
    if (fields.by === 'policy' || unknownNames(fields).length > 0) return
    if (fields.image === undefined) {
      context.addIssue({ code: 'custom', path: ['image'], message: 'expected an image with sh, nc and httpd' })
    }
    for (const message of new Set(pairsOf(fields).flatMap((pair) => untriable(pair) ?? []))) {
      context.addIssue({ code: 'custom', path: ['matrix'], message })
    }
  })
type Fields = z.infer<typeof schema>

const expected = (fields: Fields): string => {
  const pairs = pairsOf(fields)
  const titles = (open: boolean): readonly string[] => pairs.flatMap((pair) => (pair.open === open ? [pair.title] : []))
  const parts = [
    ...(titles(true).length > 0 ? [`open: ${listed(titles(true))}`] : []),
    ...(titles(false).length > 0 ? [`closed: ${listed(titles(false))}`] : []),
  ]
  return parts.join(' · ')
}

const word = { open: 'open', closed: 'closed', undefined: 'undefined', missing: 'not there', silent: 'silent' } as const

/** Connections that came out alike for the same reason are told together. */
const sentences = (wrong: readonly Answer[]): readonly string[] => {
  const alike = new Map<string, Answer[]>()
  for (const answer of wrong) {
    const key = `${answer.found} ${answer.because}`
    alike.set(key, [...(alike.get(key) ?? []), answer])
  }
  return [...alike.values()].map((group) => {
    const { found, because } = group[0] as Answer
    const titles = group.map(({ pair }) => pair.title)
    return `${listed(titles, 5)} ${group.length === 1 ? 'is' : 'are'} ${word[found]} (${because})`
  })
}

const summaryOf = (answers: readonly Answer[]): string => {
  const words = [...new Set(answers.map(({ found }) => word[found]))]
  return words.length === 1 ? (words[0] as string) : `${answers.filter(({ good }) => good).length} of ${answers.length}`
}

const ask = async (fields: Fields, pairs: readonly Pair[], context: CheckContext) =>
  fields.by === 'policy'
    ? { answers: await answerByPolicy(pairs, context) }
    : answerByTraffic(pairs, fields.image ?? '', context)

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const pairs = pairsOf(fields)
  const result = await ask(fields, pairs, context)
  if ('finding' in result) return result.finding
  const wrong = result.answers.filter(({ good }) => !good)
  if (result.answers.length === 0) return unknown('this check asks nothing')
  const found =
    wrong.length === 0
      ? `${pairs.length} connections ${fields.by === 'policy' ? 'worked out' : 'tried'}, all as they should be`
      : `${wrong.length} of ${pairs.length} differ: ${sentences(wrong).join(' · ')}`
  return finding({
    met: wrong.length === 0,
    expected: expected(fields),
    found: cut(found, 900),
    summary: summaryOf(result.answers),
    data: { wrong: wrong.map(answerData), pairs: pairs.length },
  })
}

const podHints = (fields: Fields): readonly WatchHint[] => {
  const ends = pairsOf(fields).flatMap(({ from, to }) => [from.endpoint, to.endpoint])
  const namespaces = new Set(ends.flatMap((end) => (isOutside(end) ? [] : [end.namespace])))
  return [...namespaces].map((namespace) => ({ kind: 'objects', apiVersion: 'v1', object: 'Pod', namespace }))
}

/** Who can connect to whom: by the policies, or by trying. */
export const reachable = defineKind<Fields>({
  kind: 'reachable',
  schema,
  lagMs: 0,
  heavy: ({ by }) => by === 'traffic',
  deadlineMs: ({ by }) => (by === 'traffic' ? TRAFFIC_DEADLINE_MS : 20_000),
  watches: (fields) => [
    { kind: 'objects', apiVersion: 'networking.k8s.io/v1', object: 'NetworkPolicy' },
    { kind: 'objects', apiVersion: 'v1', object: 'Namespace' },
    ...podHints(fields),
  ],
  run,
  expected,
  reproduce: () => 'kubectl get networkpolicies -A -o yaml',
})
