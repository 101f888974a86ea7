import { THROW_AWAY_LABEL, throwAwayPid } from '../checks/throw-away.ts'
import { list, type Manifest, refOf, remove } from '../core/api/objects.ts'
import { deadlineAfter } from '../core/deadline.ts'
import type { CheckSpec } from '../core/model.ts'
import type { Probe } from '../core/ports.ts'
import { beforeAbort } from './before-abort.ts'
import { makesThrowAways } from './grade-check.ts'
import type { World } from './world.ts'

/** Whatever is older is nobody's any more, even if a process with its owner's number lives. */
const OLD_MS = 10 * 60_000

/** A sweep is housekeeping: a cluster that does not answer is the grading's business. */
const SWEEP_MS = 5000

type Type = { readonly apiVersion: string; readonly kind: string }

const ALWAYS: readonly Type[] = [
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding' },
  { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy' },
  { apiVersion: 'v1', kind: 'Namespace' },
]

const typesOf = (checks: readonly CheckSpec[]): readonly Type[] => {
  const given = checks.flatMap((check) => check.given as unknown as readonly Type[])
  return [
    ...new Map(
      [...ALWAYS, ...given].map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]),
    ).values(),
  ]
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM'
  }
}

/** A grader that was killed could not remove what it made; one that still runs will. */
const isLeftOver = (object: Manifest, now: number): boolean => {
  const pid = throwAwayPid(object)
  const created = Date.parse(String(object.metadata?.creationTimestamp ?? ''))
  return pid === undefined || !isAlive(pid) || (Number.isFinite(created) && now - created > OLD_MS)
}

/**
 * Removes throw-away objects that a killed grader left behind, of every kind that these checks make.
 * Answers how many. Does nothing for checks that make none; never throws.
 */
export const sweepThrowAways = async (
  checks: readonly CheckSpec[],
  { probe, clock }: Pick<World, 'probe' | 'clock'>,
  signal?: AbortSignal,
): Promise<number> => {
  const making = checks.filter(makesThrowAways)
  if (making.length === 0) return 0
  const soon = deadlineAfter(SWEEP_MS, signal)
  try {
    return await beforeAbort(sweep(typesOf(making), probe, clock.now(), soon.signal), soon.signal)
  } catch {
    // The grading that follows says what is wrong with the cluster.
    return 0
  } finally {
    soon.end()
  }
}

const sweep = async (types: readonly Type[], probe: Probe, now: number, signal: AbortSignal): Promise<number> => {
  const swept = await Promise.all(
    types.map(async (type) => {
      const all = await list(probe, type, { labelSelector: THROW_AWAY_LABEL, signal })
      const left = all.filter((object) => isLeftOver(object, now))
      await Promise.all(left.map((object) => remove(probe, refOf(object), { signal, graceSeconds: 0 })))
      return left.length
    }),
  )
  return swept.reduce((sum, count) => sum + count, 0)
}
