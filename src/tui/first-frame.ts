/** A frame that is up before the skin itself has been loaded: title, rules, and what is being done. */
import { createTerminal, type Input, type Output, type Terminal } from './terminal.ts'
import { createTheme, toAscii } from './theme.ts'

/**
 * Takes the terminal and paints the first frame; `mountTui({ terminal })` goes on from there. Whoever calls this gives
 * the terminal back with `leave()` when mounting fails.
 */
export const showFirstFrame = (options: {
  stdin: Input
  stdout: Output
  env: Readonly<Record<string, string | undefined>>
}): Terminal => {
  const terminal = createTerminal(options)
  const theme = createTheme({ env: options.env })
  const { columns, rows } = terminal.size()
  const rule = theme.paint.quiet(theme.symbols.rule.repeat(columns))
  const head = [` ${theme.paint.title('k8s-sec-lab')}`, rule, '', '  Reading the lessons.']
  const blanks = Array.from({ length: Math.max(0, rows - 4 - head.length) }, () => '')
  // mountTui guards the terminal; until then an end of the process must give it back as well.
  process.once('exit', terminal.leave)
  terminal.enter()
  const frame = [...head, ...blanks, rule].join('\n')
  terminal.paint(theme.unicode ? frame : toAscii(frame))
  return terminal
}
