/** What one grading means for a lesson, outside the running lab: for one-shot commands and scripts. */
import { progressOf, withLesson } from './course.ts'
import type { CheckResult } from './events.ts'
import { checksOf, lessonVerdict, newEdges } from './grading.ts'
import type { Lesson, Progress } from './model.ts'

export type Outcome = {
  readonly verdict: 'passed' | 'failed' | 'unknown'
  readonly results: readonly CheckResult[]
  readonly progress: Progress
}

/**
 * Puts the results of one full grading together: edges done before count as passed, one "not yet" makes the lesson
 * "not yet", and a check that could not be made leaves it open. `at`: Clock milliseconds, recorded with a pass.
 */
export const outcomeOf = (options: {
  readonly lesson: Lesson
  readonly progress: Progress
  readonly results: readonly CheckResult[]
  readonly at: number
}): Outcome => {
  const { lesson, progress, at } = options
  const checks = checksOf(lesson)
  const before = progressOf(progress, lesson.id)
  const results = options.results.map((result): CheckResult => {
    const edge = checks.some((check) => check.id === result.id && check.mode === 'edge')
    if (!edge || !before.edges.includes(result.id) || result.verdict.kind === 'passed') return result
    return { id: result.id, settling: false, verdict: { kind: 'passed', found: 'Done earlier; once is enough.' } }
  })
  const final = results.filter((result) => !result.settling)
  const verdicts = Object.fromEntries(final.map((result) => [result.id, result.verdict]))
  const verdict = lessonVerdict(checks, verdicts, before.edges)
  const edges = newEdges(checks, verdicts, before.edges)
  const first = verdict === 'passed' && before.status !== 'passed'
  if (edges.length === 0 && !first) return { verdict, results, progress }
  return {
    verdict,
    results,
    progress: withLesson(progress, lesson.id, {
      edges: [...before.edges, ...edges],
      ...(first ? { status: 'passed', passedAt: new Date(at).toISOString() } : {}),
    }),
  }
}
