import { lessonFolders } from '../app/lesson-folders.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { lintCommand, newCommand, schemaCommand } from './lessons.ts'

/** `lessons lint [lesson…]` on the lab's own lessons, or on those of --lessons. */
export const lessonsLint = async (
  context: CommandContext,
  flags: { json?: boolean },
  args: readonly string[],
): Promise<ExitCode> => {
  const { io, options } = context
  return lintCommand({ io, dirs: lessonFolders(options.lessons), only: args, json: flags.json === true })
}

/** `lessons new <module>/<slug>` in the lab's own folder, or in that of --lessons. */
export const lessonsNew = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, options } = context
  const [dir = ''] = lessonFolders(options.lessons)
  return newCommand({ io, dir, name: args[0] ?? '' })
}

/** `lessons coverage`: the page that maps the lessons to layers and to the lists of others, in Markdown. */
export const lessonsCoverage = async ({ io, services }: CommandContext): Promise<ExitCode> => {
  const { coveragePage } = await import('../lessons/coverage.ts')
  io.out(coveragePage(await (await services.lessons()).all()))
  return 0
}

/** `lessons schema`. */
export const lessonsSchema = async ({ io }: CommandContext): Promise<ExitCode> => schemaCommand({ io })
