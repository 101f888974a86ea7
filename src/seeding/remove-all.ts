import { pathIn, resourceOf } from '../core/api/discovery.ts'
import { UserError } from '../core/errors.ts'
import { deleteOne, type Options, remaining, waitGoneFor } from './deletion.ts'
import { endPods, isEndedByKubelet, isPod } from './end-pods.ts'
import { CONTROLLER_AFTER_MS, CONTROLLER_DONE_MS, finalise, isNamespace } from './namespaces.ts'
import { describeKey, eachOf, type Found } from './objects.ts'

/** Objects that decide about other requests go first, so that none of them forbids the clean-up. */
const DECIDERS = /^(Validating|Mutating)(AdmissionPolicy|AdmissionPolicyBinding|WebhookConfiguration)$/

const STUCK_AFTER_MS = 3000
const DEADLINE_MS = 60_000
/** The namespace controller comes after five seconds, later when the API server was away. */
const CONTROLLER_WAIT_MS = 20_000

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

/** Waits until objects are gone, and takes off the finalizers that hold one for longer than three seconds. */
const waitAllGone = async (objects: readonly Found[], options: Options): Promise<void> => {
  const { clock, signal } = options
  const start = clock.now()
  let left = objects
  for (let pause = 25; ; pause = Math.min(pause * 1.5, 250)) {
    left = await remaining(left, options)
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

/** What became of the namespaces: names that were let go by hand, with Clock milliseconds of their deletion. */
export type Removed = { readonly byHand: Readonly<Record<string, number>> }

/** Waits for the controller, and does its work only when it surely does not come. */
const waitForController = async (namespaces: readonly Found[], options: Options): Promise<void> => {
  const left = await waitGoneFor(namespaces, CONTROLLER_WAIT_MS, options)
  await eachOf(left, (each) => finalise(each, options))
}

/**
 * Deletes objects and waits until they are gone: policies first, then namespaces and their content together, Pods
 * without grace but for those of immutable Secrets. `recent`: namespaces deleted lately, by name, with Clock
 * milliseconds. Throws UserError with what is left after a minute.
 */
export const removeAll = async (
  objects: readonly Found[],
  options: Options & { readonly recent?: Readonly<Record<string, number>> },
): Promise<Removed> => {
  const { clock, recent = {} } = options
  if (objects.length === 0) return { byHand: {} }
  const deciders = objects.filter(({ resource }) => DECIDERS.test(resource.kind))
  const namespaces = objects.filter(isNamespace)
  const others = objects.filter((each) => !deciders.includes(each) && !namespaces.includes(each))
  await eachOf(deciders, (each) => deleteOne(each, options))
  const begun = clock.now()
  // A namespace that is being deleted takes nothing new, so that its content can be counted on to be all there is.
  await eachOf(namespaces, (each) => deleteOne(each, options))
  const ended = others.filter((each) => isEndedByKubelet(each, others))
  const now = others.filter((each) => !ended.includes(each))
  await eachOf(now, (each) => deleteOne(each, isPod(each) ? { ...options, graceSeconds: 0 } : options))
  const alive = await endPods(ended, options)
  await eachOf(alive, (each) => deleteOne(each, { ...options, graceSeconds: 0 }))
  await waitAllGone([...deciders, ...others], options)
  const inTime = clock.now() - begun < CONTROLLER_AFTER_MS
  const isFree = ({ object }: Found): boolean => {
    const before = recent[object.metadata?.name ?? '']
    const quiet = before === undefined || clock.now() - before > CONTROLLER_DONE_MS
    return inTime && quiet && object.metadata?.deletionTimestamp === undefined
  }
  const free = namespaces.filter(isFree)
  await eachOf(free, (each) => finalise(each, options))
  await waitForController(
    namespaces.filter((each) => !free.includes(each)),
    options,
  )
  await waitAllGone(namespaces, options)
  return { byHand: Object.fromEntries(free.map(({ object }) => [object.metadata?.name ?? '', begun])) }
}
