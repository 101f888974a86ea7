import type { Backend, Capability, Lesson } from '../core/model.ts'
import { type ProofOptions, proveLesson } from './lesson-proof.ts'
import type { LessonReport, VerifyReport } from './report.ts'

export type VerifyOptions = Omit<ProofOptions, 'lesson' | 'lint'> & {
  readonly lessons: readonly Lesson[]
  readonly backend: Backend
  readonly capabilities: readonly Capability[]
  /** What lint has to say about a lesson: errors only. */
  readonly lintOf: (lesson: Lesson) => Promise<readonly string[]>
  /** Told each lesson's report as soon as there is one. */
}

const skippedReport = (lesson: Lesson, skipped: string): LessonReport => {
  const none = { passed: 0, of: 0 }
  return {
    id: lesson.id,
    ok: true,
    seconds: 0,
    skipped,
    untouched: none,
    wrong: [],
    generic: [],
    solution: none,
    again: none,
    afterRestart: none,
    withExtras: none,
    afterReset: none,
    notHere: [],
    leftovers: [],
    findings: [],
    overBudget: false,
  }
}

/**
 * Proves lessons on a real cluster, one after the other (lesson-format.md, the ten steps): untouched they score
 * nothing, their solution passes, every wrong answer fails with its own message, and nothing stays behind. Changes the
 * cluster and the folders that `open` gives: use a home of its own. Throws AbortError when cancelled.
 */
export const verifyLessons = async (options: VerifyOptions): Promise<VerifyReport> => {
  const reports: LessonReport[] = []
  for (const lesson of options.lessons) {
    const lacks = lesson.needs.capabilities.filter((each) => !options.capabilities.includes(each))
    if (lacks.length > 0) {
      reports.push(skippedReport(lesson, `the ${options.backend} backend has no ${lacks.join(', ')}`))
    } else {
      reports.push(await proveLesson({ ...options, lesson, lint: await options.lintOf(lesson) }))
    }
  }
  return { backend: options.backend, ok: reports.every(({ ok }) => ok), lessons: reports }
}
