/**
 * The course as the build read it: one file with whole lessons, and a small one with what a list shows. Both count only
 * as long as the lessons' files are the ones they were made from; otherwise the lessons are read anew.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Lesson, LessonHead } from '../core/model.ts'
import { fingerprintOf } from './fingerprint.ts'

type Built<T> = { readonly fingerprint: string; readonly lessons: readonly T[] }

const LESSONS = 'lessons.json'
const HEADS = 'lesson-heads.json'

/** Every file below a folder of lessons, sorted. */
const allFiles = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort()

/** The files that a list depends on: the order, and what each lesson says of itself. */
const headFiles = (dir: string): readonly string[] => {
  const folders = (path: string): readonly string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(path, entry.name)] : []))
  const lessons = folders(dir).flatMap(folders)
  const named = lessons.map((lesson) => join(relative(dir, lesson), 'lesson.yaml')).sort()
  return ['index.yaml', ...named].filter((path) => existsSync(join(dir, path)))
}

const atPlace = (lesson: Lesson, place: (path: string) => string): Lesson => ({
  ...lesson,
  dir: place(lesson.dir),
  solution: { ...lesson.solution, path: place(lesson.solution.path) },
  wrong: lesson.wrong.map((each) => ({ ...each, script: place(each.script) })),
})

const headOf = ({ id, slug, module, title, layer, minutes, needs }: Lesson): LessonHead => {
  return { id, slug, module, title, layer, minutes, needs }
}

/** The files to write beside the bundle, by name: lessons of `dir` as `lessons` were read from it. */
export const builtFiles = (dir: string, lessons: readonly Lesson[]): Readonly<Record<string, string>> => {
  const whole: Built<Lesson> = {
    fingerprint: fingerprintOf(dir, allFiles(dir)),
    lessons: lessons.map((lesson) => atPlace(lesson, (path) => relative(dir, path))),
  }
  const heads: Built<LessonHead> = { fingerprint: fingerprintOf(dir, headFiles(dir)), lessons: lessons.map(headOf) }
  return { [LESSONS]: JSON.stringify(whole), [HEADS]: JSON.stringify(heads) }
}

const read = <T>(path: string): Built<T> => JSON.parse(readFileSync(path, 'utf8')) as Built<T>

/** The lessons of `dir` out of `built`, the folder that the build wrote to; undefined when they must be read anew. */
export const builtLessons = (dir: string, built: string): readonly Lesson[] | undefined => {
  try {
    const { fingerprint, lessons } = read<Lesson>(join(built, LESSONS))
    if (fingerprint !== fingerprintOf(dir, allFiles(dir))) return undefined
    return lessons.map((lesson) => atPlace(lesson, (path) => join(dir, path)))
  } catch {
    return undefined // not built, or a file went away meanwhile
  }
}

/** As `builtLessons`, but only what a list shows, and nearly for free. */
export const builtHeads = (dir: string, built: string): readonly LessonHead[] | undefined => {
  try {
    const { fingerprint, lessons } = read<LessonHead>(join(built, HEADS))
    return fingerprint === fingerprintOf(dir, headFiles(dir)) ? lessons : undefined
  } catch {
    return undefined
  }
}
