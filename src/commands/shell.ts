import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runForeground } from '../app/foreground.ts'
import { shellStart } from '../app/shell-start.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { learnerPlace } from './learner-place.ts'

/** `shell [command…]`: the learner's shell, or one command, wired to the lab. Answers the exit code of what ran. */
export const shell = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  // What ran may end with any code: it is handed on as it is.
  return (await runShell(context, args)) as ExitCode
}

/** Runs the learner's shell (or `command`) to its end and answers its exit code. */
export const runShell = async (context: CommandContext, command: readonly string[] = []): Promise<number> => {
  const { io, services } = context
  const place = await learnerPlace(io, services)
  await mkdir(place.folder, { recursive: true, mode: 0o700 })
  const release = io.holdSignals()
  try {
    if (command.length > 0) {
      return await runForeground({ argv: command, cwd: place.folder, env: { ...io.env, ...place.env } })
    }
    const start = await shellStart({
      shell: io.env.SHELL || 'bash',
      folder: join(services.paths.state, 'shell'),
      mark: `(lab${place.lesson ? ` ${place.lesson.id}` : ''})`,
      path: place.env.PATH ?? '',
      home: io.env.HOME ?? homedir(),
      ...(io.env.ZDOTDIR ? { zdotdir: io.env.ZDOTDIR } : {}),
    })
    return await runForeground({ argv: start.argv, cwd: place.folder, env: { ...io.env, ...place.env, ...start.env } })
  } finally {
    release()
  }
}
