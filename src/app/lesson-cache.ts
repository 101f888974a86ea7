import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { findLesson } from '../core/course.ts'
import type { Lesson } from '../core/model.ts'
import type { LessonSource } from '../core/ports.ts'

/** One line for each file: any edit, new file or removed file makes another text. */
const linesOf = async (dir: string): Promise<readonly string[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      const { size, mtimeMs, mode } = await stat(path)
      return `${path} ${size} ${mtimeMs} ${mode}`
    }),
  )
}

/** Stands for the lessons as they lie there now, and for the program that reads them. */
const fingerprintOf = async (dirs: readonly string[], program: string): Promise<string> => {
  const [{ mtimeMs }, ...lines] = await Promise.all([stat(program), ...dirs.map(linesOf)])
  const hash = createHash('sha256').update(`${program} ${mtimeMs}\n`)
  return hash.update(lines.flat().sort().join('\n')).digest('hex')
}

/**
 * Lessons that were read and validated before are taken from `file` as long as nothing about them, or about the program
 * that read them, has changed: validating takes ten times as long as everything else a listing does. A cache that
 * cannot be read or written is no reason to fail.
 */
export const cachedLessons = (options: {
  readonly dirs: readonly string[]
  readonly file: string
  /** The script that runs, whose change makes everything read anew. */
  readonly program: string
  readonly open: () => Promise<LessonSource>
  readonly write: (file: string, text: string) => Promise<void>
}): LessonSource => {
  const { dirs, file, program, open, write } = options
  const read = async (): Promise<readonly Lesson[]> => {
    const fingerprint = await fingerprintOf(dirs, program).catch(() => undefined)
    if (fingerprint === undefined) return (await open()).all()
    try {
      const kept = JSON.parse(await readFile(file, 'utf8')) as { fingerprint?: string; lessons?: readonly Lesson[] }
      if (kept.fingerprint === fingerprint && kept.lessons) return kept.lessons
    } catch {
      // None yet, or half a one: read the lessons themselves.
    }
    const lessons = await (await open()).all()
    await write(file, JSON.stringify({ fingerprint, lessons })).catch(() => {})
    return lessons
  }
  let reading: Promise<readonly Lesson[]> | undefined
  const all = (): Promise<readonly Lesson[]> => {
    reading ??= read()
    return reading
  }
  return {
    all,
    // The source itself knows near names, for a name that is none.
    find: async (name) => findLesson(await all(), name) ?? (await open()).find(name),
  }
}
