import { existsSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../core/errors.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on that disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'that file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'that is not permitted',
  ENOTDIR: 'a part of that path is a file',
  EEXIST: 'a part of that path is a file',
}

/** The error code of a file operation, or undefined. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** A UserError for a file that cannot be written; other errors are passed on as they are. */
export const storageError = (error: unknown, path: string): unknown => {
  const reason = REASONS[codeOf(error) ?? '']
  if (reason === undefined) return error
  return new UserError({
    what: `Cannot write ${path}: ${reason}. What was there before is kept`,
    next: 'Make room or give yourself access, or set K8S_SEC_LAB_HOME to a folder that you can write to.',
    exitCode: 3,
    cause: error,
  })
}

/**
 * Replaces a file in one step: a temporary file beside it, flushed to disk, then renamed. Readers see the old text or
 * the new one, never half of it, and a failure leaves the old one. Makes missing folders (0700).
 */
export const writeAtomic = async (path: string, content: string | Uint8Array, mode = 0o600): Promise<void> => {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`)
  try {
    await makeFolder(folder)
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(folder)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw storageError(error, path)
  }
}

const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    // Node says so of a read-only file system too. Asked for the first missing folder alone, it tells the reason.
    let first = folder
    while (!existsSync(dirname(first))) first = dirname(first)
    await mkdir(first)
    throw error
  }
}

/** The rename itself must survive a power cut; some file systems refuse to flush a folder, which is no loss. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch {
    // Not supported here.
  }
}
