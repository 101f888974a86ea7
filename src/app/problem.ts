import { isAbort, messageOf, ToolError, UnreachableError, UserError } from '../core/errors.ts'
import type { Problem } from '../core/events.ts'

/** Any thrown value as what happened and what to do next, for a notice or the state of a lesson. */
export const problemOf = (error: unknown): Problem => {
  const output = outputOf(error)
  const more = output === undefined ? {} : { output }
  if (error instanceof UserError || error instanceof ToolError)
    return { what: error.message, next: error.next, ...more }
  if (error instanceof UnreachableError) {
    return { what: error.message, next: 'The lab tries again by itself; see k8s-sec-lab cluster status.' }
  }
  return { what: `The lab itself failed: ${messageOf(error)}`, next: 'Start it with --debug to see where.' }
}

/** What a program printed before it failed, also where its failure was put into other words since. */
const outputOf = (error: unknown): string | undefined => {
  if (error instanceof ToolError) return error.output.trim() === '' ? undefined : error.output
  return error instanceof Error && error.cause !== undefined ? outputOf(error.cause) : undefined
}

/** True for what a cancelled action throws, whatever it was wrapped into. */
export const wasCancelled = (error: unknown, signal: AbortSignal): boolean => signal.aborted || isAbort(error)
