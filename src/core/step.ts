/** Small moves that every part of the machine makes. */

import { unavailableReason } from './availability.ts'
import { progressOf, withLesson } from './course.ts'
import type { Effect, MachineState, Step } from './events.ts'
import type { Lesson, LessonProgress } from './model.ts'
import type { ClusterView, CurrentLesson, LabState, LessonCard, Notice } from './state.ts'

const NOTICES_KEPT = 20
/** A longer pause between two signs of life is not counted as work: the lid was closed. */
const IDLE_MS = 5 * 60_000

export const stay = (state: MachineState, ...effects: readonly Effect[]): Step => ({ state, effects })

/** Runs the next part of a transition on the result of the one before, keeping the effects in order. */
export const andThen = (step: Step, next: (state: MachineState) => Step): Step => {
  const after = next(step.state)
  return { state: after.state, effects: [...step.effects, ...after.effects] }
}

export const withLab = (state: MachineState, change: Partial<LabState>): MachineState => ({
  ...state,
  lab: { ...state.lab, ...change },
})

export const withCluster = (state: MachineState, change: Partial<ClusterView>): MachineState =>
  withLab(state, { cluster: { ...state.lab.cluster, ...change } })

export const withCurrent = (state: MachineState, change: Partial<CurrentLesson>): MachineState =>
  state.lab.current ? withLab(state, { current: { ...state.lab.current, ...change } }) : state

export const notify = (state: MachineState, notice: Notice): MachineState =>
  withLab(state, { notices: [...state.lab.notices, notice].slice(-NOTICES_KEPT) })

export const lessonOf = (state: MachineState): Lesson | undefined =>
  state.catalogue.find((lesson) => lesson.id === state.lab.current?.id)

/** The course list as the skins show it. */
export const cardsOf = (state: MachineState): readonly LessonCard[] =>
  state.catalogue.map((lesson) => {
    const { backend } = state.lab.cluster
    const unavailable =
      state.capabilities && backend
        ? unavailableReason(lesson, { backend, capabilities: state.capabilities })
        : undefined
    return {
      id: lesson.id,
      slug: lesson.slug,
      title: lesson.title,
      module: lesson.module,
      layer: lesson.layer,
      minutes: lesson.minutes,
      status: progressOf(state.lab.progress, lesson.id).status,
      ...(unavailable === undefined ? {} : { unavailable }),
    }
  })

export const refreshCards = (state: MachineState): MachineState => withLab(state, { lessons: cardsOf(state) })

/** Changes the progress of one lesson, in memory only: the caller adds the save effect. */
export const record = (state: MachineState, lesson: string, change: Partial<LessonProgress>): MachineState =>
  refreshCards(withLab(state, { progress: withLesson(state.lab.progress, lesson, change) }))

export const save = (state: MachineState): Step => stay(state, { kind: 'save-progress', progress: state.lab.progress })

/** Adds the time since the last sign of life to the time worked, while a lesson is being worked on. */
export const countTime = (state: MachineState, at: number): MachineState => {
  const gap = Math.max(0, at - state.countedAt)
  const worked = state.lab.current?.phase === 'working' ? Math.min(gap, IDLE_MS) : 0
  return { ...state, workedMs: state.workedMs + worked, countedAt: Math.max(at, state.countedAt) }
}

/** Writes the time worked so far into the progress of the current lesson, until it has been passed once. */
export const bankTime = (state: MachineState): MachineState => {
  const current = state.lab.current
  if (!current || state.workedMs === 0) return state
  const progress = progressOf(state.lab.progress, current.id)
  if (progress.status !== 'started') return { ...state, workedMs: 0 }
  const whole = Math.floor(state.workedMs / 1000)
  return {
    ...record(state, current.id, { seconds: progress.seconds + whole }),
    workedMs: state.workedMs - whole * 1000,
  }
}

/**
 * Whether a lesson can be put in or taken out now. Also with a broken control plane, as long as a lesson is in it: what
 * the learner did to its files is put back first.
 */
export const canChangeCluster = (state: MachineState): boolean => {
  const { state: cluster } = state.lab.cluster
  if (cluster === 'ready') return true
  return (cluster === 'broken' || cluster === 'starting') && !state.bringingUp && state.inCluster !== undefined
}
