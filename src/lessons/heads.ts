/** What a list shows of the course, as the build left it: for a list, reading all lessons would take too long. */
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
  /** Names and sizes of the files whose bytes follow, one after the other. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[]
}

const headOf = ({ id, slug, module, title, layer, minutes, needs }: Lesson): LessonHead => {
  return { id, slug, module, title, layer, minutes, needs }
}

/** The content of the file to keep: a line of JSON, and the files that it was made from. */
export const packHeads = (dir: string, lessons: readonly Lesson[]): Buffer => {
  const files = filesOf(dir).map((path) => ({ path, content: readFileSync(`${dir}/${path}`) }))
  const header: Header = {
    heads: lessons.map(headOf),
    files: files.map(({ path, content }) => ({ path, bytes: content.length })),
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...files.map(({ content }) => content)])
}

/**
 * The heads of the lessons in `dir` out of the kept file; undefined when there is none, or when the lessons are no
 * longer, byte for byte, the ones it was made from.
 */
export const readHeads = (dir: string, file: string): readonly LessonHead[] | undefined => {
  try {
    const kept = readFileSync(file)
    const end = kept.indexOf(10)
    const { heads, files } = JSON.parse(kept.toString('utf8', 0, end)) as Header
    const now = filesOf(dir)
    if (now.length !== files.length) return undefined
    let at = end + 1
    for (const [index, { path, bytes }] of files.entries()) {
      if (now[index] !== path) return undefined
      if (!readFileSync(`${dir}/${path}`).equals(kept.subarray(at, at + bytes))) return undefined
      at += bytes
    }
    return heads
  } catch {
    return undefined
  }
}
