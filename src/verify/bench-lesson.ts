/** A lesson on the bench: put back to its seed, graded, attacked and answered by script, as often as the proof needs. */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkKind } from '../checks/registry.ts'
import { progressOf, withLesson } from '../core/course.ts'
import { UserError } from '../core/errors.ts'
import { attemptBindings } from '../core/fill.ts'
import { checksOf } from '../core/grading.ts'
import type { Attempt, CheckSpec, Lesson, Verdict } from '../core/model.ts'
import type { Clock } from '../core/ports.ts'
import { gradeOnce } from '../grader/grade.ts'
import { replay, type StepOutcome } from '../grader/replay.ts'
import type { World } from '../grader/world.ts'
import { type Begun, begin, labValues, type Place } from '../seeding/begin.ts'
import { reset } from '../seeding/leave.ts'
import { run } from '../tools/exec.ts'
import { createScripts } from '../tools/scripts.ts'

/** What the proof needs from outside. */
export type BenchOptions = {
  /** Fresh adapters for a lesson, as a new process would make them: cluster, folder, store. */
  readonly open: (lesson: Lesson) => Promise<Place>
  /** The whole environment of solution.sh and wrong.sh: what `k8s-sec-lab shell` gives the learner. */
  readonly environment: (lesson: Lesson, attempt: Attempt) => Promise<Readonly<Record<string, string>>>
  readonly clock: Clock
  readonly signal?: AbortSignal
}

export type Grades = { readonly verdicts: Readonly<Record<string, Verdict>>; readonly passed: boolean }

/** In the environment of every script, so that a process that outlives the lesson can be found. */
export const SCRIPT_MARK = 'K8S_SEC_LAB_SCRIPT'

const SCRIPT_MS = 300_000

/**
 * Pauses between looks at what takes its time: short at first, because most is there at once; then longer, because each
 * look costs the machine what it needs to get there.
 */
export const pauses = (): (() => number) => {
  let next = 200
  return () => {
    const now = next
    next = Math.min(1000, next * 1.5)
    return now
  }
}

export type Bench = {
  readonly lesson: Lesson
  readonly checks: readonly CheckSpec[]
  /** The attempt on the bench now. */
  readonly attempt: () => Attempt
  readonly place: () => Promise<Place>
  /** Back to the seed, with fresh values. */
  readonly fresh: () => Promise<void>
  /** As a new process would find it: everything opened anew, the attempt read from disk. */
  readonly reopen: () => Promise<Begun>
  /**
   * Verdicts as they are now; with `patient`, a "not yet" is waited for as long as its check may settle. `only` names the
   * checks to grade, instead of all: `passed` speaks of those.
   */
  readonly grade: (patient?: boolean, only?: readonly string[]) => Promise<Grades>
  /** Grades until `good` holds or no check can still be settling. */
  readonly gradeUntil: (good: (grades: Grades) => boolean, only?: readonly string[]) => Promise<Grades>
  readonly attack: () => Promise<readonly StepOutcome[]>
  /** Runs a script of the lesson in its folder, with $LAB_SOLUTION naming the reference answer. Throws UserError with its output when it fails. */
  readonly script: (path: string, mark: string) => Promise<void>
}

/** Milliseconds that caches of the API server may lag behind what a check looks at. */
export const lagOf = (check: CheckSpec): number => checkKind(check.kind)?.lagMs ?? 0

/** Milliseconds after a change in which a check may still see the state before it. */
export const windowOf = (check: CheckSpec): number => Math.max(check.settleMs, lagOf(check)) + check.holdMs

/** The lesson, with time for the caches of the API server as well: nobody types as soon after a change as a script grades. */
const patientWith = (lesson: Lesson): Lesson => ({
  ...lesson,
  tasks: lesson.tasks.map((task) => ({
    ...task,
    checks: task.checks.map((check) => ({ ...check, settleMs: Math.max(check.settleMs, lagOf(check)) })),
  })),
})

export const createBench = async (lesson: Lesson, options: BenchOptions): Promise<Bench> => {
  const { clock, signal } = options
  const checks = checksOf(lesson)
  let place = await options.open(lesson)
  let attempt: Attempt | undefined

  const current = (): Attempt => {
    if (attempt) return attempt
    throw new UserError({ what: `Lesson ${lesson.id} has not begun.`, next: 'Begin it first.' })
  }
  const world = async (): Promise<World> => ({
    probe: await place.cluster.probe(),
    workspace: place.workspace,
    scripts: createScripts({ env: async () => options.environment(lesson, current()) }),
    clock,
    capabilities: place.cluster.capabilities(),
    bindings: { ...attemptBindings(current()), lab: await labValues(place, lesson) },
    ...(place.addOns ? { addOns: place.addOns } : {}),
  })
  // Edge checks that a script had graded on its way, with `k8s-sec-lab check`.
  const edgesDone = async (): Promise<readonly string[]> =>
    progressOf((await place.store.load()).progress, lesson.id).edges
  const forgetEdges = async (): Promise<void> => {
    const { progress } = await place.store.load()
    if (progressOf(progress, lesson.id).edges.length > 0) {
      await place.store.save(withLesson(progress, lesson.id, { edges: [] }))
    }
  }
  const grade = async (patient = false, only?: readonly string[]): Promise<Grades> => {
    const settleUpToMs = patient ? Math.max(...checks.map(windowOf)) : 0
    const edges = await edgesDone()
    const { verdicts, verdict } = await gradeOnce({
      ...(await world()),
      lesson: patient ? patientWith(lesson) : lesson,
      edges,
      settleUpToMs,
      signal,
      ...(only ? { checks: only } : {}),
    })
    return { verdicts, passed: verdict === 'passed' }
  }

  return {
    lesson,
    checks,
    attempt: current,
    place: async () => place,
    fresh: async () => {
      attempt = (await reset({ ...place, lesson })).attempt
      await forgetEdges()
      // Copies of what scripts left in the folder are of no use to anybody here.
      await rm(join(place.workspace.root, '..', '.kept'), { recursive: true, force: true })
    },
    reopen: async () => {
      place = await options.open(lesson)
      const resume = await place.store.attempt()
      const begun = await begin({ ...place, lesson, resume })
      attempt = begun.attempt
      return begun
    },
    grade,
    gradeUntil: async (good, only) => {
      const end = clock.now() + Math.max(...checks.map(windowOf))
      const pause = pauses()
      for (;;) {
        // The last look begins after the window: one that began before it saw the checks of its beginning too early.
        const isLast = clock.now() >= end
        const grades = await grade(false, only)
        if (good(grades) || isLast) return grades
        await clock.sleep(pause(), signal)
      }
    },
    attack: async () => replay({ steps: lesson.attack, lesson, world: await world(), signal }),
    script: async (path, mark) => {
      const env = {
        ...(await options.environment(lesson, current())),
        [SCRIPT_MARK]: mark,
        LAB_SOLUTION: lesson.solution.path,
      }
      const { root } = place.workspace
      const argv = ['bash', '-euo', 'pipefail', path]
      const { code, stdout, stderr } = await run({ argv, cwd: root, env, signal, timeoutMs: SCRIPT_MS })
      if (code === 0) return
      const output = `${stdout}\n${stderr}`.trim().split('\n').slice(-6).join('\n      ')
      throw new UserError({ what: `it ended with exit code ${code}:\n      ${output}`, next: 'Run it by hand.' })
    },
  }
}
