import { randomUUID } from 'node:crypto'
import { isAbort, messageOf } from '../core/errors.ts'
import type { Lesson } from '../core/model.ts'
import type { StepReport } from '../core/ports.ts'
import { ensureAddOns } from '../seeding/add-ons.ts'
import { changedFiles } from '../seeding/control-plane.ts'
import { leave } from '../seeding/leave.ts'
import { readRecord } from '../seeding/record.ts'
import { type Bench, type BenchOptions, createBench } from './bench-lesson.ts'
import {
  expectAllPass,
  expectAttackStopped,
  expectAttackWorks,
  expectNonePass,
  expectNotPassed,
  expectWrong,
  wrongElsewhere,
  wrongFinding,
  wrongOfApi,
} from './expectations.ts'
import { addUnrelated, allowEverything, deleteTargets, renameTargets, seedAgain } from './generic-wrong.ts'
import { endProcesses, findLeftovers, takePicture } from './leftovers.ts'
import type { Count, LessonReport, VerifyFinding, WrongResult } from './report.ts'

/** Seconds that the proof of one lesson may take on two slow cores. */
export const BUDGET_SECONDS = 240

export type ProofOptions = BenchOptions & {
  readonly lesson: Lesson
  /** Findings of lint, which count as well. */
  readonly lint: readonly string[]
  /** Told at each step. */
  readonly report: (step: StepReport) => void
  readonly budgetSeconds?: number
  /** Wrong turns of all lessons (default), or of those alone that look at nodes. */
  readonly wrong?: 'all' | 'nodes'
  /** How a lesson is left; a test puts a broken one here. */
  readonly leave?: typeof leave
}

type Draft = { -readonly [Key in keyof LessonReport]: LessonReport[Key] }

const NONE: Count = { passed: 0, of: 0 }

/** Everything that `lessons verify` proves of one lesson, step by step. Findings do not end it; cancelling does. */
export const proveLesson = async (options: ProofOptions): Promise<LessonReport> => {
  const { lesson, clock, signal } = options
  const begun = clock.now()
  const findings: VerifyFinding[] = options.lint.map((message) => ({ step: 'lint', message }))
  const generic: { name: string; ok: boolean; exempt?: string }[] = []
  const wrong: WrongResult[] = []
  const counts: Partial<Draft> = {}
  const mark = randomUUID()

  const step = async (name: string, work: () => Promise<void>): Promise<void> => {
    signal?.throwIfAborted()
    options.report({ id: `verify-${lesson.id}`, title: `${lesson.id} ${lesson.title}`, state: 'running', detail: name })
    try {
      await work()
    } catch (error) {
      if (isAbort(error)) throw error
      findings.push({ step: name, message: messageOf(error) })
    }
  }
  const bench = await createBench(lesson, options)
  // A proof that was cut short may have left its lesson in the cluster: that is no part of the picture.
  await leave(await bench.place())
  await ensureAddOns(await bench.place(), lesson)
  const picture = await takePicture(await bench.place(), lesson, clock)

  await step('untouched', async () => {
    await bench.fresh()
    findings.push(...(await expectAttackWorks(bench, 'untouched', clock)))
    const judged = await expectNonePass(bench, 'untouched', clock)
    counts.untouched = judged.count
    findings.push(...judged.findings)
  })
  for (const each of lesson.wrong) {
    await step(`wrong/${each.name}`, async () => {
      const ofApi = options.wrong === 'nodes' ? wrongOfApi(bench, each) : undefined
      const elsewhere = ofApi ?? (await wrongElsewhere(bench, each))
      if (elsewhere) return void wrong.push(elsewhere)
      await bench.fresh()
      await bench.script(each.script, mark)
      const result = await expectWrong(bench, each, clock)
      wrong.push(result)
      if (!result.ok) findings.push(wrongFinding(each, result))
    })
  }
  const refuse = (name: string, work: () => Promise<readonly VerifyFinding[]>): Promise<void> => {
    const exempt = lesson.exempt[name]
    if (exempt !== undefined) {
      generic.push({ name, ok: true, exempt })
      return Promise.resolve()
    }
    const before = findings.length
    return step(name, async () => void findings.push(...(await work()))).then(() => {
      generic.push({ name, ok: findings.length === before })
    })
  }
  await refuse('target-deleted', async () => {
    await bench.fresh()
    await deleteTargets(bench, false, clock)
    const objects = await expectNotPassed(bench, 'target-deleted', clock)
    await deleteTargets(bench, true, clock)
    return [...objects, ...(await expectNotPassed(bench, 'target-deleted', clock))]
  })
  await refuse('everything-allowed', async () => {
    await bench.fresh()
    await allowEverything(bench)
    return expectNotPassed(bench, 'everything-allowed', clock)
  })
  await refuse('seed-twice', async () => {
    await bench.fresh()
    await seedAgain(bench, clock)
    return (await expectNonePass(bench, 'seed-twice', clock)).findings
  })
  for (const each of lesson.right ?? []) {
    await step(`right/${each.name}`, async () => {
      await bench.fresh()
      await bench.script(each.script, mark)
      findings.push(...(await expectAllPass(bench, `right/${each.name}`)).findings)
    })
  }
  await proveSolution({ bench, options, mark, counts, findings, step })
  await refuse('renamed-target', async () => {
    const renamed = await renameTargets(bench)
    return renamed.length > 0 ? expectNotPassed(bench, 'renamed-target', clock) : []
  })
  await step('reset', async () => {
    await bench.fresh()
    const judged = await expectNonePass(bench, 'reset', clock)
    counts.afterReset = judged.count
    findings.push(...judged.findings)
  })
  const leftovers: string[] = []
  await step('leave', async () => {
    const place = await bench.place()
    await (options.leave ?? leave)(place)
    leftovers.push(...(await findLeftovers({ place, picture, mark })))
    findings.push(...leftovers.map((message) => ({ step: 'leave', message: `left behind: ${message}` })))
    endProcesses(leftovers)
  })

  const seconds = (clock.now() - begun) / 1000
  const ok = findings.length === 0
  options.report({ id: `verify-${lesson.id}`, title: `${lesson.id} ${lesson.title}`, state: ok ? 'done' : 'failed' })
  return {
    id: lesson.id,
    ok,
    seconds,
    untouched: NONE,
    solution: NONE,
    again: NONE,
    afterRestart: NONE,
    withExtras: NONE,
    afterReset: NONE,
    notHere: [],
    ...counts,
    wrong,
    generic,
    leftovers,
    findings,
    overBudget: seconds > (options.budgetSeconds ?? BUDGET_SECONDS),
  }
}

