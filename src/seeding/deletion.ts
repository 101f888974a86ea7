import { pathIn } from '../core/api/discovery.ts'
import { remove } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { UserError } from '../core/errors.ts'
import type { Clock, Probe } from '../core/ports.ts'
import { eachOf, type Found } from './objects.ts'

export type Options = { readonly probe: Probe; readonly clock: Clock; readonly signal?: AbortSignal }

/** Deletes an object; one that is gone already is fine. `graceSeconds`: the API server's own when left out. */
export const deleteOne = async (
  { resource, object }: Found,
  { probe, signal, graceSeconds }: Options & { readonly graceSeconds?: number },
): Promise<void> => {
  const { name, namespace } = object.metadata ?? {}
  const ref = { apiVersion: resource.apiVersion, kind: resource.kind, name, namespace }
  const reply = await remove(probe, ref, { graceSeconds, signal })
  // 404: somebody was quicker. 409: a namespace that is being deleted already.
  if (isOk(reply) || reply.status === 404 || reply.status === 409) return
  throw new UserError({
    what: `Could not delete ${resource.kind} ${namespace ? `${namespace}/` : ''}${name}: ${statusMessage(reply)}`,
    next: 'Make the cluster anew: k8s-sec-lab cluster down, then k8s-sec-lab start.',
    exitCode: 3,
  })
}

/** The object as it is now; undefined when it is gone, or another one bears its name. */
const readOne = async ({ resource, object }: Found, { probe, signal }: Options): Promise<Found | undefined> => {
  const { name, namespace } = object.metadata ?? {}
  const reply = await probe.api({ method: 'GET', path: pathIn(resource, { name, namespace }), signal })
  if (!isOk(reply)) return undefined
  const now = reply.json as Found['object']
  if (now.metadata?.uid !== object.metadata?.uid) return undefined
  return { key: `${resource.group}/${resource.kind} ${namespace ?? ''}/${name}`, resource, object: now }
}

/** Those that are still there, as they are now. */
export const remaining = async (objects: readonly Found[], options: Options): Promise<readonly Found[]> =>
  (await eachOf(objects, (each) => readOne(each, options))).filter((each) => each !== undefined)

/** Waits until objects are gone, for so many milliseconds at most, and answers those that are left then. */
export const waitGoneFor = async (
  objects: readonly Found[],
  patienceMs: number,
  options: Options,
): Promise<readonly Found[]> => {
  const { clock, signal } = options
  const end = clock.now() + patienceMs
  let left = objects
  while (left.length > 0 && clock.now() < end) {
    left = await remaining(left, options)
    if (left.length > 0) await clock.sleep(100, signal)
  }
  return left
}
