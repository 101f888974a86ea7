/** What must hold after each step of the proof, and how it is said when it does not. */
import { isNotHere } from '../core/grading.ts'
import type { CheckSpec, Verdict, WrongCase } from '../core/model.ts'
import type { Clock } from '../core/ports.ts'
import { type Bench, type Grades, lagOf, pauses, windowOf } from './bench-lesson.ts'
import type { Count, NotHere, VerifyFinding, WrongResult } from './report.ts'

const idsOf = (grades: Grades, kind: Verdict['kind']): readonly string[] =>
  Object.entries(grades.verdicts).flatMap(([id, verdict]) => (verdict.kind === kind ? [id] : []))

/** How many pass, of those that this cluster can answer. */
export const countOf = (grades: Grades): Count => ({
  passed: idsOf(grades, 'passed').length,
  of: Object.values(grades.verdicts).filter((verdict) => !isNotHere(verdict)).length,
})

/** All that the learner reads of a verdict. */
export const messageOf = (verdict: Verdict | undefined): string => {
  switch (verdict?.kind) {
    case 'failed':
      return [verdict.expected, verdict.found, verdict.why].join(' · ')
    case 'unknown':
      return `could not check: ${verdict.reason}`
    case 'passed':
      return `passed: ${verdict.found}`
    default:
      return 'not graded'
  }
}

/**
 * The verdicts once caches had their time. Looks again only at what such a cache can change: a check of a kind that does
 * not lag would see the same, and some take half a minute to see it.
 */
const pastLag = async (
  bench: Bench,
  grades: Grades,
  clock: Clock,
  checks: readonly CheckSpec[] = bench.checks,
): Promise<Grades> => {
  const lagging = checks.filter((check) => lagOf(check) > 0)
  if (lagging.length === 0) return grades
  await clock.sleep(Math.max(...lagging.map(lagOf)))
  const { verdicts } = await bench.grade(
    false,
    lagging.map(({ id }) => id),
  )
  return { ...grades, verdicts: { ...grades.verdicts, ...verdicts } }
}

type Judged = {
  readonly count: Count
  readonly findings: readonly VerifyFinding[]
  readonly notHere: readonly NotHere[]
}

/** Checks that this cluster cannot answer. */
const notHereOf = (grades: Grades): readonly NotHere[] =>
  Object.entries(grades.verdicts).flatMap(([check, verdict]) =>
    verdict.kind === 'unknown' && isNotHere(verdict) ? [{ check, reason: verdict.reason }] : [],
  )

/**
 * Not one check passes on the seed, now and after the API server's caches had their time. A check that passes there
 * would reward doing nothing.
 */
export const expectNonePass = async (bench: Bench, step: string, clock: Clock): Promise<Judged> => {
  const none = (grades: Grades): boolean => idsOf(grades, 'passed').length === 0
  let grades = await bench.gradeUntil(none)
  if (none(grades)) grades = await pastLag(bench, grades, clock)
  const findings = idsOf(grades, 'passed').map((id) => {
    const why = messageOf(grades.verdicts[id])
    return { step, message: `check ${id} passes although nothing was done (${why}); name a companion in after` }
  })
  return { count: countOf(grades), findings, notHere: notHereOf(grades) }
}

/** Every check passes once it has settled, but for those that this cluster cannot answer. */
export const expectAllPass = async (bench: Bench, step: string): Promise<Judged> => {
  const grades = await bench.grade(true)
  const findings = bench.checks.flatMap(({ id }) => {
    const verdict = grades.verdicts[id]
    return verdict?.kind === 'passed' || isNotHere(verdict)
      ? []
      : [{ step, message: `check ${id} does not pass: ${messageOf(verdict)}` }]
  })
  return { count: countOf(grades), findings, notHere: notHereOf(grades) }
}

/** The lesson is not passed, now and after the caches had their time. */
export const expectNotPassed = async (bench: Bench, step: string, clock: Clock): Promise<readonly VerifyFinding[]> => {
  let grades = await bench.gradeUntil(({ passed }) => !passed)
  const staysSo = bench.checks.some((check) => lagOf(check) === 0 && grades.verdicts[check.id]?.kind === 'failed')
  if (!grades.passed && !staysSo) {
    await clock.sleep(Math.max(...bench.checks.map(lagOf)))
    grades = await bench.grade()
  }
  return grades.passed ? [{ step, message: 'the lesson is passed all the same: no check looks at this' }] : []
}

/**
 * The named check fails with the words that were promised, stays like that, and the lesson is not passed. When this
 * cluster cannot make that check, nothing can be said of this wrong turn here.
 */
