/** The matrix answered by real connections from real Pods. */
import { UserError } from '../../core/errors.ts'
import type { Finding } from '../../core/model.ts'
import type { CheckContext, NodeProbe } from '../../core/ports.ts'
import { unknown } from '../findings.ts'
import { connectFromPod, listensForNode, type Outcome, type Target } from './connect.ts'
import { enforcementOf } from './enforcement.ts'
import { describeEndpoint, type Endpoint, isMadeUp, isOutside, type Pair } from './matrix.ts'
import type { Answer } from './row-answer.ts'
import { type PodFacts, podsOf } from './world.ts'

/** To find out whether anything enforces, start given Pods, and try. */
export const TRAFFIC_DEADLINE_MS = 90_000
const START_MS = 15_000
/** Filters, and servers that have just been started, take a moment. */
const AS_WANTED_MS = 4000
const PAUSE_MS = 300
const AT_ONCE = 4

/** Why a pair cannot be tried, for the author of a lesson; undefined when it can. */
export const untriable = ({ from, to, port, protocol }: Pair): string | undefined => {
  if (isOutside(from.endpoint)) return 'expected a Pod as source: a connection is tried from inside a container'
  if (isMadeUp(from.endpoint) || isMadeUp(to.endpoint)) {
    return 'expected {namespace, selector}: a connection can only be tried between Pods that exist (make them with given)'
  }
  if (protocol === 'SCTP' || (protocol === 'UDP' && port !== 53)) {
    return 'expected TCP, or UDP with port 53: of other protocols, silence does not tell closed from open'
  }
  return undefined
}

type Spot = { readonly pod?: PodFacts; readonly address: string }

/** The newest running Pod behind an endpoint; throw-away Pods that were given a moment ago are waited for. */
const spotOf = async (endpoint: Endpoint, context: CheckContext): Promise<Spot | string> => {
  if (isOutside(endpoint)) return { address: endpoint.ip }
  if (isMadeUp(endpoint)) return `${describeEndpoint(endpoint)} is made up`
  const { clock, signal } = context
  const end = clock.now() + START_MS
  for (;;) {
    const pods = [...(await podsOf(endpoint, context))].sort((a, b) => b.created.localeCompare(a.created))
    const pod = pods.find(({ running, address }) => running && address !== undefined)
    if (pod?.address) return { pod, address: pod.address }
    if (pods.length === 0) return `there are no ${describeEndpoint(endpoint)}`
    if (clock.now() >= end) return `Pod ${pods[0]?.namespace}/${pods[0]?.name} is not running`
    await clock.sleep(PAUSE_MS, signal)
  }
}

type Trial = { readonly nodes: NodeProbe; readonly context: CheckContext; readonly node: string }

const tryPair = async (pair: Pair, spots: readonly [Spot, Spot], trial: Trial): Promise<Answer> => {
  const { nodes, context } = trial
  const { clock, signal } = context
  const [source, destination] = spots
  const target: Target = {
    address: destination.address,
    port: pair.port,
    protocol: pair.protocol === 'UDP' ? 'UDP' : 'TCP',
  }
  const pods = [source.pod?.name, destination.pod?.name].flatMap((name) => name ?? [])
  const answer = (found: Answer['found'], because: string): Answer => ({
    pair,
    good: found === (pair.open ? 'open' : 'closed'),
    found,
    side: '',
    because,
    policies: [],
    pods,
  })
  const from = { namespace: source.pod?.namespace ?? '', pod: source.pod?.name ?? '' }
  const way = `tried from Pod ${from.namespace}/${from.pod} to ${target.address}`
  const end = clock.now() + AS_WANTED_MS
  let outcome: Outcome
  for (;;) {
    outcome = await connectFromPod(nodes, from, target, signal)
    if ((outcome === 'open') === pair.open || clock.now() >= end) break
    await clock.sleep(PAUSE_MS, signal)
  }
  if (outcome === 'open') return answer('open', way)
  // Closed means something only where an open way would have been answered.
  const node = destination.pod?.node ?? source.pod?.node ?? trial.node
  if (await listensForNode(nodes, node, target, signal)) return answer('closed', `${way}: ${outcome}`)
  return answer('silent', `nothing listens at ${target.address}:${target.port}, as its node finds too`)
}

const inTurns = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: R[] = []
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
  }
  return results
}

/** What real connections say; could not check where nothing enforces policies, for then all of them are open. */
export const answerByTraffic = async (
  pairs: readonly Pair[],
  image: string,
  context: CheckContext,
): Promise<{ readonly answers: readonly Answer[] } | { readonly finding: Finding }> => {
  const { nodes } = context.probe
  if (!nodes) return { finding: notHere('this needs real nodes, which this cluster does not have') }
  const enforcement = await enforcementOf(image, nodes, context)
  if (enforcement.kind === 'nothing') {
    return {
      finding: notHere(
        'nothing in this cluster enforces NetworkPolicy: two Pods went on talking under a policy that denies everything. A policy object alone stops no packet',
      ),
    }
  }
  if (enforcement.kind === 'unclear') {
    return { finding: unknown(`it is not clear whether this cluster enforces NetworkPolicy: ${enforcement.reason}`) }
  }
  const [node] = await nodes.list()
  const trial: Trial = { nodes, context, node: node?.name ?? '' }
  const answers = inTurns(pairs, async (pair): Promise<Answer> => {
    const from = await spotOf(pair.from.endpoint, context)
    const to = await spotOf(pair.to.endpoint, context)
    const absent = typeof from === 'string' ? from : typeof to === 'string' ? to : undefined
    if (absent !== undefined) {
      return { pair, good: false, found: 'missing', side: '', because: absent, policies: [], pods: [] }
    }
    return tryPair(pair, [from as Spot, to as Spot], trial)
  })
  try {
    return { answers: await answers }
  } catch (error) {
    if (error instanceof UserError) return { finding: unknown(`${error.message} ${error.next}`) }
    throw error
  }
}

const notHere = (reason: string): Finding => ({ kind: 'unknown', reason, notHere: true })
