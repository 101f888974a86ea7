import { shellWord } from '../app/learner-environment.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { learnerPlace } from './learner-place.ts'

/** fish has two escapes inside single quotes, POSIX shells none. */
const fishWord = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** One setting in the syntax of a shell, for `eval`. */
export const exportLine = (shell: string, name: string, value: string): string => {
  if (shell !== 'fish') return `export ${name}=${shellWord(value)}`
  if (name === 'PATH') return `set -gx PATH ${value.split(':').map(fishWord).join(' ')}`
  return `set -gx ${name} ${fishWord(value)}`
}

/** `env`: what `shell` sets, as lines to evaluate. */
export const env = async (context: CommandContext, options: { shell?: string }): Promise<ExitCode> => {
  const { io, services } = context
  const place = await learnerPlace(io, services)
  const lines = Object.entries(place.env).map(([name, value]) => exportLine(options.shell ?? 'bash', name, value))
  io.out(`${lines.join('\n')}\n`)
  return 0
}
