/** Whether a container of a Pod runs, will run, or certainly will not, from what its status says. Pure. */
import type { Manifest } from '../core/api/objects.ts'

export type PodState =
  | { readonly kind: 'running' }
  /** It ended, or it is being removed: there is nothing to look into, and nothing is wrong either. */
  | { readonly kind: 'over' }
  /** It may still come up. */
  | { readonly kind: 'coming'; readonly reason: string; readonly message: string }
  /** It does not come up as it is. */
  | { readonly kind: 'stuck'; readonly reason: string; readonly message: string }
  | { readonly kind: 'no-container'; readonly names: readonly string[] }

type Detail = { readonly reason?: string; readonly message?: string }
type ContainerStatus = {
  readonly name: string
  readonly state?: {
    readonly waiting?: Detail
    readonly running?: unknown
    readonly terminated?: Detail & { readonly exitCode?: number }
  }
  readonly lastState?: { readonly terminated?: Detail & { readonly exitCode?: number } }
}
type PodParts = {
  readonly spec?: { readonly containers?: readonly { readonly name: string }[] }
  readonly status?: Detail & {
    readonly phase?: string
    readonly conditions?: readonly (Detail & { readonly type: string; readonly status: string })[]
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
  }
}

/** Reasons of the kubelet after which it tries the same again and again. The pauses between are named …BackOff. */
const STUCK =
  /^(Err\w+|\w+BackOff|CreateContainerError|CreateContainerConfigError|RunContainerError|InvalidImageName|ImageInspectError|StartError|PreCreateHookError|PreStartHookError|PostStartHookError|Blocked|CreatePodSandboxError)$/

/** The container that a check means: the one that it names, else the Pod's first. */
export const containerOf = (pod: Manifest, wanted: string | undefined): string | undefined => {
  const names = ((pod as PodParts).spec?.containers ?? []).map(({ name }) => name)
  return wanted === undefined ? names[0] : names.find((name) => name === wanted)
}

export const phaseOf = (pod: Manifest): string => (pod as PodParts).status?.phase ?? 'Pending'

const stuckOf = (status: ContainerStatus | undefined): PodState | undefined => {
  const { waiting, terminated } = status?.state ?? {}
  if (waiting && STUCK.test(waiting.reason ?? '')) {
    // A pause says how long it is; what it waits after says why.
    const last = status?.lastState?.terminated
    const message = last?.message ? `${waiting.message ?? ''}; ${last.message}` : (waiting.message ?? '')
    return { kind: 'stuck', reason: waiting.reason ?? '', message }
  }
  if (terminated && (terminated.exitCode !== 0 || STUCK.test(terminated.reason ?? ''))) {
    const message = terminated.message ?? `it ended with exit code ${terminated.exitCode}`
    return { kind: 'stuck', reason: terminated.reason ?? 'Error', message }
  }
  return undefined
}

/** What can be said of that container now. */
export const podState = (pod: Manifest, wanted?: string): PodState => {
  const { spec, status } = pod as PodParts
  const name = containerOf(pod, wanted)
  if (name === undefined) return { kind: 'no-container', names: (spec?.containers ?? []).map((one) => one.name) }
  if (pod.metadata?.deletionTimestamp !== undefined || status?.phase === 'Succeeded') return { kind: 'over' }
  const own = status?.containerStatuses?.find((one) => one.name === name)
  if (own?.state?.running !== undefined && status?.phase === 'Running') return { kind: 'running' }
  const stuck = stuckOf(own) ?? status?.initContainerStatuses?.map(stuckOf).find((each) => each !== undefined)
  if (stuck) return stuck
  if (status?.phase === 'Failed') {
    return { kind: 'stuck', reason: status.reason ?? 'Failed', message: status.message ?? '' }
  }
  if (own?.state?.terminated) return { kind: 'over' }
  const unscheduled = status?.conditions?.find((one) => one.type === 'PodScheduled' && one.status === 'False')
  const reason = own?.state?.waiting?.reason ?? unscheduled?.reason ?? status?.reason ?? status?.phase ?? 'Pending'
  return { kind: 'coming', reason, message: own?.state?.waiting?.message ?? unscheduled?.message ?? '' }
}
