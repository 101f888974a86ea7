import { findSession } from '../app/session.ts'
import { progressOf, withLesson } from '../core/course.ts'
import { attemptBindings, fillForReader } from '../core/fill.ts'
import { hintLines } from '../text/hint.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/** `hint [lesson]`: the hints seen so far are not repeated; the next one is printed and noted. */
export const hint = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const { lesson, progress, attempt } = await findSession(services, args[0])
  const shown = progressOf(progress, lesson.id).hints
  const next = lesson.hints[shown]
  const told = (label: string, each: string): string =>
    `${hintLines(label, fillForReader(each, attempt ? attemptBindings(attempt) : {}), io.columns()).join('\n')}\n`
  if (next === undefined) {
    io.out(`All ${lesson.hints.length} hints of ${lesson.id} have been shown:\n`)
    for (const [index, each] of lesson.hints.entries()) io.out(told(`Hint ${index + 1}`, each))
    io.out(`\nThe solution: k8s-sec-lab solution ${lesson.id}\n`)
    return 0
  }
  io.out(told(`Hint ${shown + 1} of ${lesson.hints.length}`, next))
  await services.saveProgress(withLesson(progress, lesson.id, { hints: shown + 1 }))
  return 0
}
