/** Verdicts of checks put together: companions, edge and level rules. Pure. */
import type { CheckSpec, Lesson, Verdict } from './model.ts'

export type Verdicts = Readonly<Record<string, Verdict>>

/** All checks of a lesson in order. */
export const checksOf = (lesson: Pick<Lesson, 'tasks'>): readonly CheckSpec[] =>
  lesson.tasks.flatMap((task) => task.checks)

/** An edge check is done for good once it was done; a level check must hold now. */
const counts = (check: CheckSpec, verdicts: Verdicts, edges: readonly string[]): boolean =>
  verdicts[check.id]?.kind === 'passed' || (check.mode === 'edge' && edges.includes(check.id))

/**
 * Verdicts after the companion rule: a check with `after` does not pass unless that check does. A negative that holds
 * because nothing works any more is no pass; when the companion could not be checked, neither could this one.
 */
export const withCompanions = (
  checks: readonly CheckSpec[],
  verdicts: Verdicts,
  edges: readonly string[] = [],
): Verdicts => {
  const byId = new Map(checks.map((check) => [check.id, check]))
  const settled = new Map<string, Verdict | undefined>()
  const settle = (check: CheckSpec, seen: readonly string[]): Verdict | undefined => {
    if (settled.has(check.id)) return settled.get(check.id)
    const own = verdicts[check.id]
    const companion = check.after === undefined ? undefined : byId.get(check.after)
    const needed = companion !== undefined && !seen.includes(companion.id) && own?.kind === 'passed'
    const verdict = needed ? beside(check, own, companion, settle(companion, [...seen, check.id]), edges) : own
    settled.set(check.id, verdict)
    return verdict
  }
  const result: Record<string, Verdict> = {}
  for (const check of checks) {
    const verdict = settle(check, [check.id])
    if (verdict) result[check.id] = verdict
  }
  return result
}

const beside = (
  check: CheckSpec,
  own: Verdict & { readonly kind: 'passed' },
  companion: CheckSpec,
  other: Verdict | undefined,
  edges: readonly string[],
): Verdict => {
  if (other?.kind === 'passed' || (companion.mode === 'edge' && edges.includes(companion.id))) return own
  const reproduce = own.reproduce === undefined ? {} : { reproduce: own.reproduce }
  if (other?.kind !== 'failed') {
    const cause = other === undefined ? 'it has not been checked' : other.reason
    const reason = `it counts only together with "${companion.title}": ${cause}`
    return { kind: 'unknown', reason, ...(other?.notHere ? { notHere: true } : {}), ...reproduce }
  }
  return {
    kind: 'failed',
    expected: own.expected ?? check.expect ?? check.title,
    found: own.found,
    why: `This part holds. It counts only together with "${companion.title}": put that right first.`,
    ...reproduce,
  }
}

/** Edge checks that are done now and were not before. */
export const newEdges = (
  checks: readonly CheckSpec[],
  verdicts: Verdicts,
  edges: readonly string[],
): readonly string[] =>
  checks
    .filter(({ id, mode }) => mode === 'edge' && verdicts[id]?.kind === 'passed' && !edges.includes(id))
    .map(({ id }) => id)

/** A question that this cluster cannot answer at all, as opposed to one that it did not answer just now. */
export const isNotHere = (verdict: Verdict | undefined): boolean =>
  verdict?.kind === 'unknown' && verdict.notHere === true

/**
 * The verdict on a lesson: passed when every level check passes in the same grading and every edge check is done;
 * failed when one of them is "not yet"; otherwise something could not be checked. Checks that this cluster cannot
 * answer at all are left out, as long as there are others.
 */
export const lessonVerdict = (
  checks: readonly CheckSpec[],
  verdicts: Verdicts,
  edges: readonly string[] = [],
): 'passed' | 'failed' | 'unknown' => {
  const answered = checks.filter((check) => counts(check, verdicts, edges) || !isNotHere(verdicts[check.id]))
  const open = answered.filter((check) => !counts(check, verdicts, edges))
  if (open.length === 0) return answered.length === 0 ? 'unknown' : 'passed'
  return open.some(({ id }) => verdicts[id]?.kind === 'failed') ? 'failed' : 'unknown'
}
