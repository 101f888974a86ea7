/** What the person at the keyboard can ask for. Questions stand between them and anything that cannot be undone. */

import { canGoEmbedded } from './availability.ts'
import { findLesson, neighbour, progressOf } from './course.ts'
import type { MachineState, Step } from './events.ts'
import { attemptBindings, fillForReader } from './fill.ts'
import type { Lesson } from './model.ts'
import { beginWhenReady, openLesson } from './opening.ts'
import type { Intent, Question } from './state.ts'
import {
  andThen,
  bankTime,
  canChangeCluster,
  lessonOf,
  notify,
  record,
  save,
  stay,
  withCluster,
  withCurrent,
  withLab,
} from './step.ts'
import { startReplay } from './verdicts.ts'

export const takeIntent = (state: MachineState, intent: Intent, at: number): Step => {
  if (intent.kind === 'confirm') return confirm(state, at)
  // Whatever is asked for instead of an answer refuses the question.
  const calm = state.lab.question ? withLab(state, { question: undefined }) : state
  const tell = (what: string, next?: string): Step =>
    stay(notify(calm, { kind: 'info', what, ...(next === undefined ? {} : { next }), at }))
  const lesson = lessonOf(calm)
  const current = calm.lab.current

  switch (intent.kind) {
    case 'refuse':
      return stay(calm)
    case 'dismiss':
      return stay(withLab(calm, { notices: [] }))
    case 'quit':
      return quit(calm, state.lab.question?.kind === 'quit')
    case 'retry-cluster': {
      if (calm.bringingUp) return tell('The cluster is being brought up already.')
      if (calm.lab.cluster.state === 'ready') return tell('The cluster needs no repair.')
      const fresh = { steps: [], reason: undefined, output: undefined }
      const starting = withCluster(calm, { ...fresh, state: 'starting', startedAt: at })
      return stay({ ...starting, bringingUp: true }, { kind: 'bring-up' })
    }
    case 'use-embedded': {
      if (!canGoEmbedded(calm.lab.cluster)) return stay(calm)
      if (calm.inCluster === undefined) return goEmbedded(calm, at)
      return stay(withQuestion(calm, { kind: 'embedded', text: EMBEDDED_QUESTION }))
    }
    case 'open': {
      const target = findLesson(calm.catalogue, intent.lesson)
      return target ? ask(calm, target, at) : tell(`There is no lesson called ${intent.lesson}.`, 'See the list.')
    }
    case 'next':
    case 'previous': {
      const card = neighbour(calm.lab.lessons, current?.id, intent.kind === 'next' ? 1 : -1)
      const target = card && findLesson(calm.catalogue, card.id)
      if (target) return ask(calm, target, at)
      return tell(intent.kind === 'next' ? 'This is the last lesson that runs here.' : 'This is the first lesson.')
    }
    case 'hint':
      return current && lesson ? hint(calm, lesson, at) : stay(calm)
    case 'solution':
      if (!current || !lesson || current.solution !== undefined) return stay(calm)
      return stay(withQuestion(calm, { kind: 'solution', text: SOLUTION_QUESTION }))
    case 'reset':
      if (!current || !lesson) return stay(calm)
      if (!canChangeCluster(calm) || calm.inCluster !== lesson.id || current.phase === 'seeding') {
        return tell('There is nothing to reset yet.', 'Wait until the cluster is ready and the lesson has begun.')
      }
      return stay(withQuestion(calm, { kind: 'reset', text: RESET_QUESTION }))
    case 'regrade':
      if (!current) return stay(calm)
      if (current.phase === 'failed') return beginWhenReady(calm)
      if (!isBegun(calm)) return tell('There is nothing to grade yet.', 'Wait until the lesson has begun.')
      return stay(withCurrent(calm, { grading: true }), { kind: 'grade', run: calm.run })
    case 'attack':
      if (!current || !lesson) return stay(calm)
      if (lesson.attack.length === 0) return tell('This lesson has no attack to replay.')
      if (!isBegun(calm)) return tell('The attack needs the lesson in the cluster.', 'Wait until it has begun.')
      return current.attack?.state === 'running' ? stay(calm) : startReplay(calm, lesson)
    case 'answer':
      if (!current || !isBegun(calm)) return tell('There is nothing to answer yet.', 'Wait until the lesson has begun.')
      return stay(calm, { kind: 'write-answer', lesson: current.id, key: intent.key, value: intent.value })
    case 'quiz':
      return current && lesson ? quiz(calm, lesson, intent) : stay(calm)
  }
}

const RESET_QUESTION =
  'Put this lesson back to its beginning? Its objects in the cluster are made anew; a copy of your files is kept.'
const SOLUTION_QUESTION = 'Show the solution? You learn more by trying another hint first.'
const EMBEDDED_QUESTION =
  'Go on with the embedded control plane? The kind cluster is removed and its lesson begins anew; your files and progress stay.'
