import { deleteOne, type Options, waitGoneFor } from './deletion.ts'
import { eachOf, type Found } from './objects.ts'

/** How long a kubelet may take to end a Pod; a node that is down never does. */
const KUBELET_MS = 15_000

export const isPod = ({ resource }: Found): boolean => resource.kind === 'Pod' && resource.group === ''

/**
 * Whether a Pod is gone only when its kubelet has ended it. A kubelet reads an immutable Secret or ConfigMap once, for all
 * Pods that have it and until the last one has ended (kubernetes v1.34, pkg/kubelet/util/manager); deleted without grace, a
 * Pod is out of the API at once, and a Secret made anew under its name would be mounted with the earlier value.
 */
export const isEndedByKubelet = (each: Found, all: readonly Found[]): boolean =>
  isPod(each) &&
  (each.object as { status?: { startTime?: string } }).status?.startTime !== undefined &&
  all.some(
    ({ object }) =>
      (object as { immutable?: boolean }).immutable === true &&
      object.metadata?.namespace === each.object.metadata?.namespace,
  )

/** Deletes Pods that a kubelet ends, and waits for it as long as it may take. Answers those that are left then. */
export const endPods = async (pods: readonly Found[], options: Options): Promise<readonly Found[]> => {
  await eachOf(pods, (each) => deleteOne(each, { ...options, graceSeconds: 1 }))
  return waitGoneFor(pods, KUBELET_MS, options)
}
