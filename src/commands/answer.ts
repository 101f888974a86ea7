import { writeAnswer } from '../app/answers.ts'
import { findBegun } from '../app/session.ts'
import { UserError } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/** `answer <key> <value>`: writes the answer where the lesson's checks look for it. */
export const answer = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const [key = '', value = ''] = args
  const { lesson } = await findBegun(services, undefined)
  const keys = lesson.tasks.flatMap((task) =>
    task.checks.flatMap((spec) => (spec.kind === 'answer' && typeof spec.with.key === 'string' ? [spec.with.key] : [])),
  )
  if (!keys.includes(key)) {
    const next = keys.length === 0 ? 'This lesson asks for no answers.' : `It asks for: ${keys.join(', ')}.`
    throw new UserError({ what: `${lesson.id} (${lesson.title}) asks for no answer called “${key}”.`, next })
  }
  await writeAnswer(await services.workspace(lesson), { key, value })
  io.out(`Noted: ${key}. See how it is graded: k8s-sec-lab check\n`)
  return 0
}
