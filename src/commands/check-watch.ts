import type { BegunSession } from '../app/session.ts'
import { progressOf } from '../core/course.ts'
import { UserError } from '../core/errors.ts'
import type { CheckResult } from '../core/events.ts'
import { outcomeOf } from '../core/outcome.ts'
import { sameWords } from '../core/same-words.ts'
import { checklistLines } from '../text/lesson.ts'
import { checkLines, checksSummary } from '../text/verdict.ts'
import { checkReport, checksOf, checkViews } from './check.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/** `check --watch`: the whole list once, then only what changes, until interrupted. With JSON: one report a line. */
export const watchChecks = async (
  context: CommandContext,
  session: BegunSession,
  options: { readonly json: boolean },
): Promise<ExitCode> => {
  const { io, services } = context
  const { backend } = await services.cluster()
  const known = new Map<string, CheckResult>()
  let progress = session.progress
  let complete = false
  let failure: unknown

  const take = (results: readonly CheckResult[]): void => {
    const news = results.filter(
      (result) =>
        !result.settling &&
        !sameWords(JSON.stringify(known.get(result.id)?.verdict ?? null), JSON.stringify(result.verdict)),
    )
    for (const result of results) if (!result.settling || !known.has(result.id)) known.set(result.id, result)
    const outcome = outcomeOf({
      lesson: session.lesson,
      progress,
      results: [...known.values()],
      at: services.clock.now(),
    })
    if (outcome.progress !== progress && complete) {
      progress = outcome.progress
      services.saveProgress(progress).catch((error: unknown) => {
        failure = error
      })
    }
    const whole = known.size >= checksOf(session).length
    if (!whole || (complete && news.length === 0)) return
    const views = checkViews(session, outcome.results)
    if (options.json) io.out(`${JSON.stringify(checkReport(session, backend, outcome))}\n`)
    else if (!complete) io.out(`${[...checklistLines({ checks: views }, io.columns()), 'Watching.'].join('\n')}\n`)
    else {
      const lines = news.flatMap((result) => {
        const index = views.findIndex((view) => view.id === result.id)
        const view = views[index]
        return view ? checkLines(view, index + 1, io.columns()) : []
      })
      io.out(`${[...lines, checksSummary(views)].join('\n')}\n`)
    }
    complete = true
  }

  const grader = await services.watch(
    {
      lesson: session.lesson,
      attempt: session.attempt,
      edges: progressOf(session.progress, session.lesson.id).edges,
      signal: io.signal,
    },
    {
      changed: () => {},
      grading: () => {},
      graded: take,
      verdict: () => {},
      watching: () => {},
      reachable: (alive) => io.err(alive ? 'The cluster answers.\n' : 'The cluster does not answer; waiting for it.\n'),
    },
  )
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  await grader.stop()
  if (failure) {
    throw new UserError({
      what: 'Progress could not be saved.',
      next: 'See k8s-sec-lab doctor.',
      exitCode: 3,
      cause: failure,
    })
  }
  return 130
}
