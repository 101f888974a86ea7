/** What `lessons verify` found out. Field names are a contract (product.md); tests pin them. */
import type { Backend } from '../core/model.ts'

export type Count = { readonly passed: number; readonly of: number }

/** Something that is not as it must be: at which step, and what. */
export type VerifyFinding = { readonly step: string; readonly message: string }

export type WrongResult = {
  readonly name: string
  readonly ok: boolean
  /** The check that failed, or should have. */
  readonly check: string
  /** What the learner would read. */
  readonly message: string
  /** Its check needs what this cluster does not have: not tried here. */
  readonly notHere?: true
}

/** A check that this cluster cannot answer, and why. */
export type NotHere = { readonly check: string; readonly reason: string }

export type LessonReport = {
  readonly id: string
  readonly ok: boolean
  readonly seconds: number
  /** Why it cannot run on this backend; nothing else was looked at then. */
  readonly skipped?: string
  readonly untouched: Count
  readonly wrong: readonly WrongResult[]
  /** Wrong answers that the proof makes up for every lesson. */
  readonly generic: readonly { readonly name: string; readonly ok: boolean; readonly exempt?: string }[]
  readonly solution: Count
  readonly again: Count
  readonly afterRestart: Count
  /** With unrelated objects beside the solution. */
  readonly withExtras: Count
  readonly afterReset: Count
  /** Checks that this cluster cannot answer; the lesson is proved without them. */
  readonly notHere: readonly NotHere[]
  readonly leftovers: readonly string[]
  readonly findings: readonly VerifyFinding[]
  /** It took longer than a lesson may; told, but no reason to fail. */
  readonly overBudget: boolean
}

export type VerifyReport = {
  readonly backend: Backend
  readonly ok: boolean
  readonly lessons: readonly LessonReport[]
}

const counted = (count: Count): string => `${count.passed}/${count.of}`

/** One lesson for people: a line, and one for each finding below it. */
export const lessonLines = (lesson: LessonReport): readonly string[] => {
  if (lesson.skipped !== undefined) return [`- ${lesson.id} skipped: ${lesson.skipped}`]
  const told = lesson.wrong.filter(({ notHere }) => notHere !== true)
  const elsewhere = lesson.wrong.length - told.length
  const facts = [
    `untouched ${counted(lesson.untouched)}`,
    `solved ${counted(lesson.solution)}`,
    `after a restart ${counted(lesson.afterRestart)}`,
    `${told.filter(({ ok }) => ok).length}/${told.length} wrong turns told apart${elsewhere > 0 ? ` (${elsewhere} not here)` : ''}`,
    `${lesson.seconds.toFixed(1)} s${lesson.overBudget ? ' (over budget)' : ''}`,
  ]
  const notHere = lesson.notHere.map(({ check, reason }) => `    ${check} not checked: ${reason}`)
  const findings = lesson.findings.map(({ step, message }) => `    ${step}: ${message}`)
  return [`${lesson.ok ? '✓' : '✗'} ${lesson.id} ${facts.join(', ')}`, ...notHere, ...findings]
}

/** The last line: how many were proved. */
export const closingLine = (report: VerifyReport): string => {
  const run = report.lessons.filter((lesson) => lesson.skipped === undefined)
  const skipped = report.lessons.length - run.length
  const proved = run.filter(({ ok }) => ok).length
  return `${proved} of ${run.length} lessons proved on ${report.backend}${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
