/**
 * The three kinds of error the lab knows. Everything thrown on purpose is one of these; the CLI turns them into
 * text and an exit code (product.md: 2 wrong usage or bad input, 3 could not check or cannot be done here).
 */

/** Something the person at the keyboard can put right: what happened to which object, and what to do next. */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** What to do next, one sentence. */
  readonly next: string
  /** Exit code of the command: 2 for bad input, 3 for a machine or cluster that cannot do it. */
  readonly exitCode: 2 | 3

  constructor(options: { what: string; next: string; exitCode?: 2 | 3; cause?: unknown }) {
    super(options.what, { cause: options.cause })
    this.next = options.next
    this.exitCode = options.exitCode ?? 2
  }
}

/** A program we ran failed: facts for a message, and its own output for whoever wants to read on. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
  readonly argv: readonly string[]
  /** Exit code, or undefined when the program was killed or never started. */
  readonly code: number | undefined
  /** The last lines of what it printed, stdout and stderr together. */
  readonly output: string
  readonly next: string

  constructor(options: {
    what: string
    next: string
    argv: readonly string[]
    code?: number | undefined
    output: string
    cause?: unknown
  }) {
    super(options.what, { cause: options.cause })
    this.argv = options.argv
    this.code = options.code
    this.output = options.output
    this.next = options.next
  }
}

/** The API server, etcd or another component gave no answer at all. Never the learner's mistake by itself. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  /** Which component did not answer, e.g. `kube-apiserver`. */
  readonly component: string

  constructor(options: { component: string; what: string; cause?: unknown }) {
    super(options.what, { cause: options.cause })
    this.component = options.component
  }
}

/** A fault of the lab's own code; the only kind whose stack is worth showing. */
export class BugError extends Error {
  override readonly name = 'BugError'
}

/** One sentence for any thrown value, without a stack. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** True when the error only says that somebody cancelled. */
export const isAbort = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'CanceledError')
