/** What a list shows of the course, as the build left it: for a list, reading all lessons would take too long. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Lesson, LessonHead } from '../core/model.ts'
import { fingerprintOf } from './fingerprint.ts'

/** Files of a course that a list depends on: the order, and what each lesson says of itself. */
const filesOf = (dir: string): readonly string[] => {
  const folders = (path: string): readonly string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  const lessons = folders(dir).flatMap((module) => folders(`${dir}/${module}`).map((slug) => `${module}/${slug}`))
  return ['index.yaml', ...lessons.sort().map((lesson) => `${lesson}/lesson.yaml`)].filter((path) =>
    existsSync(`${dir}/${path}`),
  )
}

type Header = {
  readonly heads: readonly LessonHead[]
  /** Of the files that a list depends on: another course has another one. */
  readonly fingerprint: string
}

const headOf = ({ id, slug, module, title, layer, minutes, needs }: Lesson): LessonHead => {
  return { id, slug, module, title, layer, minutes, needs }
}

/** The content of the file to keep. */
export const packHeads = (dir: string, lessons: readonly Lesson[]): string => {
  const header: Header = { heads: lessons.map(headOf), fingerprint: fingerprintOf(dir, filesOf(dir)) }
  return JSON.stringify(header)
}

/**
 * The heads of the lessons in `dir` out of the kept file; undefined when there is none, or when the lessons are no
 * longer, byte for byte, the ones it was made from.
 */
export const readHeads = (dir: string, file: string): readonly LessonHead[] | undefined => {
  try {
    const { heads, fingerprint } = JSON.parse(readFileSync(file, 'utf8')) as Header
    if (fingerprintOf(dir, filesOf(dir)) !== fingerprint) return undefined
    return heads
  } catch {
    return undefined
  }
}
