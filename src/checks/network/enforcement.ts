/** Whether anything in the cluster acts on NetworkPolicies: found out with two throw-away Pods and a policy. */
import type { Manifest } from '../../core/api/objects.ts'
import { apply } from '../../core/api/objects.ts'
import { orThrow } from '../../core/api/reply.ts'
import { BugError, messageOf } from '../../core/errors.ts'
import type { CheckContext, NodeProbe } from '../../core/ports.ts'
import { THROW_AWAY_NONCE, withThrowAways } from '../throw-away.ts'
import { connectFromPod, listensForNode, type Target } from './connect.ts'
import { type PodFacts, podsOf } from './world.ts'

export type Enforcement =
  | { readonly kind: 'enforced' | 'nothing' }
  | { readonly kind: 'unclear'; readonly reason: string }

const PORT = 8080
const START_MS = 25_000
const CONNECT_MS = 5000
/** Plugins program their filters within a second or two. */
const ENFORCE_MS = 6000
const PAUSE_MS = 250

/** How long an answer is believed: a network plugin is not swapped every minute. */
const REMEMBER_MS = 10 * 60_000

const pod = (name: string, role: string, command: readonly string[], image: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: role, namespace: name, labels: { role } },
  spec: {
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent', command }],
  },
})

const denyAll = (name: string): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny-all', namespace: name },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
})

type Running = PodFacts & { readonly address: string; readonly node: string }

const isRunning = (facts: PodFacts | undefined): facts is Running =>
  facts?.running === true && facts.address !== undefined && facts.node !== undefined

const started = async (namespace: string, context: CheckContext): Promise<readonly [Running, Running] | undefined> => {
  const { clock, signal } = context
  const end = clock.now() + START_MS
  for (;;) {
    const [client] = await podsOf({ namespace, selector: 'role=client' }, context)
    const [server] = await podsOf({ namespace, selector: 'role=server' }, context)
    if (isRunning(client) && isRunning(server)) return [client, server]
    if (clock.now() >= end) return undefined
    await clock.sleep(PAUSE_MS, signal)
  }
}

const probeIn = async (namespace: string, nodes: NodeProbe, context: CheckContext): Promise<Enforcement> => {
  const { clock, signal, probe } = context
  const pods = await started(namespace, context)
  if (!pods) return { kind: 'unclear', reason: 'two Pods to try it with did not start in time' }
  const [client, server] = pods
  const target: Target = { address: server.address, port: PORT, protocol: 'TCP' }
  const connects = async (): Promise<boolean> =>
    (await connectFromPod(nodes, { namespace, pod: client.name }, target, signal)) === 'open'
  /** True as soon as connecting ends as wanted, false when it does not for so long. */
  const becomes = async (wanted: boolean, ms: number): Promise<boolean> => {
    const end = clock.now() + ms
    for (;;) {
      if ((await connects()) === wanted) return true
      if (clock.now() >= end) return false
      await clock.sleep(PAUSE_MS, signal)
    }
  }
  if (!(await becomes(true, CONNECT_MS))) {
    return { kind: 'unclear', reason: 'two Pods without any policy could not reach each other' }
  }
  orThrow(await apply(probe, denyAll(namespace), { signal }), 'apply a policy in a throw-away namespace')
  if (!(await becomes(false, ENFORCE_MS))) return { kind: 'nothing' }
  // Closed by the policy, and not because the server is gone.
  if (await listensForNode(nodes, server.node, target, signal)) return { kind: 'enforced' }
  return { kind: 'unclear', reason: 'a Pod that answered before no longer does, not even to its node' }
}

const findOut = async (image: string, nodes: NodeProbe, context: CheckContext): Promise<Enforcement> => {
  const name = context.bindings.nonce[THROW_AWAY_NONCE]
  if (name === undefined) throw new BugError('the grader gave no name for throw-away objects')
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    pod(name, 'server', ['httpd', '-f', '-p', String(PORT), '-h', '/'], image),
    pod(name, 'client', ['sleep', '3600'], image),
  ]
  try {
    return await withThrowAways(objects, context, () => probeIn(name, nodes, context))
  } catch (error) {
    context.signal.throwIfAborted()
    return { kind: 'unclear', reason: messageOf(error) }
  }
}

type Known = { readonly until: number; readonly answer: Promise<Enforcement> }
const remembered = new Map<string, Known>()

/**
 * Whether NetworkPolicies are enforced. Asked once for a cluster and then remembered for some minutes, unless the
 * answer was unclear. Checks that ask at the same time share one look.
 */
export const enforcementOf = async (image: string, nodes: NodeProbe, context: CheckContext): Promise<Enforcement> => {
  // A cluster that was made anew has another certificate.
  const key = `${context.probe.server} ${context.probe.ca}`
  const known = remembered.get(key)
  if (known && known.until > context.clock.now()) {
    try {
      return await known.answer
    } catch {
      // Whoever was looking was cut off; look again.
      context.signal.throwIfAborted()
    }
  }
  const answer = findOut(image, nodes, context)
  const entry = { until: context.clock.now() + REMEMBER_MS, answer }
  remembered.set(key, entry)
  const forget = (): void => {
    if (remembered.get(key) === entry) remembered.delete(key)
  }
  answer.then(({ kind }) => (kind === 'unclear' ? forget() : undefined), forget)
  return answer
}

/** Forgets what is known of all clusters. For tests that change what a cluster enforces. */
export const forgetEnforcement = (): void => remembered.clear()
