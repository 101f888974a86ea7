import { pathIn, resourceOf } from '../core/api/discovery.ts'
import { remove } from '../core/api/objects.ts'
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
  if (object.metadata?.deletionTimestamp === undefined) return
  const { name, namespace } = object.metadata
  await probe.api({
    method: 'PATCH',
    path: pathIn(await resourceOf(probe, resource, { signal }), { name, namespace }),
    contentType: 'application/merge-patch+json',
    body: { metadata: { finalizers: null } },
    signal,
  })
}

/**
 * Deletes objects and waits until they are gone: policies first, then namespaces and everything else together. Pods go
 * without grace. Finalizers that hold an object for longer than three seconds are taken off. Throws UserError with
 * what is left after a minute.
 */
export const removeAll = async (objects: readonly Found[], options: Options): Promise<void> => {
  const { clock, signal } = options
  if (objects.length === 0) return
  const deciders = objects.filter(({ resource }) => DECIDERS.test(resource.kind))
  await eachOf(deciders, (each) => deleteOne(each, options))
  const others = objects.filter((each) => !deciders.includes(each))
  const namespaces = others.filter(({ resource }) => resource.kind === 'Namespace' && resource.group === '')
  const doomed = new Set(namespaces.map(({ object }) => object.metadata?.name))
  // A namespace takes its content along; its Pods are sent off by hand, because it would wait for their grace.
  const byHand = others.filter(
    ({ resource, object }) => !doomed.has(object.metadata?.namespace ?? '') || resource.kind === 'Pod',
  )
  await eachOf(namespaces, (each) => deleteOne(each, options))
  await eachOf(
    byHand.filter((each) => !namespaces.includes(each)),
    (each) => deleteOne(each, options),
  )
  const start = clock.now()
  let left: readonly Found[] = objects.filter(
    ({ object }) =>
      !doomed.has(object.metadata?.namespace ?? '') ||
      ((object.metadata?.finalizers ?? []) as readonly string[]).length > 0,
  )
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
    if (waited > STUCK_AFTER_MS) {
      await eachOf(
        left.filter(({ resource }) => resource.kind !== 'Namespace'),
        (each) => unstick(each, options),
      )
    }
    await clock.sleep(pause, signal)
  }
}
