import { ToolError, UserError } from '../core/errors.ts'

/** One way of getting a tool did not work; the next way is tried, and the reason is shown. */
export class WayFailed extends Error {
  override readonly name = 'WayFailed'
  /** Set when the host gave no answer at all: no other download from it is tried in the same call. */
  readonly unreachableHost: string | undefined

  constructor(options: { what: string; unreachableHost?: string; cause?: unknown }) {
    super(options.what, { cause: options.cause })
    this.unreachableHost = options.unreachableHost
  }
}

/** The system's own code of an error or of what caused it: `ENOSPC`, `ECONNREFUSED`. */
export const systemCode = (error: unknown): string | undefined => {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if (current instanceof AggregateError && current.errors.length > 0) return systemCode(current.errors[0])
    if ('code' in current && typeof current.code === 'string') return current.code
  }
  return undefined
}

type SystemError = { readonly code?: unknown; readonly path?: unknown; readonly syscall?: unknown }

/** The folder a system error names, unless it lies in `folder`, whose own name says more to the user. */
const namedPath = (error: unknown, folder: string): string => {
  const path = error instanceof Error ? ((error as SystemError).path ?? goPath(error.message)) : undefined
  return typeof path === 'string' && !path.startsWith(folder) ? path : folder
}

/** The file in Go's own words: `write /tmp/go-build1/x.a: no space left on device`. */
const goPath = (message: string): string | undefined => /(\/\S+): no space left on device/i.exec(message)?.[1]

const NO_SPACE = ['ENOSPC', 'EDQUOT']
const NOT_ALLOWED = ['EACCES', 'EROFS', 'EPERM']

/**
 * A full or read-only disk stops everything: a UserError that names the folder; undefined for any other error, and
 * for programs that failed, whose own words say more.
 */
export const diskError = (error: unknown, folder: string): UserError | undefined => {
  if (error instanceof WayFailed || error instanceof ToolError || error instanceof UserError) return undefined
  const code = systemCode(error) ?? ''
  const inWords = error instanceof Error && /no space left on device/i.test(error.message)
  if (NO_SPACE.includes(code) || inWords) {
    return new UserError({
      what: `The disk is full: ${namedPath(error, folder)} cannot take more.`,
      next: 'Free some space (about 3 GB for building, 1 GB for downloads), or set K8S_SEC_LAB_CACHE to a folder on another disk.',
      exitCode: 3,
      cause: error,
    })
  }
  // Node reports a folder that cannot be made on a read-only disk as one that does not exist.
  const noFolder = code === 'ENOENT' && error instanceof Error && (error as SystemError).syscall === 'mkdir'
  if (NOT_ALLOWED.includes(code) || noFolder) {
    return new UserError({
      what: `The lab may not write to ${namedPath(error, folder)}.`,
      next: 'Make that folder writable for you, or set K8S_SEC_LAB_HOME or K8S_SEC_LAB_CACHE to one that is.',
      exitCode: 3,
      cause: error,
    })
  }
  return undefined
}
