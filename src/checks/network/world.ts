/** What is in the cluster that decides about connections, read afresh. */
import { list, type Manifest } from '../../core/api/objects.ts'
import type { CheckContext } from '../../core/ports.ts'
import { type Endpoint, isMadeUp, isOutside } from './matrix.ts'
import type { End, Labels, NetworkPolicy, Protocol } from './policy.ts'

/**
 * The address of a Pod that has none: one that nobody scheduled, or that is made up. It lies in the Pod network that
 * kind and kubeadm documents use, so that a block like 0.0.0.0/0 covers it and 203.0.113.0/24 does not.
 */
const STAND_IN_ADDRESS = '10.244.255.254'

type Container = {
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[]
}

export type PodFacts = {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly node?: string
  readonly address?: string
  readonly running: boolean
  readonly created: string
  readonly hostNetwork: boolean
  readonly containers: readonly Container[]
}

const podFacts = (object: Manifest): PodFacts & { readonly over: boolean } => {
  const { metadata } = object
  const spec = (object.spec ?? {}) as {
    hostNetwork?: boolean
    nodeName?: string
    containers?: readonly Container[]
    initContainers?: readonly (Container & { restartPolicy?: string })[]
  }
  const status = (object.status ?? {}) as {
    phase?: string
    podIP?: string
    containerStatuses?: readonly { readonly state?: { readonly running?: unknown } }[]
  }
  const states = status.containerStatuses ?? []
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    labels: metadata?.labels ?? {},
    node: spec.nodeName,
    address: status.podIP,
    running: status.phase === 'Running' && states.every(({ state }) => state?.running !== undefined),
    created: String(metadata?.creationTimestamp ?? ''),
    hostNetwork: spec.hostNetwork === true,
    containers: [
      ...(spec.containers ?? []),
      // Sidecars run as long as the Pod does.
      ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
    ],
    over: status.phase === 'Succeeded' || status.phase === 'Failed' || metadata?.deletionTimestamp !== undefined,
  }
}

/** Pods that a selector finds, without those that have ended or are going. */
export const podsOf = async (
  { namespace, selector }: { readonly namespace: string; readonly selector: string },
  { probe, signal }: Pick<CheckContext, 'probe' | 'signal'>,
): Promise<readonly PodFacts[]> => {
  const all = await list(probe, { apiVersion: 'v1', kind: 'Pod', namespace }, { labelSelector: selector, signal })
  return all.map(podFacts).filter(({ over }) => !over)
}

export const policiesOf = async ({ probe, signal }: CheckContext): Promise<readonly NetworkPolicy[]> =>
  (await list(
    probe,
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    { signal },
  )) as unknown as readonly NetworkPolicy[]

/** Labels of each namespace. */
const namespacesOf = async ({ probe, signal }: CheckContext): Promise<ReadonlyMap<string, Labels>> => {
  const all = await list(probe, { apiVersion: 'v1', kind: 'Namespace' }, { signal })
  return new Map(all.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]))
}

/** The API server gives each namespace a label with its name, which nobody can change. */
const NAME_LABEL = 'kubernetes.io/metadata.name'

const portsOf = (containers: readonly Container[]) =>
  containers.flatMap(({ ports }) =>
    (ports ?? []).flatMap(({ name, containerPort, protocol }) =>
      name === undefined ? [] : [{ name, port: containerPort, protocol: (protocol ?? 'TCP') as Protocol }],
    ),
  )

/** Finds the ends that endpoints stand for; a selector may stand for several Pods, or for none. */
export const createEnds = async (context: CheckContext): Promise<(endpoint: Endpoint) => Promise<readonly End[]>> => {
  const namespaces = await namespacesOf(context)
  const known = new Map<string, Promise<readonly End[]>>()

  const resolve = async (endpoint: Endpoint): Promise<readonly End[]> => {
    if (isOutside(endpoint)) return [{ kind: 'address', address: endpoint.ip }]
    const { namespace } = endpoint
    const own = namespaces.get(namespace) ?? {}
    if (isMadeUp(endpoint)) {
      const ports = Object.entries(endpoint.ports ?? {}).map(([name, value]) => {
        const [port, protocol] = value.split('/')
        return { name, port: Number(port), protocol: protocol as Protocol }
      })
      const namespaceLabels = { ...own, ...endpoint['namespace-labels'], [NAME_LABEL]: namespace }
      const address = endpoint.ip ?? STAND_IN_ADDRESS
      return [{ kind: 'pod', namespace, namespaceLabels, labels: endpoint.labels, address, ports }]
    }
    return (await podsOf(endpoint, context)).map((pod) => ({
      kind: 'pod',
      namespace,
      namespaceLabels: own,
      labels: pod.labels,
      name: pod.name,
      address: pod.address ?? STAND_IN_ADDRESS,
      hostNetwork: pod.hostNetwork,
      ports: portsOf(pod.containers),
    }))
  }
  return (endpoint) => {
    const key = JSON.stringify(endpoint)
    const found = known.get(key) ?? resolve(endpoint)
    known.set(key, found)
    return found
  }
}
