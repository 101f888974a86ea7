import { isAbort, messageOf, ToolError, UnreachableError, UserError } from '../core/errors.ts'
import { sentence } from '../text/spoken.ts'
import type { ExitCode } from './io.ts'

export type ErrorText = { readonly what: string; readonly next: string; readonly detail: readonly string[] }

const OUTPUT_LINES = 8

/** Any thrown value as what happened, what to do next, and lines worth seeing besides. */
export const describeError = (error: unknown): ErrorText => {
  if (error instanceof UserError) return { what: error.message, next: error.next, detail: [] }
  if (error instanceof ToolError) {
    const lines = error.output.trimEnd().split('\n').slice(-OUTPUT_LINES)
    return { what: error.message, next: error.next, detail: lines.filter((line) => line.trim() !== '') }
  }
  if (error instanceof UnreachableError) {
    return { what: error.message, next: 'See how the cluster is: k8s-sec-lab cluster status', detail: [] }
  }
  const system = systemError(error)
  if (system) return system
  return {
    what: `The lab itself failed: ${messageOf(error)}`,
    next: 'Run the command again with --debug to see where, and report it.',
    detail: [],
  }
}

const DISK: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on that disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'that file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'that is not permitted',
  EMFILE: 'too many files are open',
}

const systemError = (error: unknown): ErrorText | undefined => {
  const { code, path, syscall } = (error ?? {}) as { code?: string; path?: string; syscall?: string }
  const why = code === undefined ? undefined : DISK[code]
  if (why === undefined) return undefined
  return {
    what: `Cannot ${syscall ?? 'use'} ${path ?? 'a file of the lab'}: ${why}.`,
    next: 'Make room or give yourself access, or set K8S_SEC_LAB_HOME to a folder that you can write to.',
    detail: [],
  }
}

/** 2 for bad input, 3 for anything the machine or the lab could not do, 130 when interrupted. */
export const exitCodeOf = (error: unknown): ExitCode => {
  if (error instanceof UserError) return error.exitCode
  return isAbort(error) ? 130 : 3
}

/** The lines for stderr. The stack is for --debug alone. */
export const renderError = (error: unknown, options: { readonly debug: boolean }): string => {
  const { what, next, detail } = describeError(error)
  const stack = options.debug && error instanceof Error ? `\n${causes(error)}\n` : ''
  return `${[sentence(what), ...detail.map((line) => `  ${line}`), next].join('\n')}\n${stack}`
}

const causes = (error: Error): string =>
  error.cause instanceof Error ? `${error.stack}\nCaused by: ${causes(error.cause)}` : (error.stack ?? error.message)
