/** A pass: what was stopped, the debrief to page through, then the questions with a reason for every answer. */
import type { QuizQuestion } from '../../core/model.ts'
import type { CurrentLesson } from '../../core/state.ts'
import { clean, ends, oneLine, wrap } from '../fit.ts'
import type { Scene } from '../scene.ts'
import { count, span } from '../spoken.ts'
import { attackTable } from './attack.ts'

/** "9 min, 1 hint, 3 wrong turns"; nothing for a pass by `check` alone, where nobody counted. */
const effort = ({ seconds, hints, wrongTurns }: CurrentLesson): string =>
  seconds < 1 ? '' : [span(seconds), count(hints.length, 'hint'), count(wrongTurns, 'wrong turn')].join(', ')

const celebration = (scene: Scene, lesson: CurrentLesson, width: number): string[] => {
  const { theme, state } = scene
  const { paint, symbols } = theme
  const done = state.lessons.filter((card) => card.status === 'passed').length
  const left = `${theme.mark('passed')} ${paint.strong(paint.good(oneLine(lesson.title)))}`
  const lines = [ends({ left, right: paint.quiet(effort(lesson)), width, mark: symbols.cut })]
  return state.lessons.length > 0 ? [...lines, paint.quiet(`${done} of ${state.lessons.length} lessons done.`)] : lines
}

const debriefLines = (scene: Scene, lesson: CurrentLesson, width: number): string[] => {
  const { paint } = scene.theme
  const { attack } = lesson
  const replay =
    attack === undefined || attack.steps.length === 0
      ? []
      : [paint.title('The attack, replayed just now'), '', ...attackTable(scene, attack, width), '']
  return [
    ...celebration(scene, lesson, width),
    '',
    ...replay,
    paint.title('What you just stopped'),
    '',
    ...scene.markdown({ text: lesson.debrief, width }),
    ...(lesson.quiz.length > 0
      ? ['', paint.quiet(`space goes on to ${count(lesson.quiz.length, 'quick question')}.`)]
      : []),
  ]
}

const optionLines = (
  scene: Scene,
  options: { question: QuizQuestion; at: number; chosen: number | undefined; width: number },
): string[] => {
  const { question, at, chosen, width } = options
  const { theme, view } = scene
  const { paint, symbols } = theme
  const option = question.options[at]
  if (option === undefined) return []
  const answered = chosen !== undefined
  const pointed = !answered && view.quiz.option === at
  const said = answered && (at === chosen || option.correct)
  const sign = said ? (option.correct ? theme.mark('passed') : theme.mark('failed')) : ' '.repeat(symbols.passed.length)
  const pointer = pointed ? paint.accent(symbols.cursor) : at === chosen ? paint.quiet(symbols.cursor) : ' '
  const text = oneLine(option.text)
  const shown = pointed || at === chosen ? paint.strong(text) : answered && !option.correct ? paint.quiet(text) : text
  const indent = ' '.repeat(symbols.passed.length + 6)
  const lines = wrap(`${pointer} ${sign} ${at + 1}  ${shown}`, width, indent)
  const verdict = at === chosen ? (option.correct ? 'Right. ' : 'Not this one. ') : ''
  return said ? [...lines, ...wrap(indent + paint.quiet(verdict + clean(option.reason)), width, indent), ''] : lines
}

const questionLines = (scene: Scene, lesson: CurrentLesson, at: number, width: number): string[] => {
  const { paint } = scene.theme
  const question = lesson.quiz[at]
  if (question === undefined) return []
  const chosen = lesson.quizAnswers[question.id]
  const options = question.options.flatMap((_, option) => optionLines(scene, { question, at: option, chosen, width }))
  const last = at === lesson.quiz.length - 1
  const onward = last ? 'That was the last question. n opens the next lesson.' : 'space goes on to the next question.'
  return [
    paint.title(`Quick question ${at + 1} of ${lesson.quiz.length}`),
    '',
    ...wrap(paint.strong(clean(question.question)), width),
    '',
    ...options,
    ...(chosen === undefined ? [] : [paint.quiet(onward)]),
  ]
}

export const passLines = (scene: Scene, width: number): string[] => {
  const { current } = scene.state
  if (current === undefined) return []
  const { step } = scene.view.quiz
  return step === 0 ? debriefLines(scene, current, width) : questionLines(scene, current, step - 1, width)
}
