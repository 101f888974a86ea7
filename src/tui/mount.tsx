/** The life of the skin: takes the terminal, draws, lends the terminal to programs, and gives it back on every way out. */
import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type Instance, render } from 'ink'
import { messageOf } from '../core/errors.ts'
import type { Lab } from '../core/state.ts'
import { App } from './app.tsx'
import { createSkin } from './skin.ts'
import { createTerminal, guardTerminal, type Input, type Output, type Terminal } from './terminal.ts'
import { createTheme, toAscii } from './theme.ts'

export type MountOptions = {
  readonly lab: Lab
  readonly stdin: Input
  readonly stdout: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** False for --no-motion. */
  readonly motion?: boolean
  /** A terminal that shows a first frame already (first-frame.ts). */
  readonly terminal?: Terminal
  /** Clock of the lab, ms since the epoch. */
  readonly now?: () => number
}

/**
 * Draws the lab until its state is closing, or until a signal asks the process to end. Resolves with the terminal
 * restored, and with the signal if it was one. Rejects, the terminal restored too, when drawing itself failed.
 */
export const mountTui = async (options: MountOptions): Promise<{ readonly signal?: NodeJS.Signals }> => {
  const { lab, stdin, stdout, env, now = Date.now } = options
  const theme = createTheme({ env, motion: options.motion })
  const terminal = options.terminal ?? createTerminal({ stdin, stdout })
  let ink: Instance | undefined
  let away: Promise<void> | undefined // while another program has the terminal
  let finish: (outcome: { signal?: NodeJS.Signals; error?: unknown }) => void = () => {}
  const finished = new Promise<{ signal?: NodeJS.Signals; error?: unknown }>((resolve) => {
    finish = resolve
  })

  const lend: Parameters<typeof createSkin>[0]['onHandover'] = (what) => {
    away ??= (async () => {
      release()
      await hush(stdin)
      const note = await lab.handover(what).then(
        (result) => result.note,
        (error: unknown) => messageOf(error),
      )
      away = undefined
      if (lab.state().closing) return
      drain(stdin)
      take()
      if (note) skin.note(note)
    })()
  }
  const skin = createSkin({ lab, terminal, theme, now, onHandover: lend })

  const take = () => {
    terminal.enter()
    skin.resized()
    ink = render(<App skin={skin} />, {
      // Ink hands over whole frames (debug) and the terminal paints what differs: no arithmetic with cursor positions.
      stdout: frameSink(terminal, theme.unicode) as unknown as NodeJS.WriteStream,
      stdin: stdin as NodeJS.ReadStream,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    })
    ink.waitUntilExit().catch((error: unknown) => finish({ error }))
  }
  const release = () => {
    ink?.unmount()
    ink = undefined
    terminal.leave()
  }

  const unguard = guardTerminal({
    terminal,
    onSignal: (signal) => finish({ signal }),
    isLent: () => away !== undefined,
    onContinue: () => {
      if (away !== undefined) return
      terminal.leave()
      terminal.enter()
      skin.resized()
    },
  })
  const unresize = terminal.onResize(() => {
    terminal.forget()
    skin.resized()
  })
  const unwatch = lab.subscribe(() => {
    if (lab.state().closing) finish({})
  })
  try {
    take()
    if (lab.state().closing) finish({})
    import('./markdown.ts').then(
      ({ createMarkdown }) => skin.withMarkdown(createMarkdown(theme)),
      (error: unknown) => finish({ error }),
    )
    const { signal, error } = await finished
    if (signal === undefined) await away
    if (error !== undefined) throw error
    return signal === undefined ? {} : { signal }
  } finally {
    unwatch()
    unresize()
    skin.stop()
    release()
    await hush(stdin)
    unguard()
  }
}

/** What was typed before nobody listened is not for the next listener. */
const drain = (stdin: Input): void => {
  while (stdin.isTTY && stdin.read() !== null);
}

/**
 * Stops reading: a program that gets the terminal next must not share its input with us. Streams notice only after a
 * turn of the event loop that nobody listens any more, and pausing before that does nothing.
 */
const hush = async (stdin: Input): Promise<void> => {
  drain(stdin)
  await setImmediate()
  stdin.pause()
  await setImmediate()
}

/** The stream Ink writes to: each write is a frame. */
const frameSink = (terminal: Terminal, unicode: boolean): Writable => {
  const sink = new Writable({
    decodeStrings: false,
    write: (frame: string, _encoding, done) => {
      if (frame !== '') terminal.paint(unicode ? frame : toAscii(frame))
      done()
    },
  })
  // Ink lays out for the width it reads here.
  return Object.defineProperty(sink, 'columns', { get: () => terminal.size().columns })
}
