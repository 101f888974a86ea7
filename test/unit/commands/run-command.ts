import { Readable } from 'node:stream'
import type { CommandContext } from '../../../src/commands/context.ts'
import { exitCodeOf, renderError } from '../../../src/commands/error-text.ts'
import type { ExitCode, GlobalOptions } from '../../../src/commands/io.ts'
import { type FakeWorld, fakeWorld } from '../app/fake-services.ts'

export type RanCommand = { readonly code: ExitCode; readonly out: string; readonly err: string }

export type Bench = {
  readonly world: FakeWorld
  readonly context: CommandContext
  /** Runs a command as the tree would: what it throws becomes text and an exit code. */
  readonly run: (command: (context: CommandContext) => Promise<ExitCode>) => Promise<RanCommand>
  readonly interrupt: () => void
  readonly out: () => string
}

/** A command bench without a terminal; `input` is what stdin holds, `tty` makes it look like one. */
export const commandBench = (
  options: { input?: string; tty?: boolean; flags?: Partial<GlobalOptions>; world?: FakeWorld } = {},
): Bench => {
  const world = options.world ?? fakeWorld()
  const stop = new AbortController()
  let out = ''
  let err = ''
  const context: CommandContext = {
    services: world.services,
    options: { debug: false, plain: false, yes: false, backend: 'auto', ...options.flags },
    io: {
      env: { PATH: '/usr/bin', HOME: '/home/lee' },
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
      stdin: Readable.from([options.input ?? '']),
      stdinIsTty: options.tty ?? false,
      stdoutIsTty: false,
      columns: () => 80,
      signal: stop.signal,
      holdSignals: () => () => {},
    },
  }
  return {
    world,
    context,
    interrupt: () => stop.abort(),
    out: () => out,
    run: async (command) => {
      out = ''
      err = ''
      try {
        const code = await command(context)
        return { code, out, err }
      } catch (error) {
        return { code: exitCodeOf(error), out, err: err + renderError(error, { debug: false }) }
      }
    },
  }
}
