/** The port through which the grader runs what a learner wrote. Part of ports.ts. */

export type ScriptRun = {
  /** -1: it did not end in time. */
  readonly code: number
  /** stdout and stderr, as they came, the end of it. */
  readonly output: string
  /** Command lines of the recorded tools that were called, without the program itself: `fs --scanners secret .` */
  readonly calls: readonly { readonly tool: string; readonly args: string }[]
  /** A file that it left in its folder, or undefined. */
  readonly read: (path: string) => Promise<string | undefined>
}

/** Runs scripts of the learner in a throw-away folder, with the environment of the learner's shell. */
export interface Scripts {
  /**
   * Puts `files` into a new folder, runs `argv` there, hands what came of it to `judge`, and removes the folder. Whatever
   * the script started ends with it. Throws AbortError when `signal` fires.
   */
  run<T>(
    options: {
      readonly files: readonly {
        readonly path: string
        readonly content: Uint8Array | string
        readonly mode?: number
      }[]
      readonly argv: readonly string[]
      readonly env?: Readonly<Record<string, string>>
      /** Programs on PATH whose calls are recorded; they run as ever. */
      readonly record?: readonly string[]
      readonly timeoutMs: number
      readonly signal: AbortSignal
    },
    judge: (run: ScriptRun) => Promise<T> | T,
  ): Promise<T>
}
