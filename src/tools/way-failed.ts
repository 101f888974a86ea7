import { UserError } from '../core/errors.ts'

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

/** A full or read-only disk stops everything: a UserError that names the folder; undefined for any other error. */
export const diskError = (error: unknown, folder: string): UserError | undefined => {
  const code = systemCode(error)
  const outOfSpace =
    code === 'ENOSPC' || code === 'EDQUOT' || (error instanceof Error && /no space left on device/i.test(error.message))
  if (outOfSpace) {
    return new UserError({
      what: `The disk is full: ${folder} cannot take another file.`,
      next: 'Free some space (about 3 GB for building, 1 GB for downloads), or set K8S_SEC_LAB_CACHE to a folder on another disk.',
      exitCode: 3,
      cause: error,
    })
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new UserError({
      what: `The lab may not write to ${folder}.`,
      next: 'Make that folder writable for you, or set K8S_SEC_LAB_CACHE to one that is.',
      exitCode: 3,
      cause: error,
    })
  }
  return undefined
}
