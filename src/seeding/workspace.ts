import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { Workspace } from '../core/ports.ts'
import { codeOf, storageError, writeAtomic } from '../store/atomic.ts'
import { watchFolder } from './watch-folder.ts'

const outside = (path: string): UserError =>
  new UserError({
    what: `${path} leads out of the lesson's folder.`,
    next: 'Use a file inside the folder; a link to somewhere else does not count as one.',
  })

const isInside = (root: string, path: string): boolean => path === root || path.startsWith(root + sep)

/** Files of the learner are read whole; nothing in a lesson is larger. */
const LARGEST = 4_000_000

/**
 * The learner's folder for one lesson. Paths are relative to it; one that leads outside, by `..`, as an absolute path
 * or through a link, is refused with a UserError. The folder need not exist yet.
 */
export const createWorkspace = (options: { readonly root: string }): Workspace => {
  const root = resolve(options.root)

  /** The absolute path for a relative one, with every link on the way resolved; undefined when there is no such file. */
  const locate = async (path: string): Promise<string | undefined> => {
    const wanted = resolve(root, path)
    if (isAbsolute(path) || !isInside(root, wanted)) throw outside(path)
    try {
      const [realRoot, real] = await Promise.all([realpath(root), realpath(wanted)])
      if (!isInside(realRoot, real)) throw outside(path)
      return real
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
      if (codeOf(error) === 'ELOOP') throw outside(path)
      throw error
    }
  }

  const list = async (folder: string): Promise<readonly string[]> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error) => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
      throw error
    })
    const lists = entries.map(async (entry): Promise<readonly string[]> => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return list(path)
      if (entry.isFile()) return [path]
      // A link counts as the file it leads to, when that lies inside.
      const real = entry.isSymbolicLink() ? await locate(path).catch(() => undefined) : undefined
      return real !== undefined && (await stat(real)).isFile() ? [path] : []
    })
    return (await Promise.all(lists)).flat()
  }

  return {
    root,
    read: async (path) => {
      const real = await locate(path)
      if (real === undefined) return undefined
      // Not through a link that appeared since, and not waiting for the other end of a pipe.
      const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
        if (codeOf(error) === 'ENOENT') return undefined
        throw codeOf(error) === 'ELOOP' ? outside(path) : error
      })
      if (!file) return undefined
      try {
        const { size } = await file.stat().then((found) => (found.isFile() ? found : { size: -1 }))
        if (size < 0) return undefined
        if (size <= LARGEST) return await file.readFile()
        throw new UserError({
          what: `${path} is larger than ${LARGEST / 1e6} MB.`,
          next: 'Put only what the lesson asks for into that file.',
        })
      } finally {
        await file.close()
      }
    },
    stat: async (path) => {
      const real = await locate(path)
      if (real === undefined) return undefined
      const found = await stat(real).catch(() => undefined)
      return found?.isFile() ? { size: found.size, mode: found.mode & 0o777 } : undefined
    },
    list: async () => [...(await list(''))].sort(),
    write: async (path, content, mode = 0o644) => {
      const wanted = resolve(root, path)
      if (isAbsolute(path) || wanted === root || !isInside(root, wanted)) throw outside(path)
      try {
        await mkdir(root, { recursive: true, mode: 0o700 })
        await refuseLinks(root, wanted, path)
        await mkdir(dirname(wanted), { recursive: true, mode: 0o755 })
      } catch (error) {
        throw storageError(error, wanted)
      }
      await writeAtomic(wanted, content, mode)
    },
    watch: (listener, signal) => watchFolder({ root, list: () => list(''), listener, signal }),
  }
}

/** Every part of the way that exists must be a folder of its own, or a file at the end: no link. */
const refuseLinks = async (root: string, wanted: string, path: string): Promise<void> => {
  let at = root
  for (const part of relative(root, wanted).split(sep)) {
    at = join(at, part)
    const found = await lstat(at).catch(() => undefined)
    if (found === undefined) return
    if (found.isSymbolicLink()) throw outside(path)
  }
}