type SolutionStep = {
  readonly bench: Bench
  readonly options: ProofOptions
  readonly mark: string
  readonly counts: Partial<Draft>
  readonly findings: VerifyFinding[]
  readonly step: (name: string, work: () => Promise<void>) => Promise<void>
}

/** The reference answer passes: at once, again, after everything was restarted, and beside unrelated objects. */
const proveSolution = async ({ bench, options, mark, counts, findings, step }: SolutionStep): Promise<void> => {
  const { lesson, clock } = options
  const allPass = async (name: 'solution' | 'again' | 'afterRestart' | 'withExtras', label: string): Promise<void> => {
    const judged = await expectAllPass(bench, label)
    counts[name] = judged.count
    counts.notHere = judged.notHere
    findings.push(...judged.findings)
  }
  await step('solution', async () => {
    await bench.fresh()
    await bench.script(lesson.solution.path, mark)
    await allPass('solution', 'solution')
    findings.push(...(await expectAttackStopped(bench, 'solution', clock)))
  })
  // What follows builds on the solution: without it, it would only repeat the same findings.
  if (counts.solution === undefined || counts.solution.passed < counts.solution.of) return
  await step('again', () => allPass('again', 'again'))
  await step('after a restart', async () => {
    const begun = await bench.reopen()
    if (!begun.resumed) findings.push({ step: 'after a restart', message: 'the lesson was not resumed but begun anew' })
    const place = await bench.place()
    const edited = await changedFiles(place.cluster, (await readRecord(place.stateDir))?.files ?? {})
    const components = new Set(
      place.cluster.files().flatMap(({ name, component }) => (edited.includes(name) ? [component] : [])),
    )
    for (const component of components) await place.cluster.restart(component)
    await allPass('afterRestart', 'after a restart')
  })
  await step('beside unrelated objects', async () => {
    await addUnrelated(bench, clock)
    await allPass('withExtras', 'beside unrelated objects')
  })
}
