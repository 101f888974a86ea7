import { alone, findSession, resetLesson } from '../app/session.ts'
import { UserError } from '../core/errors.ts'
import { wrap } from '../text/wrap.ts'
import { askYes } from './ask.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { stepLines } from './step-lines.ts'

/**
 * `reset [lesson]`: the cluster back to the lesson's seed, after a question; the learner's files are copied first. Also
 * with a control plane that does not start any more: its files are put back before anything else.
 */
export const reset = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const session = await findSession(services, args[0])
  const { lesson, attempt } = session
  if (!attempt) {
    throw new UserError({
      what: `${lesson.id} (${lesson.title}) is not in the cluster, so there is nothing to reset.`,
      next: `Begin it: k8s-sec-lab begin ${lesson.id}`,
    })
  }
  const question = `Put “${lesson.title}” back to its beginning? A copy of your files is kept.`
  if (!(await askYes(context, question))) return 0
  const work = { signal: io.signal, report: stepLines(io.err) }
  const begun = await alone(services, () => resetLesson(services, session, work))
  const lines = [`${lesson.id} is back at its beginning. Your files: ${services.workspaceRoot(lesson)}`, begun.note]
  io.out(`${lines.flatMap((line) => (line ? wrap(line, { width: io.columns() }) : [])).join('\n')}\n`)
  return 0
}
