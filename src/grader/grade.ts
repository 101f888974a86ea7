import { checksOf, isNotHere, lessonVerdict, type Verdicts, withCompanions } from '../core/grading.ts'
import type { CheckSpec, Verdict } from '../core/model.ts'
import { createOutages, type Outages } from './add-on-outage.ts'
import { type Graded, gradeCheck } from './grade-check.ts'
import { inParallel } from './parallel.ts'
import { sweepThrowAways } from './sweep.ts'
import type { Gradable, World } from './world.ts'

export type GradeOptions = World & {
  readonly lesson: Gradable
  /** Ids of the checks to grade; their companions are graded with them. Default: all. */
  readonly checks?: readonly string[]
  /** Edge checks that were done before. */
  readonly edges?: readonly string[]
  /**
   * How long a "not yet" may be waited for, at most, in milliseconds: the check's own settle window, capped by this.
   * Default 0: the verdict as it is now.
   */
  readonly settleUpToMs?: number
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
}

export type Grading = {
  /** By check id, in the lesson's order; companion rule applied. Only checks that were asked for. */
  readonly verdicts: Verdicts
  readonly verdict: 'passed' | 'failed' | 'unknown'
  readonly ms: number
}

const DONE_EARLIER: Verdict = { kind: 'passed', found: 'done earlier' }

const AT_ONCE = 6
const PAUSE_MS = 400

/**
 * Grades a lesson, or some checks of it, from a fresh look. Each check has its own nonces and throw-away objects.
 * Throws AbortError when cancelled; a cluster that does not answer gives verdicts "could not check".
 */
export const gradeOnce = async (options: GradeOptions): Promise<Grading> => {
  const { lesson, clock, edges = [] } = options
  const signal = options.signal ?? new AbortController().signal
  const all = checksOf(lesson)
  const begun = clock.now()
  const chosen = withTheirCompanions(all, options.checks)
  await sweepThrowAways(chosen, options, signal)
  const outages = createOutages(options)
  const graded = await inParallel(chosen, AT_ONCE, (spec) => patiently(spec, options, { outages, signal }))
  const raw = Object.fromEntries(graded.map(({ id, verdict }) => [id, verdict]))
  const settled = withCompanions(chosen, raw, edges)
  const wanted = options.checks ? chosen.filter(({ id }) => options.checks?.includes(id)) : chosen
  const verdicts: Record<string, Verdict> = {}
  for (const { id, mode } of wanted) {
    const verdict = settled[id]
    const done = mode === 'edge' && edges.includes(id) && verdict?.kind !== 'passed'
    if (verdict) verdicts[id] = done ? DONE_EARLIER : verdict
  }
  return { verdicts, verdict: lessonVerdict(wanted, verdicts, edges), ms: clock.now() - begun }
}

const withTheirCompanions = (all: readonly CheckSpec[], ids: readonly string[] | undefined): readonly CheckSpec[] => {
  if (!ids) return all
  const wanted = new Set(ids)
  for (const id of wanted) {
    const after = all.find((check) => check.id === id)?.after
    if (after !== undefined) wanted.add(after)
  }
  return all.filter(({ id }) => wanted.has(id))
}

/** One check, looked at again while it is "not yet" and its settle window is open. */
const patiently = async (
  spec: CheckSpec,
  options: GradeOptions,
  { outages, signal }: { readonly outages: Outages; readonly signal: AbortSignal },
): Promise<Graded> => {
  const { lesson, clock, deadlineMs } = options
  const end = clock.now() + Math.min(spec.settleMs, options.settleUpToMs ?? 0)
  for (;;) {
    const graded = await gradeCheck({ lesson, spec, world: options, signal, deadlineMs, hold: true, outages })
    options.log?.event('check', { id: spec.id, verdict: graded.verdict.kind })
    const final = graded.verdict.kind === 'passed' || isNotHere(graded.verdict)
    if (final || clock.now() >= end) return graded
    await clock.sleep(PAUSE_MS, signal)
  }
}
