import { pathIn, resourceOf } from '../core/api/discovery.ts'
import { type Manifest, remove } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { UserError } from '../core/errors.ts'
import type { Clock, Probe } from '../core/ports.ts'
import { describeKey, eachOf, type Found } from './objects.ts'

type Options = { readonly probe: Probe; readonly clock: Clock; readonly signal?: AbortSignal }

/** Objects that decide about other requests go first, so that none of them forbids the clean-up. */
const DECIDERS = /^(Validating|Mutating)(AdmissionPolicy|AdmissionPolicyBinding|WebhookConfiguration)$/

const STUCK_AFTER_MS = 3000
const DEADLINE_MS = 60_000

const deleteOne = async ({ resource, object }: Found, { probe, signal }: Options): Promise<void> => {
  const { name, namespace } = object.metadata ?? {}
  const ref = { apiVersion: resource.apiVersion, kind: resource.kind, name, namespace }
  const graceSeconds = resource.kind === 'Pod' ? 0 : undefined
  const reply = await remove(probe, ref, { graceSeconds, signal })
  // 404: somebody was quicker. 409: a namespace that is being deleted already.
  if (isOk(reply) || reply.status === 404 || reply.status === 409) return
  throw new UserError({
    what: `Could not delete ${resource.kind} ${namespace ? `${namespace}/` : ''}${name}: ${statusMessage(reply)}`,
    next: 'Make the cluster anew: k8s-sec-lab cluster down, then k8s-sec-lab start.',
    exitCode: 3,
  })
}

const readOne = async ({ resource, object }: Found, { probe, signal }: Options): Promise<Found | undefined> => {
  const { name, namespace } = object.metadata ?? {}
  const reply = await probe.api({ method: 'GET', path: pathIn(resource, { name, namespace }), signal })
  if (!isOk(reply)) return undefined
  const now = reply.json as Found['object']
  if (now.metadata?.uid !== object.metadata?.uid) return undefined
  return { key: `${resource.group}/${resource.kind} ${namespace ?? ''}/${name}`, resource, object: now }
}

/** Takes the finalizers off an object that waits for somebody who will not come. */
const unstick = async ({ resource, object }: Found, { probe, signal }: Options): Promise<void> => {
  if (object.metadata?.deletionTimestamp === undefined || resource.kind === 'Namespace') return
  const { name, namespace } = object.metadata
  await probe.api({
    method: 'PATCH',
    path: pathIn(await resourceOf(probe, resource, { signal }), { name, namespace }),
    contentType: 'application/merge-patch+json',
    body: { metadata: { finalizers: null } },
    signal,
  })
}

/** What the cluster itself keeps in a namespace; nobody else would take it away in time. */
const LEFTOVERS = [
  '/api/v1/namespaces/NS/events',
  '/api/v1/namespaces/NS/endpoints',
  '/apis/discovery.k8s.io/v1/namespaces/NS/endpointslices',
  '/apis/coordination.k8s.io/v1/namespaces/NS/leases',
]

/**
 * Lets a namespace go whose content is gone. Its controller would do the same, but only looks five seconds after the
 * deletion (namespaceDeletionGracePeriod in kubernetes/pkg/controller/namespace).
 */
const finalise = async ({ object }: Found, { probe, signal }: Options): Promise<void> => {
  const name = encodeURIComponent(object.metadata?.name ?? '')
  await eachOf(LEFTOVERS, (path) => probe.api({ method: 'DELETE', path: path.replace('NS', name), signal }))
  const path = `/api/v1/namespaces/${name}`
  const reply = await probe.api({ method: 'GET', path, signal })
  if (!isOk(reply)) return
  const now = reply.json as Manifest & { readonly spec?: object }
  if (now.metadata?.deletionTimestamp === undefined) return
  await probe.api({ method: 'PUT', path: `${path}/finalize`, body: { ...now, spec: { finalizers: [] } }, signal })
}

/** Waits until objects are gone, and takes off the finalizers that hold one for longer than three seconds. */
const waitAllGone = async (objects: readonly Found[], options: Options): Promise<void> => {
  const { clock, signal } = options
  const start = clock.now()
  let left = objects
  for (let pause = 25; ; pause = Math.min(pause * 1.5, 250)) {
    left = (await eachOf(left, (each) => readOne(each, options))).filter((each) => each !== undefined)
    if (left.length === 0) return
    const waited = clock.now() - start
    if (waited > DEADLINE_MS) {
      throw new UserError({
        what: `Could not delete ${left.map(({ key }) => describeKey(key)).join(', ')} within a minute.`,
        next: 'Make the cluster anew: k8s-sec-lab cluster down, then k8s-sec-lab start.',
        exitCode: 3,
      })
    }
    if (waited > STUCK_AFTER_MS) await eachOf(left, (each) => unstick(each, options))
    await clock.sleep(pause, signal)
  }
}

/**
 * Deletes objects and waits until they are gone: policies first, then namespaces and their content together, Pods
 * without grace. Throws UserError with what is left after a minute.
 */
export const removeAll = async (objects: readonly Found[], options: Options): Promise<void> => {
  if (objects.length === 0) return
  const deciders = objects.filter(({ resource }) => DECIDERS.test(resource.kind))
  const namespaces = objects.filter(({ resource }) => resource.kind === 'Namespace' && resource.group === '')
  const others = objects.filter((each) => !deciders.includes(each) && !namespaces.includes(each))
  await eachOf(deciders, (each) => deleteOne(each, options))
  // A namespace that is being deleted takes nothing new, so that its content can be counted on to be all there is.
  await eachOf(namespaces, (each) => deleteOne(each, options))
  await eachOf(others, (each) => deleteOne(each, options))
  await waitAllGone([...deciders, ...others], options)
  await eachOf(namespaces, (each) => finalise(each, options))
  await waitAllGone(namespaces, options)
}
