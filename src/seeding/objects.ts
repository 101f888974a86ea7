import { type ApiResource, deletableResources } from '../core/api/discovery.ts'
import { listIn, type Manifest } from '../core/api/objects.ts'
import type { Probe } from '../core/ports.ts'

/** One object of the cluster, with what is needed to find it again. */
export type Found = { readonly key: string; readonly resource: ApiResource; readonly object: Manifest }

/** Kinds that only the cluster itself makes and drops, all the time. They are no part of any lesson's state. */
const VOLATILE = new Set([
  '/Event',
  'events.k8s.io/Event',
  'coordination.k8s.io/LeaseCandidate',
  'networking.k8s.io/IPAddress',
  'metrics.k8s.io/PodMetrics',
  'metrics.k8s.io/NodeMetrics',
])

/** Identity of an object that does not change with the API version. */
export const keyOf = (resource: Pick<ApiResource, 'group' | 'kind'>, object: Manifest): string =>
  `${resource.group}/${resource.kind} ${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`

/** "Role shop/reader" for a key. */
export const describeKey = (key: string): string => {
  const [kind = '', name = ''] = key.split(' ')
  return `${kind.slice(kind.indexOf('/') + 1)} ${name.replace(/^\//, '')}`
}

const SERVER_FIELDS = [
  'managedFields',
  'resourceVersion',
  'uid',
  'generation',
  'creationTimestamp',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]

/** Annotations that controllers write, some time after the object was made. */
const CONTROLLER_NOTES = ['deployment.kubernetes.io/revision', 'deprecated.daemonset.template.generation']

/** The object without what the server and its controllers keep about it: what somebody asked for. */
export const normalise = (object: Manifest): Manifest => {
  const { status: _, ...rest } = object as Manifest & { readonly status?: unknown }
  const { annotations, ...metadata } = Object.fromEntries(
    Object.entries(object.metadata ?? {}).filter(([field]) => !SERVER_FIELDS.includes(field)),
  )
  const notes = Object.entries(annotations ?? {}).filter(([name]) => !CONTROLLER_NOTES.includes(name))
  const noted = notes.length === 0 ? {} : { annotations: Object.fromEntries(notes) }
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: { ...metadata, ...noted } }
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}

/** True when two normalised objects say the same. */
export const isSame = (a: Manifest, b: Manifest): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

/** How many list requests are under way at once. */
const PARALLEL = 8

/** Calls `work` for each item, a few at a time, and answers the results in order. The first failure ends it. */
export const eachOf = async <A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<readonly B[]> => {
  const results: B[] = new Array(items.length)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as A)
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker))
  return results
}

/** An APIService that the API server keeps for a group of its own or of a CustomResourceDefinition. */
const isAutomatic = ({ resource, object }: Found): boolean =>
  resource.kind === 'APIService' && object.metadata?.labels?.['kube-aggregator.kubernetes.io/automanaged'] !== undefined

/** Every object of the cluster that can be listed and deleted, volatile kinds left out. */
export const listCluster = async (
  probe: Probe,
  options: { readonly signal?: AbortSignal } = {},
): Promise<readonly Found[]> => {
  const resources = (await deletableResources(probe, { ...options, fresh: true })).filter(
    (resource) => !VOLATILE.has(`${resource.group}/${resource.kind}`),
  )
  const lists = await eachOf(resources, async (resource) => {
    const objects = await listIn(probe, resource, {}, options)
    return objects.map((object) => ({ key: keyOf(resource, object), resource, object }))
  })
  return lists.flat().filter((each) => !isAutomatic(each))
}
