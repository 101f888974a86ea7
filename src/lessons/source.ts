import { UserError } from '../core/errors.ts'
import type { Lesson } from '../core/model.ts'
import type { LessonSource } from '../core/ports.ts'
import { builtLessons } from './built.ts'

/** Edits (insert, delete, replace) between two words. */
const distance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1)
    }
    previous = row
  }
  return previous[b.length] ?? 0
}

const namesOf = (lesson: Lesson): readonly string[] => [lesson.id, lesson.slug, `${lesson.module}/${lesson.slug}`]

/** Lessons whose name is a few letters away, or contains what was typed; the nearest first, three at most. */
const nearest = (lessons: readonly Lesson[], wanted: string): readonly Lesson[] =>
  lessons
    .map((lesson) => {
      const far = Math.min(
        ...namesOf(lesson).map((name) => {
          const known = name.toLowerCase()
          return known.includes(wanted) || wanted.includes(known) ? 0 : distance(known, wanted)
        }),
      )
      return { lesson, far }
    })
    .filter(({ far }) => far <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ lesson }) => lesson)

const lessonsIn = async (dir: string, built: string | undefined): Promise<readonly Lesson[]> => {
  const known = built === undefined ? undefined : builtLessons(dir, built)
  if (known) return known
  const { loadLessons } = await import('./lint.ts')
  return (await loadLessons(dir)).flatMap((loaded) => loaded.lesson ?? [])
}

/**
 * The lessons of some folders (the lab's own first, then packs), read once and kept. `built`: the file where the build
 * left what it had read of them.
 */
export const createLessonSource = (options: {
  readonly dirs: readonly string[]
  readonly built?: string
}): LessonSource => {
  let loading: Promise<readonly Lesson[]> | undefined
  const all = (): Promise<readonly Lesson[]> => {
    loading ??= Promise.all(options.dirs.map((dir) => lessonsIn(dir, options.built))).then((packs) => packs.flat())
    return loading
  }
  return {
    all,
    find: async (name) => {
      const lessons = await all()
      const wanted = name.trim().toLowerCase()
      const found = lessons.find((lesson) => namesOf(lesson).some((each) => each.toLowerCase() === wanted))
      if (found) return found
      const near = nearest(lessons, wanted).map((lesson) => `${lesson.id} (${lesson.slug})`)
      throw new UserError({
        what: `There is no lesson ${JSON.stringify(name)}`,
        next: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See all lessons with `k8s-sec-lab list`.',
      })
    },
  }
}
