/** The grader behind the services: which world it looks at, and its events in the lab's words. */
import type { AttackResult, CheckResult } from '../core/events.ts'
import { attemptBindings } from '../core/fill.ts'
import { checksOf } from '../core/grading.ts'
import type { Attempt, Bindings, Lesson } from '../core/model.ts'
import type { AddOns, Clock, Cluster, Log, Workspace } from '../core/ports.ts'
import type { World } from '../grader/world.ts'
import { createScripts } from '../tools/scripts.ts'
import type { GraderEvents, GradeTarget, RunningGrader } from './services.ts'

export type GradingNeeds = {
  readonly cluster: () => Promise<Cluster>
  readonly workspace: (lesson: Lesson) => Promise<Workspace>
  /** The whole environment of the learner's shell in this attempt. */
  readonly environment: (lesson: Lesson, attempt: Attempt) => Promise<Readonly<Record<string, string>>>
  readonly labBindings: (lesson: Lesson, cluster: Cluster) => Promise<Bindings['lab']>
  readonly addOns: () => Promise<Pick<AddOns, 'status'>>
  readonly clock: Clock
  readonly log: Log
}

/** A one-shot grading waits no longer than this for a control loop, whatever the check allows. */
const SETTLE_MS = 3_000

const worldOf = async (needs: GradingNeeds, lesson: Lesson, attempt: Attempt): Promise<World> => {
  const cluster = await needs.cluster()
  const [probe, workspace, lab] = await Promise.all([
    cluster.probe(),
    needs.workspace(lesson),
    needs.labBindings(lesson, cluster),
  ])
  const bindings = { ...attemptBindings(attempt), lab }
  const { clock, log } = needs
  const scripts = createScripts({ env: () => needs.environment(lesson, attempt) })
  const addOns = lesson.needs.addons.length > 0 ? { addOns: await needs.addOns() } : {}
  return { probe, workspace, scripts, clock, capabilities: cluster.capabilities(), bindings, log, ...addOns }
}

/** Every check once, in the lesson's order. */
export const gradeTarget = async (needs: GradingNeeds, target: GradeTarget): Promise<readonly CheckResult[]> => {
  const { lesson, attempt, edges, signal } = target
  const [{ gradeOnce }, world] = await Promise.all([import('../grader/grade.ts'), worldOf(needs, lesson, attempt)])
  const { verdicts, ms } = await gradeOnce({ ...world, lesson, edges, signal, settleUpToMs: SETTLE_MS })
  needs.log.event('graded', { lesson: lesson.id, ms })
  return checksOf(lesson).flatMap(({ id }) => {
    const verdict = verdicts[id]
    return verdict ? [{ id, verdict, settling: false }] : []
  })
}

/** Grades as long as somebody works at the lesson, until stopped or `target.signal` aborts. */
export const watchTarget = async (
  needs: GradingNeeds,
  target: GradeTarget,
  events: GraderEvents,
): Promise<RunningGrader> => {
  const { lesson, attempt, edges } = target
  const [{ createGrader }, world] = await Promise.all([import('../grader/watcher.ts'), worldOf(needs, lesson, attempt)])
  const stop = new AbortController()
  const grader = createGrader({ ...world, lesson, edges })
  grader.start(
    (event) => {
      switch (event.kind) {
        case 'change':
          return events.changed(event.what)
        case 'grading':
          return events.grading()
        case 'verdict':
          return events.verdict({ id: event.check, verdict: event.verdict, settling: event.settling })
        case 'graded':
          return events.graded(event.results, event.ms)
        case 'watching':
          return events.watching(event.alive)
        case 'unreachable':
          return events.reachable(false)
        case 'recovered':
          return events.reachable(true)
      }
    },
    AbortSignal.any([target.signal, stop.signal]),
  )
  return { regrade: () => grader.regrade(), stop: async () => stop.abort() }
}

/** The attack, step by step, as it goes now. */
export const replayTarget = async (needs: GradingNeeds, target: GradeTarget): Promise<readonly AttackResult[]> => {
  const { lesson, attempt, signal } = target
  const [{ replay }, world] = await Promise.all([import('../grader/replay.ts'), worldOf(needs, lesson, attempt)])
  const outcomes = await replay({ steps: lesson.attack, lesson, world, signal })
  return outcomes.map(({ id, summary, good, unknown }) => ({ id, summary, ...(unknown ? {} : { good }) }))
}
