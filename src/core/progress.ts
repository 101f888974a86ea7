/** How two records of the same learner become one: nothing that was achieved is lost, and merging twice changes nothing. */
import type { LessonProgress, LessonStatus, Progress } from './model.ts'

const RANK: Readonly<Record<LessonStatus, number>> = { new: 0, started: 1, passed: 2 }

/** ISO 8601 times in UTC sort as text. */
const earliest = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a < b ? a : b

const mergeQuiz = (a: LessonProgress['quiz'], b: LessonProgress['quiz']): LessonProgress['quiz'] => {
  const ids = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return Object.fromEntries(ids.map((id) => [id, Math.max(a[id] ?? -1, b[id] ?? -1)]))
}

/** One lesson of two records: the better status, the earlier dates, the larger counts, everything done in either. */
export const mergeLesson = (a: LessonProgress, b: LessonProgress): LessonProgress => {
  const startedAt = earliest(a.startedAt, b.startedAt)
  const passedAt = earliest(a.passedAt, b.passedAt)
  return {
    status: RANK[a.status] >= RANK[b.status] ? a.status : b.status,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(passedAt === undefined ? {} : { passedAt }),
    seconds: Math.max(a.seconds, b.seconds),
    hints: Math.max(a.hints, b.hints),
    wrongTurns: Math.max(a.wrongTurns, b.wrongTurns),
    solutionSeen: a.solutionSeen || b.solutionSeen,
    edges: [...new Set([...a.edges, ...b.edges])].sort(),
    quiz: mergeQuiz(a.quiz, b.quiz),
  }
}

/** Both records in one. Where they differ on the lesson last opened, the second has its way. */
export const mergeProgress = (a: Progress, b: Progress): Progress => {
  const ids = [...new Set([...Object.keys(a.lessons), ...Object.keys(b.lessons)])].sort()
  const last = b.last ?? a.last
  const lessons = Object.fromEntries(
    ids.flatMap((id): [string, LessonProgress][] => {
      const [mine, theirs] = [a.lessons[id], b.lessons[id]]
      const merged = mine && theirs ? mergeLesson(mine, theirs) : (mine ?? theirs)
      return merged ? [[id, merged]] : []
    }),
  )
  return { version: 1, lessons, ...(last === undefined ? {} : { last }) }
}
