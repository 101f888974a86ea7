import { findSession } from '../app/session.ts'
import { progressOf, withLesson } from '../core/course.ts'
import { fillForReader } from '../core/fill.ts'
import { wrap } from '../text/wrap.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/** `hint [lesson]`: the hints seen so far are not repeated; the next one is printed and noted. */
export const hint = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const { lesson, progress, attempt } = await findSession(services, args[0])
  const shown = progressOf(progress, lesson.id).hints
  const next = lesson.hints[shown]
  if (next === undefined) {
    const again = lesson.hints.map((each, index) => `Hint ${index + 1}: ${each}`)
    const lines = [`All ${lesson.hints.length} hints of ${lesson.id} have been shown:`, ...again]
    const bindings = { vars: attempt?.vars, captured: attempt?.captured }
    io.out(
      `${lines.flatMap((line) => wrap(fillForReader(line, bindings), { width: io.columns(), rest: '  ' })).join('\n')}\n`,
    )
    io.out(`The solution: k8s-sec-lab solution ${lesson.id}\n`)
    return 0
  }
  const text = fillForReader(next, { vars: attempt?.vars, captured: attempt?.captured })
  const line = `Hint ${shown + 1} of ${lesson.hints.length}: ${text}`
  io.out(`${wrap(line, { width: io.columns(), rest: '  ' }).join('\n')}\n`)
  await services.saveProgress(withLesson(progress, lesson.id, { hints: shown + 1 }))
  return 0
}
