import { NEW_LESSON } from './course.ts'
import type { LessonProgress, Progress } from './model.ts'

/**
 * What changed from `base` to `mine`, field by field, put onto what is on disk now: a running lab and a command in the
 * learner's shell both write progress, and neither may undo what the other noted.
 */
export const applyChanges = (about: {
  readonly base: Progress
  readonly mine: Progress
  readonly disk: Progress
}): Progress => {
  const { base, mine, disk } = about
  const lessons: Record<string, LessonProgress> = { ...disk.lessons }
  for (const [id, now] of Object.entries(mine.lessons)) {
    const before = base.lessons[id] ?? NEW_LESSON
    const changed = Object.entries(now).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof LessonProgress]),
    )
    if (changed.length > 0) lessons[id] = { ...(disk.lessons[id] ?? NEW_LESSON), ...Object.fromEntries(changed) }
  }
  const last = mine.last === base.last ? disk.last : mine.last
  return { ...disk, lessons, ...(last === undefined ? {} : { last }) }
}
