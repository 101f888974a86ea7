/** A frame that is up before the skin itself has been loaded: title, rules, and what is being done. */
import { createTerminal, guardTerminal, type Input, type Output, type Terminal } from './terminal.ts'
import { createTheme, toAscii } from './theme.ts'

export type FirstFrame = {
  /** Hands the terminal over to whoever draws from now on, and restores it from now on. */
  readonly take: () => Terminal
  /** Gives the terminal back, unless it was handed over: for words that belong on the original screen. */
  readonly end: () => void
  /** Whether a signal asked the process to end while nobody else listened: for whoever listens next. */
  readonly signalled: () => boolean
}

/**
 * Takes the terminal and paints the first frame; `mountTui({ terminal: frame.take() })` goes on from there. However the
 * process ends before that, the terminal is restored.
 */
export const showFirstFrame = (options: {
  stdin: Input
  stdout: Output
  env: Readonly<Record<string, string | undefined>>
}): FirstFrame => {
  const terminal = createTerminal(options)
  const theme = createTheme({ env: options.env })
  const paint = (): void => {
    const { columns, rows } = terminal.size()
    const rule = theme.paint.quiet(theme.symbols.rule.repeat(columns))
    const head = [` ${theme.paint.title('k8s-sec-lab')}`, rule, '', '  Reading the lessons.']
    const blanks = Array.from({ length: Math.max(0, rows - 4 - head.length) }, () => '')
    const frame = [...head, ...blanks, rule].join('\n')
    terminal.paint(theme.unicode ? frame : toAscii(frame))
  }
  let signalled = false
  const unguard = guardTerminal({
    terminal,
    onSignal: () => {
      signalled = true
    },
    onContinue: () => {
      terminal.leave()
      terminal.enter()
      paint()
    },
    isLent: () => false,
  })
  terminal.enter()
  paint()
  // While nothing keeps the event loop busy, Node waits for every thread to finish what it compiles in the background
  // (Yoga, above all) before it goes on: some thirty milliseconds in which no key is read.
  const busy = setInterval(() => {}, 60_000)
  let open = true
  const close = (): void => {
    open = false
    clearInterval(busy)
    unguard()
  }
  return {
    take: () => {
      if (open) close()
      return terminal
    },
    end: () => {
      if (!open) return
      terminal.leave()
      close()
    },
    signalled: () => signalled,
  }
}
