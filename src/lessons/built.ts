/**
 * The course as the build read it, in one file. It counts only as long as the lessons' files are the ones it was made
 * from; otherwise the lessons are read anew.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Lesson } from '../core/model.ts'
import { fingerprintOf } from './fingerprint.ts'

type Built = {
  /** Of names, contents and execute permissions of all files of the course. */
  readonly fingerprint: string
  /** With paths relative to the course. */
  readonly lessons: readonly Lesson[]
}

const filesOf = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort()

const atPlace = (lesson: Lesson, place: (path: string) => string): Lesson => ({
  ...lesson,
  dir: place(lesson.dir),
  solution: { ...lesson.solution, path: place(lesson.solution.path) },
  wrong: lesson.wrong.map((each) => ({ ...each, script: place(each.script) })),
  ...(lesson.right ? { right: lesson.right.map((each) => ({ ...each, script: place(each.script) })) } : {}),
})

/** The content of the file to keep, for the lessons that were read from `dir`. */
export const packLessons = (dir: string, lessons: readonly Lesson[]): string => {
  const built: Built = {
    fingerprint: fingerprintOf(dir, filesOf(dir)),
    lessons: lessons.map((lesson) => atPlace(lesson, (path) => relative(dir, path))),
  }
  return JSON.stringify(built)
}

/** The lessons of `dir` out of the kept file; undefined when there is none, or when they must be read anew. */
export const builtLessons = (dir: string, file: string): readonly Lesson[] | undefined => {
  try {
    const { fingerprint, lessons } = JSON.parse(readFileSync(file, 'utf8')) as Built
    if (fingerprint !== fingerprintOf(dir, filesOf(dir))) return undefined
    return lessons.map((lesson) => atPlace(lesson, (path) => join(dir, path)))
  } catch {
    return undefined // not built, or a file went away meanwhile
  }
}
