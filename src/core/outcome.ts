/** What one grading means for a lesson, outside the running lab: for one-shot commands and scripts. */
import { progressOf, withLesson } from './course.ts'
import type { CheckResult } from './events.ts'
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
  const before = progressOf(progress, lesson.id)
  const edges = new Set(
    lesson.tasks.flatMap((task) => task.checks.filter((check) => check.mode === 'edge').map((check) => check.id)),
  )
  const results = options.results.map((result): CheckResult => {
    const done = edges.has(result.id) && before.edges.includes(result.id)
    if (!done || result.verdict.kind === 'passed') return result
    return { id: result.id, settling: false, verdict: { kind: 'passed', found: 'Done earlier; once is enough.' } }
  })
  const isDone = (result: CheckResult): boolean => result.verdict.kind === 'passed' && !result.settling
  const verdict = results.some((result) => result.verdict.kind === 'failed')
    ? 'failed'
    : results.length > 0 && results.every(isDone)
      ? 'passed'
      : 'unknown'
  const newEdges = results
    .filter((result) => edges.has(result.id) && isDone(result) && !before.edges.includes(result.id))
    .map((result) => result.id)
  const first = verdict === 'passed' && before.status !== 'passed'
  if (newEdges.length === 0 && !first) return { verdict, results, progress }
  return {
    verdict,
    results,
    progress: withLesson(progress, lesson.id, {
      edges: [...before.edges, ...newEdges],
      ...(first ? { status: 'passed', passedAt: new Date(at).toISOString() } : {}),
    }),
  }
}
