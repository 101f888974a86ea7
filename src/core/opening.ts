/** Opening a lesson, and beginning it once the cluster is there. */
import { unavailableReason } from './availability.ts'
import { moduleTitle, progressOf } from './course.ts'
import type { MachineState, Step } from './events.ts'
import { attemptBindings, fillForReader } from './fill.ts'
import type { Attempt, Bindings, Lesson, Verdict } from './model.ts'
import type { CheckView, CurrentLesson } from './state.ts'
import { andThen, bankTime, canChangeCluster, save, stay, withCurrent, withLab } from './step.ts'

const LAYER_TAGS = {
  workload: 'workload',
  'control-plane': 'control plane',
  infrastructure: 'infrastructure',
  identity: 'identity',
  'supply-chain': 'supply chain',
  secrets: 'secrets',
} as const

const DONE_EARLIER: Verdict = { kind: 'passed', found: 'Done earlier; once is enough for this one.' }

/** The checklist before anything was graded. */
export const freshChecks = (
  lesson: Lesson,
  bindings: Partial<Bindings>,
  edges: readonly string[],
): readonly CheckView[] =>
  lesson.tasks.flatMap((task) =>
    task.checks.map((check) => ({
      id: check.id,
      title: fillForReader(check.title, bindings),
      task: fillForReader(task.title, bindings),
      settling: false,
      broken: false,
      ...(check.mode === 'edge' && edges.includes(check.id) ? { verdict: DONE_EARLIER } : {}),
      ...(check.kind === 'answer' && typeof check.with.key === 'string' ? { answerKey: check.with.key } : {}),
    })),
  )

/** A lesson as it is read before it has begun. */
const readView = (state: MachineState, lesson: Lesson, at: number): CurrentLesson => {
  const progress = progressOf(state.lab.progress, lesson.id)
  const workspace = state.workspaces[lesson.id] ?? ''
  const attempt = state.attempt?.lesson === lesson.id ? state.attempt : undefined
  const bindings = { ...(attempt ? attemptBindings(attempt) : {}), lab: { workspace } }
  return {
    id: lesson.id,
    slug: lesson.slug,
    title: lesson.title,
    module: lesson.module,
    moduleTitle: moduleTitle(lesson.module),
    layer: lesson.layer,
    minutes: lesson.minutes,
    tags: [
      LAYER_TAGS[lesson.layer],
      ...lesson.references.cks.map((domain) => `CKS ${domain}`),
      ...lesson.references.owasp,
    ],
    text: fillForReader(lesson.text, bindings),
    debrief: fillForReader(lesson.debrief, bindings),
    workspace,
    phase: 'reading',
    checks: freshChecks(lesson, bindings, attempt ? progress.edges : []),
    hintsTotal: lesson.hints.length,
    hints: lesson.hints.slice(0, progress.hints).map((hint) => fillForReader(hint, bindings)),
    quiz: lesson.quiz,
    quizAnswers: progress.quiz,
    grading: false,
    startedAt: at,
    seconds: progress.seconds,
    wrongTurns: progress.wrongTurns,
  }
}

/** Fills texts and checklist with what became known when the lesson began. */
export const fillCurrent = (state: MachineState, attempt: Attempt, lab: Bindings['lab']): MachineState => {
  const lesson = state.catalogue.find((candidate) => candidate.id === attempt.lesson)
  const current = state.lab.current
  if (!lesson || !current) return state
  const bindings = { ...attemptBindings(attempt), lab }
  return withCurrent(state, {
    text: fillForReader(lesson.text, bindings),
    debrief: fillForReader(lesson.debrief, bindings),
    hints: lesson.hints.slice(0, current.hints.length).map((hint) => fillForReader(hint, bindings)),
    checks: freshChecks(lesson, bindings, progressOf(state.lab.progress, lesson.id).edges),
  })
}

/**
 * Begins the lesson that is open, if the cluster is ready, it can run there, and it has not begun yet. `leaving`: the
 * person goes from one lesson to another, which also puts right what the one before broke.
 */
export const beginWhenReady = (state: MachineState, leaving = false): Step => {
  const current = state.lab.current
  const lesson = state.catalogue.find((candidate) => candidate.id === current?.id)
  const { backend } = state.lab.cluster
  if (!current || !lesson || !state.capabilities || !backend || current.phase === 'seeding') return stay(state)
  const reason = unavailableReason(lesson, { backend, capabilities: state.capabilities })
  if (reason !== undefined) {
    const problem = { what: `This lesson ${reason}.`, next: 'Read it here, or choose another lesson from the list.' }
    return stay(withCurrent(state, { phase: 'unavailable', problem }))
  }
  if (state.lab.cluster.state !== 'ready' && !(leaving && canChangeCluster(state))) {
    return stay(current.phase === 'unavailable' ? withCurrent(state, { phase: 'reading', problem: undefined }) : state)
  }
  const resume = state.attempt?.lesson === lesson.id ? state.attempt : undefined
  const other = state.inCluster !== undefined && state.inCluster !== lesson.id ? state.inCluster : undefined
  const run = state.run + 1
  return stay(
    {
      ...withCurrent(state, { phase: 'seeding', problem: undefined, grading: false }),
      run,
      inCluster: lesson.id,
      attempt: resume,
    },
    { kind: 'unwatch' },
    ...(other === undefined ? [] : [{ kind: 'leave', lesson: other } as const]),
    { kind: 'begin', run, lesson: lesson.id, ...(resume ? { resume } : {}) },
  )
}

/** Shows a lesson; whoever calls has asked before leaving an unfinished one. `leaving`: see beginWhenReady. */
export const openLesson = (state: MachineState, lesson: Lesson, at: number, leaving = false): Step => {
  const banked = bankTime(state)
  const opened: MachineState = {
    ...withLab(banked, {
      current: readView(banked, lesson, at),
      progress: { ...banked.lab.progress, last: lesson.id },
      // Whether to quit is no question about a lesson: it stays when one is opened meanwhile.
      question: state.lab.question?.kind === 'quit' ? state.lab.question : undefined,
    }),
    run: state.run + 1,
    replayed: false,
    workedMs: 0,
    countedAt: at,
  }
  return andThen(
    andThen(save(opened), (next) => stay(next, { kind: 'unwatch' })),
    (next) => beginWhenReady(next, leaving && state.inCluster !== lesson.id),
  )
}
