/** The matrix answered from NetworkPolicies alone: what a plugin that enforces them has to do. */
import type { CheckContext } from '../../core/ports.ts'
import { evaluate, type Ruling } from './evaluate.ts'
import { describeRuling, policyName } from './explain.ts'
import { describeEndpoint, type Pair } from './matrix.ts'
import type { End } from './policy.ts'
import type { Answer } from './row-answer.ts'
import { createEnds, policiesOf } from './world.ts'

type Seen = { readonly ruling: Ruling; readonly from: End; readonly to: End }

const isAsWanted = (pair: Pair, { ruling }: Seen): boolean => ruling.kind === (pair.open ? 'open' : 'closed')

const nameOf = (end: End): string | undefined => (end.kind === 'pod' ? end.name : undefined)

/** Policies that the answer rests on: the one that lets it pass, or those that stand in the way. */
const policiesBehind = (ruling: Ruling): readonly string[] => {
  if (ruling.kind === 'undefined') return []
  const sides = ruling.sides.filter(({ allowed }) => allowed === (ruling.kind === 'open'))
  return [...new Set(sides.flatMap((side) => (side.by ? [side.by.policy] : side.selecting)).map(policyName))]
}

const sideOf = (ruling: Ruling): string => {
  if (ruling.kind !== 'closed') return ''
  return ruling.sides
    .filter(({ allowed }) => !allowed)
    .map(({ direction }) => direction)
    .join(' and ')
}

const answerOf = (pair: Pair, seen: Seen): Answer => ({
  pair,
  good: isAsWanted(pair, seen),
  found: seen.ruling.kind,
  side: sideOf(seen.ruling),
  because: describeRuling(seen.ruling),
  policies: policiesBehind(seen.ruling),
  pods: [seen.from, seen.to].flatMap((end) => nameOf(end) ?? []),
})

/** The answer to each pair. Of several Pods behind one endpoint every one counts; the first that differs is told. */
export const answerByPolicy = async (pairs: readonly Pair[], context: CheckContext): Promise<readonly Answer[]> => {
  const [ends, policies] = await Promise.all([createEnds(context), policiesOf(context)])
  return Promise.all(
    pairs.map(async (pair): Promise<Answer> => {
      const [sources, targets] = await Promise.all([ends(pair.from.endpoint), ends(pair.to.endpoint)])
      const absent = sources.length === 0 ? pair.from : targets.length === 0 ? pair.to : undefined
      if (absent) {
        const because = `there are no ${describeEndpoint(absent.endpoint)}`
        return { pair, good: false, found: 'missing', side: '', because, policies: [], pods: [] }
      }
      const { port, protocol } = pair
      const seen = sources.flatMap((from) =>
        targets.map((to) => ({ from, to, ruling: evaluate(policies, { from, to, port, protocol }) })),
      )
      return answerOf(pair, seen.find((each) => !isAsWanted(pair, each)) ?? (seen[0] as Seen))
    }),
  )
}
