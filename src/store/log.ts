import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../core/ports.ts'

/**
 * A log of JSON lines in a file (0600). When it grows over `capBytes` it is renamed to `<path>.1`, which replaces an
 * earlier one: never more than twice the cap. A log that cannot be written is no reason to fail: the line is dropped.
 */
export const createLog = (options: {
  readonly path: string
  readonly capBytes?: number
  readonly now: () => number
  /** Also gets every line, for --debug. */
  readonly echo?: (line: string) => void
}): Log => {
  const { path, capBytes = 2_000_000 } = options
  let size: number | undefined
  const append = (line: string): void => {
    if (size === undefined) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    }
    if (size + line.length > capBytes && size > 0) {
      renameSync(path, `${path}.1`)
      size = 0
    }
    appendFileSync(path, line, { mode: 0o600 })
    size += Buffer.byteLength(line)
  }
  return {
    event: (name, fields = {}) => {
      let line: string
      try {
        line = `${JSON.stringify({ at: new Date(options.now()).toISOString(), event: name, ...fields })}\n`
      } catch {
        line = `${JSON.stringify({ at: new Date(options.now()).toISOString(), event: name, unprintable: true })}\n`
      }
      options.echo?.(line)
      try {
        append(line)
      } catch {
        size = undefined
      }
    },
  }
}