const QUIT_QUESTION =
  'The cluster is still coming up. Quit and stop that? What was downloaded or built stays for the next time.'

const withQuestion = (state: MachineState, question: Question): MachineState => withLab(state, { question })

const goEmbedded = (state: MachineState, at: number): Step => {
  const starting = withCluster(state, {
    state: 'starting',
    steps: [],
    reason: undefined,
    output: undefined,
    startedAt: at,
  })
  const effect = { kind: 'bring-up', backend: 'embedded' } as const
  return stay({ ...withLab(starting, { notices: [] }), bringingUp: true }, { kind: 'unwatch' }, effect)
}

const isBegun = (state: MachineState): boolean =>
  state.lab.current?.phase === 'working' || state.lab.current?.phase === 'passed'

/** Opens a lesson, or asks first when that would take an unfinished one out of the cluster. */
const ask = (state: MachineState, target: Lesson, at: number): Step => {
  const current = state.lab.current
  if (current?.id === target.id) {
    return current.phase === 'failed' || current.phase === 'unavailable' ? beginWhenReady(state) : stay(state)
  }
  const card = state.lab.lessons.find((candidate) => candidate.id === target.id)
  const left = state.catalogue.find((lesson) => lesson.id === state.inCluster)
  const unfinished =
    left !== undefined && left.id !== target.id && progressOf(state.lab.progress, left.id).status === 'started'
  // A lesson that cannot run here is only read: nothing has to leave for it.
  if (!unfinished || card?.unavailable !== undefined) return openLesson(state, target, at, true)
  const text = `Leave “${left.title}” unfinished? Its objects in the cluster are removed; your files stay.`
  return stay(withQuestion(state, { kind: 'leave', text, target: target.id }))
}

const confirm = (state: MachineState, at: number): Step => {
  const question = state.lab.question
  const calm = withLab(state, { question: undefined })
  const lesson = lessonOf(calm)
  switch (question?.kind) {
    case undefined:
      return stay(state)
    case 'quit':
      return quit(calm, true)
    case 'embedded':
      return canGoEmbedded(calm.lab.cluster) ? goEmbedded(calm, at) : stay(calm)
    case 'leave': {
      const target = findLesson(calm.catalogue, question.target ?? '')
      return target ? openLesson(calm, target, at, true) : stay(calm)
    }
    case 'solution': {
      if (!lesson) return stay(calm)
      const shown = withCurrent(calm, { solution: lesson.solution.text })
      return save(record(shown, lesson.id, { solutionSeen: true }))
    }
    case 'reset': {
      if (!lesson || !canChangeCluster(calm) || calm.lab.current?.phase === 'seeding') return stay(calm)
      const run = calm.run + 1
      const seeding = withCurrent(bankTime(calm), { phase: 'seeding', attack: undefined, grading: false })
      return stay({ ...seeding, run, replayed: false }, { kind: 'unwatch' }, { kind: 'reset', run, lesson: lesson.id })
    }
  }
}

const quit = (state: MachineState, sure: boolean): Step => {
  if (state.lab.closing) return stay(state)
  if (!sure && state.bringingUp) {
    return stay(withQuestion(state, { kind: 'quit', text: QUIT_QUESTION }))
  }
  const closing = withLab(bankTime(state), { closing: true })
  // Before progress was read there is nothing to save, and saving would only risk it.
  const saving = closing.lab.loading ? stay(closing) : save(closing)
  return andThen(saving, (next) => stay(next, { kind: 'unwatch' }, { kind: 'close' }))
}

const hint = (state: MachineState, lesson: Lesson, at: number): Step => {
  const current = state.lab.current
  const shown = current?.hints.length ?? 0
  const next = lesson.hints[shown]
  if (!current || next === undefined) {
    const what = lesson.hints.length === 0 ? 'This lesson has no hints.' : 'There are no more hints.'
    return stay(notify(state, { kind: 'info', what, next: 'The solution shows one way through.', at }))
  }
  const attempt = state.attempt?.lesson === lesson.id ? state.attempt : undefined
  const bindings = { ...(attempt ? attemptBindings(attempt) : {}), lab: { workspace: current.workspace } }
  const told = withCurrent(state, { hints: [...current.hints, fillForReader(next, bindings)] })
  const hints = Math.max(progressOf(state.lab.progress, lesson.id).hints, shown + 1)
  return save(record(told, lesson.id, { hints }))
}

const quiz = (state: MachineState, lesson: Lesson, intent: Intent & { kind: 'quiz' }): Step => {
  const question = lesson.quiz.find((candidate) => candidate.id === intent.question)
  if (!question?.options[intent.option]) return stay(state)
  const answers = { ...progressOf(state.lab.progress, lesson.id).quiz, [question.id]: intent.option }
  return save(record(withCurrent(state, { quizAnswers: answers }), lesson.id, { quiz: answers }))
}
