/**
 * The lesson machine: `transition(state, event)` answers the next state and what is to be done about it, as data.
 * It reads no clock and touches nothing; app/lab.ts runs the effects and sends back what became of them.
 */
import { takeBackend, takeClusterFailed, takeClusterStatus, takeClusterUp, takeStep } from './cluster-events.ts'
import { findLesson, NO_PROGRESS, resumeAt } from './course.ts'
import type { LabEvent, MachineState, Step } from './events.ts'
import { takeIntent } from './intents.ts'
import { fillCurrent, openLesson } from './opening.ts'
import {
  andThen,
  countTime,
  notify,
  record,
  refreshCards,
  save,
  stay,
  withCluster,
  withCurrent,
  withLab,
} from './step.ts'
import { takeVerdicts } from './verdicts.ts'

/** The lab before anything was read or started: enough for a first frame. `at`: Clock milliseconds. */
export const initialState = (at: number): MachineState => ({
  lab: {
    loading: true,
    lessons: [],
    progress: NO_PROGRESS,
    cluster: { state: 'absent', components: [], steps: [], watching: false },
    notices: [],
    closing: false,
  },
  catalogue: [],
  workspaces: {},
  replaced: false,
  bringingUp: false,
  run: 0,
  finals: {},
  turned: false,
  replayed: false,
  workedMs: 0,
  countedAt: at,
})

/** The next state, and effects to run in order. Never throws; an event that no longer matters changes nothing. */
export const transition = (state: MachineState, event: LabEvent): Step => {
  if (state.lab.closing) return stay(state)
  if ('run' in event && event.run !== state.run) return stay(state)
  return step(countTime(state, event.at), event)
}

const step = (state: MachineState, event: LabEvent): Step => {
  const { at } = event
  switch (event.kind) {
    case 'intent':
      return takeIntent(state, event.intent, at)
    case 'started': {
      const starting = withCluster(state, { state: 'starting', startedAt: at })
      return stay({ ...starting, bringingUp: true, wanted: event.wanted }, { kind: 'load' }, { kind: 'bring-up' })
    }
    case 'loaded':
      return takeLoaded(state, event)
    case 'load-failed':
      return stay(notify(withLab(state, { loading: false }), { kind: 'error', what: event.what, next: event.next, at }))
    case 'backend-chosen':
      return takeBackend(state, event)
    case 'step':
      return takeStep(state, event.step)
    case 'cluster-up':
      return takeClusterUp(state, event.status)
    case 'cluster-failed':
      return takeClusterFailed(state, event, at)
    case 'cluster-status':
      return takeClusterStatus(state, event.status, at)
    case 'watch-health':
      return stay(withCluster(state, { watching: event.alive }))
    case 'begun':
      return takeBegun(state, event)
    case 'begin-failed': {
      const problem = { what: event.what, next: event.next }
      return stay(withCurrent(state, { phase: 'failed', problem, grading: false }))
    }
    case 'changed':
      return stay(withCurrent(state, { lastChange: { what: event.what, at } }))
    case 'grading':
      return stay(withCurrent(state, { grading: true }))
    case 'verdict':
      return takeVerdicts(state, { results: [event.result], at })
    case 'graded':
      return takeVerdicts(state, { results: event.results, at, whole: { ms: event.ms } })
    case 'attack-done':
      return takeAttack(state, event)
    case 'attack-failed': {
      const attack = state.lab.current?.attack
      if (!attack) return stay(state)
      return stay(withCurrent(state, { attack: { ...attack, state: 'failed', error: event.error } }))
    }
    case 'noticed': {
      const next = event.next === undefined ? {} : { next: event.next }
      return stay(notify(state, { kind: event.error ? 'error' : 'info', what: event.what, ...next, at }))
    }
  }
}

const takeLoaded = (state: MachineState, event: LabEvent & { kind: 'loaded' }): Step => {
  const told = event.warning === undefined ? state : notify(state, { kind: 'error', what: event.warning, at: event.at })
  const loaded = refreshCards({
    ...withLab(told, { loading: false, progress: event.progress }),
    catalogue: event.lessons,
    workspaces: event.workspaces,
    attempt: state.replaced ? undefined : event.attempt,
    inCluster: state.replaced ? undefined : event.attempt?.lesson,
  })
  const wanted = state.wanted === undefined ? undefined : findLesson(event.lessons, state.wanted)
  const resumed = resumeAt(loaded.lab.lessons, event.progress)
  const there = event.lessons.find((lesson) => lesson.id === resumed?.id)
  if (!there) return stay(loaded)
  if (!wanted || wanted.id === there.id) return openLesson(loaded, wanted ?? there, event.at)
  // The one asked for on the command line goes by the same question as one chosen from the list.
  const asked = takeIntent(loaded, { kind: 'open', lesson: wanted.id }, event.at)
  return asked.state.lab.current === undefined
    ? andThen(openLesson(loaded, there, event.at), (next) =>
        takeIntent(next, { kind: 'open', lesson: wanted.id }, event.at),
      )
    : asked
}

const takeBegun = (state: MachineState, event: LabEvent & { kind: 'begun' }): Step => {
  const { attempt, at } = event
  if (state.lab.current?.id !== attempt.lesson) return stay(state)
  const started = record(state, attempt.lesson, {
    ...(state.lab.progress.lessons[attempt.lesson]?.status === 'passed' ? {} : { status: 'started' as const }),
    startedAt: state.lab.progress.lessons[attempt.lesson]?.startedAt ?? attempt.startedAt,
    // A new attempt earns its edges anew.
    ...(state.attempt?.startedAt === attempt.startedAt ? {} : { edges: [] }),
  })
  const filled = fillCurrent(
    { ...started, attempt, inCluster: attempt.lesson, finals: {}, turned: false },
    attempt,
    event.lab,
  )
  const working = withCurrent(filled, {
    phase: 'working',
    problem: undefined,
    attack: undefined,
    lastChange: undefined,
    startedAt: at,
    grading: true,
  })
  const told = event.note === undefined ? working : notify(working, { kind: 'info', what: event.note, at })
  const edges = told.lab.progress.lessons[attempt.lesson]?.edges ?? []
  return andThen(save(told), (next) =>
    stay(next, { kind: 'watch', run: next.run, lesson: attempt.lesson, attempt, edges }),
  )
}

const takeAttack = (state: MachineState, event: LabEvent & { kind: 'attack-done' }): Step => {
  const attack = state.lab.current?.attack
  if (!attack) return stay(state)
  const results = new Map(event.steps.map((result) => [result.id, result]))
  const steps = attack.steps.map((shown) => {
    const result = results.get(shown.id)
    return result ? { ...shown, now: result.summary, good: result.good } : shown
  })
  return stay(withCurrent(state, { attack: { state: 'done', steps } }))
}
