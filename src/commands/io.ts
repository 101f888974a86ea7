import type { Backend } from '../core/model.ts'
import type { FirstFrame } from '../tui/first-frame.ts'

export type ExitCode = 0 | 1 | 2 | 3 | 130

/** Everything a command knows of the world outside the lab; a test gives it strings. */
export type Io = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  /** The terminal itself, for screens; absent unless both ends are one. */
  readonly tty?: {
    readonly stdin: NodeJS.ReadStream
    readonly stdout: NodeJS.WriteStream
    /** What `start` shows already. */
    readonly first?: FirstFrame
  }
  readonly stdinIsTty: boolean
  readonly stdoutIsTty: boolean
  /** Columns of the terminal now; 80 when there is none. */
  readonly columns: () => number
  /** Aborts at Ctrl-C, SIGTERM, SIGHUP, and when nobody reads the output any more. */
  readonly signal: AbortSignal
  /** Leaves Ctrl-C to a program in the foreground until the answered function is called. */
  readonly holdSignals: () => () => void
}

/** Options every command takes. */
export type GlobalOptions = {
  readonly debug: boolean
  readonly plain: boolean
  readonly yes: boolean
  readonly backend: Backend | 'auto'
  /** The image that kind makes its node of, instead of the lab's choice. */
  readonly nodeImage?: string
  /** A folder of lessons to use instead of the ones that come with the lab. */
  readonly lessons?: string
}

/** Whether the linear skin is to be used: asked for, or the only one that works here. */
export const wantsPlain = (
  io: Pick<Io, 'env' | 'stdinIsTty' | 'stdoutIsTty'>,
  options: Pick<GlobalOptions, 'plain'>,
): boolean =>
  options.plain ||
  !io.stdinIsTty ||
  !io.stdoutIsTty ||
  isOn(io.env.ACCESSIBLE) ||
  isOn(io.env.INK_SCREEN_READER) ||
  io.env.TERM === 'dumb'

const isOn = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false', 'no'].includes(value)
