/** What a list shows of the course, as the build left it: for a list, reading all lessons would take too long. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Lesson, LessonHead } from '../core/model.ts'

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
  readonly files: readonly string[]
  /** Of all their bytes, one file after the other. */
  readonly digest: string
}

const digestOf = (dir: string, files: readonly string[]): string => {
  const hash = createHash('sha256')
  for (const path of files) {
    const content = readFileSync(`${dir}/${path}`)
    // With its length, so that no text can move from one file into the next.
    hash.update(`${path} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

const headOf = ({ id, slug, module, title, layer, minutes, needs }: Lesson): LessonHead => {
  return { id, slug, module, title, layer, minutes, needs }
}

/** The content of the file to keep. */
export const packHeads = (dir: string, lessons: readonly Lesson[]): string => {
  const files = filesOf(dir)
  const header: Header = { heads: lessons.map(headOf), files, digest: digestOf(dir, files) }
  return JSON.stringify(header)
}

/**
 * The heads of the lessons in `dir` out of the kept file; undefined when there is none, or when the lessons are no
 * longer, byte for byte, the ones it was made from.
 */
export const readHeads = (dir: string, file: string): readonly LessonHead[] | undefined => {
  try {
    const { heads, files, digest } = JSON.parse(readFileSync(file, 'utf8')) as Header
    const now = filesOf(dir)
    if (now.length !== files.length || now.some((path, index) => path !== files[index])) return undefined
    if (digestOf(dir, now) !== digest) return undefined
    return heads
  } catch {
    return undefined
  }
}
