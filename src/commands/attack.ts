import { findBegun, readyCluster } from '../app/session.ts'
import { progressOf } from '../core/course.ts'
import { UserError } from '../core/errors.ts'
import { attemptBindings, fillForReader } from '../core/fill.ts'
import { attackLines } from '../text/attack.ts'
import { plainMarkdown } from '../text/markdown.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/**
 * `attack [lesson]`: replays the attack; after a pass the debrief follows, which no other command shows. Exit code 0 when every attack is stopped and every legitimate use works, else 1.
 */
export const attack = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const { lesson, attempt, progress } = await findBegun(services, args[0])
  if (lesson.attack.length === 0) {
    throw new UserError({
      what: `${lesson.id} (${lesson.title}) has no attack to replay.`,
      next: `Grade it instead: k8s-sec-lab check ${lesson.id}`,
    })
  }
  await readyCluster(services)
  const results = await services.replay({ lesson, attempt, edges: [], signal: io.signal })
  const steps = lesson.attack.map((step) => {
    const result = results.find((candidate) => candidate.id === step.id)
    const { id, title, role } = step
    return { id, title, role, before: attempt.before[id], now: result?.summary, good: result?.good }
  })
  io.out(`${attackLines({ state: 'done', steps }, io.columns()).join('\n')}\n`)
  if (progressOf(progress, lesson.id).status === 'passed') {
    const debrief = fillForReader(lesson.debrief, attemptBindings(attempt))
    const closing = `${lesson.quiz.length} quick questions about it, and the next lesson: k8s-sec-lab start ${lesson.id}`
    io.out(`\n${plainMarkdown(debrief, io.columns())}\n\n${closing}\n`)
  }
  return steps.every((step) => step.good === true) ? 0 : 1
}
