import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Bindings, Lesson } from '../core/model.ts'
import type { Workspace } from '../core/ports.ts'
import { fill } from '../core/template.ts'
import { codeOf, storageError } from '../store/atomic.ts'

/** Path to SHA-256 of the files that the lab put into a folder. */
export type Seeded = Readonly<Record<string, string>>

export const hashOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

const isUntouched = async (workspace: Workspace, path: string, seeded: Seeded): Promise<boolean> => {
  const wanted = seeded[path]
  if (wanted === undefined) return false
  try {
    const content = await workspace.read(path)
    return content !== undefined && hashOf(content) === wanted
  } catch {
    return false
  }
}

const entries = async (root: string): Promise<readonly string[]> => {
  try {
    return await readdir(root)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw storageError(error, root)
  }
}

/**
 * Empties the learner's folder. When something in it is not just as the lab put it there, all of it is moved beside the
 * lessons' folders first; the answer is where. The folder itself stays, for a shell may stand in it.
 */
export const emptyWorkspace = async (options: {
  readonly workspace: Workspace
  readonly seeded: Seeded
  /** Clock milliseconds, for the name of the copy. */
  readonly at: number
}): Promise<string | undefined> => {
  const { workspace, seeded } = options
  const { root } = workspace
  const names = await entries(root)
  if (names.length === 0) return undefined
  const files = await workspace.list()
  const untouched = await Promise.all(files.map((path) => isUntouched(workspace, path, seeded)))
  const own = files.some((_, index) => !untouched[index])
  try {
    if (!own) {
      for (const name of names) await rm(join(root, name), { recursive: true, force: true })
      return undefined
    }
    const stamp = new Date(options.at).toISOString().replace(/[:.]/g, '-')
    const kept = join(dirname(root), '.kept', `${basename(root)}-${stamp}`)
    await mkdir(kept, { recursive: true, mode: 0o700 })
    for (const name of names) await rename(join(root, name), join(kept, name))
    return kept
  } catch (error) {
    throw storageError(error, root)
  }
}

/** Copies seed/workspace/ with placeholders filled in. A file that is there already stays as it is with `keep`. */
export const fillWorkspace = async (options: {
  readonly workspace: Workspace
  readonly lesson: Lesson
  readonly bindings: Bindings
  readonly keep: boolean
}): Promise<Seeded> => {
  const { workspace, lesson, bindings, keep } = options
  await mkdir(workspace.root, { recursive: true, mode: 0o700 }).catch((error) => {
    throw storageError(error, workspace.root)
  })
  const seeded: Record<string, string> = {}
  for (const file of lesson.workspaceSeed) {
    const text = fill(file.text, bindings)
    seeded[file.path] = hashOf(text)
    if (keep && (await workspace.stat(file.path)) !== undefined) continue
    await workspace.write(file.path, text, file.mode)
  }
  return seeded
}

/** Removes the files that are still as the lab put them there, and the folder when nothing else is in it. */
export const clearSeeded = async (workspace: Workspace, seeded: Seeded): Promise<void> => {
  for (const path of Object.keys(seeded)) {
    if (await isUntouched(workspace, path, seeded)) await rm(join(workspace.root, path), { force: true })
  }
  const folders = [...new Set(Object.keys(seeded).map((path) => dirname(path)))].sort((a, b) => b.length - a.length)
  // Only empty folders can be removed like this: that is the point.
  for (const folder of [...folders, '.']) await rmdir(join(workspace.root, folder)).catch(() => undefined)
}
