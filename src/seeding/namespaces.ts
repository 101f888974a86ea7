/**
 * Namespaces that go and come again under the same name. Their controller works by name: it looks five seconds after a
 * deletion (namespaceDeletionGracePeriod, kubernetes v1.34, pkg/controller/namespace), and when the name is being
 * deleted once more just then, it empties whatever bears the name, a fresh seed included. So a namespace that the next
 * seed needs is emptied and kept, and one is let go by hand only while its controller is surely not at work on it.
 */
import type { Manifest } from '../core/api/objects.ts'
import { isOk } from '../core/api/reply.ts'
import type { Clock, Probe } from '../core/ports.ts'
import { eachOf, type Found } from './objects.ts'

type Options = { readonly probe: Probe; readonly clock: Clock; readonly signal?: AbortSignal }

/** The controller may be at work from this long after a deletion on, one second taken off for slow clocks. */
export const CONTROLLER_AFTER_MS = 4000
/** And is surely done with an empty namespace this long after it. */
export const CONTROLLER_DONE_MS = 10_000

/** What the cluster itself keeps in a namespace; nobody else would take it away in time. */
const LEFTOVERS = [
  '/api/v1/namespaces/NS/events',
  '/api/v1/namespaces/NS/endpoints',
  '/apis/discovery.k8s.io/v1/namespaces/NS/endpointslices',
  '/apis/coordination.k8s.io/v1/namespaces/NS/leases',
]

export const isNamespace = ({ resource }: Found): boolean => resource.kind === 'Namespace' && resource.group === ''

/** What the controllers make in every namespace, at once and again. */
export const isMadeEverywhere = ({ resource, object }: Found): boolean =>
  (resource.kind === 'ServiceAccount' && object.metadata?.name === 'default') ||
  (resource.kind === 'ConfigMap' && object.metadata?.name === 'kube-root-ca.crt')

/** Takes away what the cluster noted about a namespace's former content. */
export const clearNotes = async (name: string, { probe, signal }: Options): Promise<void> => {
  await eachOf(LEFTOVERS, (path) =>
    probe.api({ method: 'DELETE', path: path.replace('NS', encodeURIComponent(name)), signal }),
  )
}

/** Lets an empty namespace that is being deleted go, as its controller would. */
export const finalise = async ({ object }: Found, options: Options): Promise<void> => {
  const { probe, signal } = options
  const name = object.metadata?.name ?? ''
  await clearNotes(name, options)
  const path = `/api/v1/namespaces/${encodeURIComponent(name)}`
  const reply = await probe.api({ method: 'GET', path, signal })
  if (!isOk(reply)) return
  const now = reply.json as Manifest
  if (now.metadata?.deletionTimestamp === undefined || now.metadata.uid !== object.metadata?.uid) return
  await probe.api({ method: 'PUT', path: `${path}/finalize`, body: { ...now, spec: { finalizers: [] } }, signal })
}

/** Makes a namespace that was kept say what its manifest says, and nothing else: labels of the learner go. */
export const replaceNamespace = async (manifest: Manifest, { probe, signal }: Options): Promise<void> => {
  const name = manifest.metadata?.name ?? ''
  const path = `/api/v1/namespaces/${encodeURIComponent(name)}`
  const reply = await probe.api({ method: 'GET', path, signal })
  if (!isOk(reply)) return
  const now = reply.json as Manifest
  const metadata = {
    name,
    resourceVersion: now.metadata?.resourceVersion,
    labels: { ...manifest.metadata?.labels, 'kubernetes.io/metadata.name': name },
    annotations: manifest.metadata?.annotations,
  }
  await probe.api({ method: 'PUT', path, body: { ...now, metadata }, signal })
}
