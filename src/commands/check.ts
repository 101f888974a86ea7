import { type BegunSession, findBegun, gradeSession, readyCluster } from '../app/session.ts'
import { progressOf } from '../core/course.ts'
import { UnreachableError, UserError } from '../core/errors.ts'
import type { CheckResult } from '../core/events.ts'
import type { Backend, CheckSpec, Verdict } from '../core/model.ts'
import type { Outcome } from '../core/outcome.ts'
import type { CheckView } from '../core/state.ts'
import { checklistLines } from '../text/lesson.ts'
import type { CommandContext } from './context.ts'
import { describeError } from './error-text.ts'
import type { ExitCode } from './io.ts'

const EXIT = { passed: 0, failed: 1, unknown: 3 } as const

/** `check [lesson]`: grades now. Exit code 0 passed, 1 not yet, 3 could not check. */
export const check = async (
  context: CommandContext,
  options: { json?: boolean; watch?: boolean },
  args: readonly string[],
): Promise<ExitCode> => {
  const { io, services } = context
  const session = await findBegun(services, args[0])
  if (options.watch) {
    await readyCluster(services)
    const { watchChecks } = await import('./check-watch.ts')
    return watchChecks(context, session, { json: options.json === true })
  }
  const { backend } = await services.cluster()
  const outcome = options.json ? await gradeOrExplain(context, session) : await grade(context, session)
  if (options.json) io.out(`${JSON.stringify(checkReport(session, backend, outcome), null, 2)}\n`)
  else io.out(`${outcomeText(session, outcome, io.columns())}\n`)
  return EXIT[outcome.verdict]
}

const grade = async (context: CommandContext, session: BegunSession): Promise<Outcome> => {
  await readyCluster(context.services)
  return gradeSession(context.services, session, context.io.signal)
}

/** A script gets its JSON also when the cluster gives no answer: every check could not be made, and why. */
const gradeOrExplain = async (context: CommandContext, session: BegunSession): Promise<Outcome> => {
  try {
    return await grade(context, session)
  } catch (error) {
    if (!(error instanceof UnreachableError || error instanceof UserError)) throw error
    const { what, next } = describeError(error)
    const verdict = { kind: 'unknown', reason: `${what} ${next}` } as const
    const results = checksOf(session).map((spec) => ({ id: spec.id, settling: false, verdict }))
    return { verdict: 'unknown', results, progress: session.progress }
  }
}

export const checksOf = (session: Pick<BegunSession, 'lesson'>): readonly CheckSpec[] =>
  session.lesson.tasks.flatMap((task) => task.checks)

const fields = (verdict: Verdict) => {
  const reproduce = verdict.reproduce ?? null
  switch (verdict.kind) {
    case 'passed':
      return { expected: verdict.expected ?? null, found: verdict.found, why: verdict.why ?? null, reproduce }
    case 'failed':
      return { expected: verdict.expected, found: verdict.found, why: verdict.why, reproduce }
    case 'unknown':
      return { expected: null, found: null, why: verdict.reason, reproduce }
  }
}

/** The JSON contract of `check`. Every field is always there; null where there is nothing to say. */
export const checkReport = (session: BegunSession, backend: Backend, outcome: Outcome) => ({
  lesson: session.lesson.id,
  backend,
  verdict: outcome.verdict,
  checks: checksOf(session).flatMap((spec) => {
    const result = outcome.results.find((candidate) => candidate.id === spec.id)
    return result ? [{ id: spec.id, title: spec.title, verdict: result.verdict.kind, ...fields(result.verdict) }] : []
  }),
})

/** The checklist as the skins' state has it. */
export const checkViews = (session: BegunSession, results: readonly CheckResult[]): readonly CheckView[] =>
  session.lesson.tasks.flatMap((task) =>
    task.checks.map((spec) => {
      const result = results.find((candidate) => candidate.id === spec.id)
      return {
        id: spec.id,
        title: spec.title,
        task: task.title,
        settling: result?.settling ?? false,
        broken: false,
        ...(result ? { verdict: result.verdict } : {}),
      }
    }),
  )

const CLOSING = {
  passed: 'Passed. See what you just stopped, and read why: k8s-sec-lab attack. All lessons: k8s-sec-lab list',
  failed: 'Not yet. Stuck? k8s-sec-lab hint',
  unknown: 'Some checks could not be made; that says nothing about your work.',
} as const

const outcomeText = (session: BegunSession, outcome: Outcome, width: number): string => {
  const again = outcome.verdict === 'failed' && progressOf(session.progress, session.lesson.id).status === 'passed'
  return [
    `${session.lesson.id} ${session.lesson.title}`,
    ...checklistLines({ checks: checkViews(session, outcome.results) }, width),
    again
      ? 'You had passed this lesson, and it stays passed; the cluster has changed since.'
      : CLOSING[outcome.verdict],
  ].join('\n')
}
