import { findSession } from '../app/session.ts'
import { withLesson } from '../core/course.ts'
import { askYes } from './ask.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/** `solution [lesson]`: prints the reference answer, after a question. */
export const solution = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const { lesson, progress } = await findSession(services, args[0])
  if (!(await askYes(context, `Show the solution of “${lesson.title}”? A hint may be enough.`))) return 0
  io.out(`${lesson.solution.text.trimEnd()}\n`)
  await services.saveProgress(withLesson(progress, lesson.id, { solutionSeen: true }))
  return 0
}
