import { lessonFolders } from '../app/lesson-folders.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { lintCommand } from './lessons.ts'

/** `lessons lint [lesson…]` on the lab's own lessons, or on those of --lessons. */
export const lessonsLint = async (
  context: CommandContext,
  flags: { json?: boolean },
  args: readonly string[],
): Promise<ExitCode> => {
  const { io, options } = context
  return lintCommand({ io, dirs: lessonFolders(options.lessons), only: args, json: flags.json === true })
}
