/** Order and progress over the whole course: what comes next, what is done. */
import { type Lesson, type LessonProgress, MODULES, type Progress } from './model.ts'
import type { LessonCard } from './state.ts'

export const NO_PROGRESS: Progress = { version: 1, lessons: {} }

export const NEW_LESSON: LessonProgress = {
  status: 'new',
  seconds: 0,
  hints: 0,
  wrongTurns: 0,
  solutionSeen: false,
  edges: [],
  quiz: {},
}

export const progressOf = (progress: Progress, lesson: string): LessonProgress => progress.lessons[lesson] ?? NEW_LESSON

/** Progress with some fields of one lesson changed. */
export const withLesson = (progress: Progress, lesson: string, change: Partial<LessonProgress>): Progress => ({
  ...progress,
  lessons: { ...progress.lessons, [lesson]: { ...progressOf(progress, lesson), ...change } },
})

export const moduleTitle = (id: string): string => MODULES.find((module) => module.id === id)?.title ?? id

/** By id, in any case, by slug, or by module/slug. */
export const findLesson = (lessons: readonly Lesson[], name: string): Lesson | undefined =>
  lessons.find(
    (lesson) =>
      lesson.id.toLowerCase() === name.toLowerCase() ||
      lesson.slug === name ||
      `${lesson.module}/${lesson.slug}` === name,
  )

/** The next (or previous) lesson in course order that can run here. */
export const neighbour = (
  cards: readonly LessonCard[],
  from: string | undefined,
  direction: 1 | -1,
): LessonCard | undefined => {
  const start = cards.findIndex((card) => card.id === from)
  const rest = direction === 1 ? cards.slice(start + 1) : cards.slice(0, Math.max(start, 0)).reverse()
  return rest.find((card) => card.unavailable === undefined)
}

/** What to open when nothing was asked for: where the learner was, else the first lesson not passed that can run. */
export const resumeAt = (cards: readonly LessonCard[], progress: Progress): LessonCard | undefined =>
  cards.find((card) => card.id === progress.last) ??
  cards.find((card) => card.status !== 'passed' && card.unavailable === undefined) ??
  cards[0]

export const doneCount = (cards: readonly LessonCard[]): { readonly done: number; readonly of: number } => ({
  done: cards.filter((card) => card.status === 'passed').length,
  of: cards.length,
})
