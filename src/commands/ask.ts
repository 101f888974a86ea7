import { createInterface } from 'node:readline/promises'
import { UserError } from '../core/errors.ts'
import type { CommandContext } from './context.ts'

/**
 * Asks a yes-or-no question; anything but yes is no. `--yes` answers it; without a terminal and without `--yes` it
 * throws UserError, for nothing is taken for granted there.
 */
export const askYes = async (context: CommandContext, question: string): Promise<boolean> => {
  const { io, options } = context
  if (options.yes) return true
  if (!io.stdinIsTty) {
    throw new UserError({ what: `This needs an answer: ${question}`, next: 'Add --yes to answer it with yes.' })
  }
  io.err(`${question} [y/N] `)
  const lines = createInterface({ input: io.stdin, terminal: false })
  try {
    const answer = await Promise.race([
      lines.question('', { signal: io.signal }),
      new Promise<string>((resolve) => lines.once('close', () => resolve(''))),
    ])
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}