export const expectWrong = async (bench: Bench, wrong: WrongCase, clock: Clock): Promise<WrongResult> => {
  const lacking = (grades: Grades): readonly string[] => {
    const message = messageOf(grades.verdicts[wrong.check]).toLowerCase()
    return wrong.contains.filter((word) => !message.includes(word.toLowerCase()))
  }
  const good = (grades: Grades): boolean =>
    grades.verdicts[wrong.check]?.kind === 'failed' && lacking(grades).length === 0 && !grades.passed
  // The others may wait for what never comes here, and a lesson with a check that fails is not passed.
  const only = [wrong.check]
  let grades = await bench.gradeUntil((now) => good(now) || isNotHere(now.verdicts[wrong.check]), only)
  if (good(grades)) {
    const named = bench.checks.filter(({ id }) => id === wrong.check)
    grades = await pastLag(bench, grades, clock, named)
  }
  const verdict = grades.verdicts[wrong.check]
  const message = messageOf(verdict)
  if (isNotHere(verdict)) return leftOut(wrong, message)
  return { name: wrong.name, ok: good(grades), check: wrong.check, message }
}

const leftOut = ({ name, check }: WrongCase, message: string): WrongResult => ({
  name,
  ok: true,
  check,
  message,
  notHere: true,
})

/** A wrong turn whose check needs what this cluster lacks: its script, which may wait for just that, is not run. */
export const wrongElsewhere = async (bench: Bench, wrong: WrongCase): Promise<WrongResult | undefined> => {
  const has = (await bench.place()).cluster.capabilities()
  const lacks = bench.checks.find(({ id }) => id === wrong.check)?.needs.filter((need) => !has.includes(need)) ?? []
  if (lacks.length === 0) return undefined
  return leftOut(wrong, `needs ${lacks.join(', ')}`)
}

/** A wrong turn of a lesson that looks at no node: about the API alone, which is the same on every backend. */
export const wrongOfApi = (bench: Bench, wrong: WrongCase): WrongResult | undefined => {
  const { lesson, checks } = bench
  if ([...lesson.needs.capabilities, ...checks.flatMap(({ needs }) => needs)].includes('nodes')) return undefined
  return leftOut(wrong, 'about the API alone, the same on every backend: prove it on one of them')
}

/** What is wrong with the result of a wrong turn, for the author. */
export const wrongFinding = (wrong: WrongCase, result: WrongResult): VerifyFinding => {
  const step = `wrong/${wrong.name}`
  if (result.message.startsWith('passed')) {
    return { step, message: `the wrong answer passes check ${wrong.check} (${result.message})` }
  }
  const words = wrong.contains.map((word) => JSON.stringify(word)).join(', ')
  return { step, message: `check ${wrong.check} was to fail with ${words}, but says: ${result.message}` }
}

/** Milliseconds that the Pods of a seed may take to run on a busy machine. */
const PODS_MS = 60_000

/** The attack works on the seed (nothing else would be worth fixing) and the legitimate use does as well, where both can be tried. */
export const expectAttackWorks = async (
  bench: Bench,
  step: string,
  clock: Clock,
): Promise<readonly VerifyFinding[]> => {
  const hasPods = (await bench.place()).cluster.capabilities().includes('nodes')
  const start = hasPods ? PODS_MS : 0
  const end = clock.now() + Math.max(start, ...bench.lesson.attack.map(({ check }) => windowOf(check)))
  const pause = pauses()
  for (;;) {
    const outcomes = await bench.attack()
    const idle = outcomes.filter(({ worked, notHere }) => !worked && !notHere)
    if (idle.length === 0) return []
    if (clock.now() >= end) {
      return idle.map(({ id, role, found }) => ({
        step,
        message: `${role} step ${id} does not work on the seed: ${found}`,
      }))
    }
    await clock.sleep(pause())
  }
}

/** After the fix every attack fails, and the legitimate use still works. */
export const expectAttackStopped = async (
  bench: Bench,
  step: string,
  clock: Clock,
): Promise<readonly VerifyFinding[]> => {
  const end = clock.now() + Math.max(...bench.lesson.attack.map(({ check }) => windowOf(check)))
  const pause = pauses()
  for (;;) {
    const bad = (await bench.attack()).filter(({ good, notHere }) => !good && !notHere)
    if (bad.length === 0) return []
    if (clock.now() >= end) {
      return bad.map(({ id, role, unknown, found }) => {
        const verb = unknown ? 'could not be tried' : role === 'attack' ? 'still works' : 'no longer works'
        return { step, message: `${role} step ${id} ${verb} after the solution: ${found}` }
      })
    }
    await clock.sleep(pause())
  }
}
