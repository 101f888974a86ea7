import { spawn } from 'node:child_process'
import { UserError } from '../core/errors.ts'

/**
 * Runs a program that has the terminal to itself, to its end. Answers its exit code; 128 plus the signal's number when
 * a signal ended it, as shells do. Throws UserError when it cannot be started.
 */
export const runForeground = (options: {
  readonly argv: readonly string[]
  readonly cwd?: string
  readonly env: Readonly<Record<string, string | undefined>>
}): Promise<number> =>
  new Promise((resolve, reject) => {
    const [file = '', ...args] = options.argv
    const child = spawn(file, args, { stdio: 'inherit', cwd: options.cwd, env: options.env as NodeJS.ProcessEnv })
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'was not found' : `could not be started (${error.code ?? error.message})`
      reject(
        new UserError({
          what: `${file} ${why}.`,
          next: 'Set SHELL or EDITOR to a program that is installed.',
          exitCode: 3,
          cause: error,
        }),
      )
    })
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
