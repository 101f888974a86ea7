import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../core/errors.ts'

/**
 * Writes beside the file, syncs and renames: a reader sees the old text or the new one, never half of it (the API
 * server reads its config files the moment they change). Keeps the mode of an existing file, else uses `mode`.
 * `durable: false` leaves the moment of writing to the system. Throws UserError for a full disk or a folder that cannot be written.
 */
export const writeAtomic = async (
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
  durable = true,
): Promise<void> => {
  const before = await stat(path).catch(() => undefined)
  const wanted = before ? before.mode & 0o777 : mode
  const beside = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    const file = await open(beside, 'wx', wanted)
    try {
      await file.writeFile(content)
      if (durable) await file.sync()
    } finally {
      await file.close()
    }
    await chmod(beside, wanted) // whatever the umask made of it
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw storageError(error, path)
  }
}

/** Makes a folder for its owner alone, with what is missing above it. Throws UserError for what the disk refuses. */
export const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw storageError(await firstRefusal(path, error), path)
  }
}

// On a read-only file system Node answers "no such file" for a folder it could not make; one step alone tells the truth.
const firstRefusal = async (path: string, error: unknown): Promise<unknown> => {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) return error
  try {
    await mkdir(path)
    return error
  } catch (own) {
    return (own as NodeJS.ErrnoException).code === 'ENOENT' ? firstRefusal(dirname(path), error) : own
  }
}

/** The text of a file, or undefined when there is none. */
export const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw storageError(error, path)
  }
}

/** Turns what the disk refused into a sentence and a next step; other errors pass unchanged. */
export const storageError = (error: unknown, path: string): unknown => {
  const code = (error as NodeJS.ErrnoException)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError({
      what: `The disk is full: ${path} could not be written.`,
      next: 'Free about 500 MB on that disk, or set K8S_SEC_LAB_HOME to a folder on another one, and try again.',
      exitCode: 3,
      cause: error,
    })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new UserError({
      what: `${path} cannot be written: ${code === 'EROFS' ? 'the file system is read-only' : 'permission denied'}.`,
      next: 'Make the folder writable for you, or set K8S_SEC_LAB_HOME to one that is.',
      exitCode: 3,
      cause: error,
    })
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new UserError({
      what: `${path} cannot be written: a part of that path is a file.`,
      next: 'Move that file away, or set K8S_SEC_LAB_HOME to another folder.',
      exitCode: 3,
      cause: error,
    })
  }
  return error
}
