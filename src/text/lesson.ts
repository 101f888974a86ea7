import type { ClusterView, CurrentLesson } from '../core/state.ts'
import { attackLines } from './attack.ts'
import { clusterPhrase } from './cluster.ts'
import { plainMarkdown } from './markdown.ts'
import { count, sentence, spokenSpan } from './spoken.ts'
import { checkLines, checksSummary } from './verdict.ts'
import { wrap } from './wrap.ts'

/** Title line and text. */
export const lessonLines = (
  lesson: Pick<CurrentLesson, 'title' | 'moduleTitle' | 'minutes' | 'text'>,
  cluster: ClusterView,
  width: number,
): readonly string[] => [
  ...wrap(
    `Lesson: ${lesson.title}. ${lesson.moduleTitle}, about ${lesson.minutes} minutes. Backend: ${clusterPhrase(cluster)}.`,
    { width },
  ),
  '',
  plainMarkdown(lesson.text, width),
]

/** The checklist, each check that has not passed with its details. */
export const checklistLines = (current: Pick<CurrentLesson, 'checks'>, width: number): readonly string[] => [
  checksSummary(current.checks),
  ...current.checks.flatMap((check, index) => checkLines(check, index + 1, width)),
]

/** The headline of a pass: "Passed: Exactly enough. 9 min, 1 hint, 3 wrong turns." One outside the lab has no minutes. */
export const passLine = ({ title, seconds, hints, wrongTurns }: CurrentLesson): string =>
  seconds < 1
    ? `Passed: ${title}.`
    : `Passed: ${title}. ${spokenSpan(seconds)}, ${count(hints.length, 'hint')}, ${count(wrongTurns, 'wrong turn')}.`

/** What follows a pass: the attack as it went just now, and what was learned. */
export const debriefLines = (current: CurrentLesson, width: number): readonly string[] => [
  ...(current.attack ? [...attackLines(current.attack, width), ''] : []),
  plainMarkdown(current.debrief, width),
]

/** The first quiz question that has no answer yet. */
export const openQuestion = (current: Pick<CurrentLesson, 'quiz' | 'quizAnswers'>) =>
  current.quiz.find((question) => current.quizAnswers[question.id] === undefined)

/** A quiz question with numbered options. */
export const questionLines = (
  current: Pick<CurrentLesson, 'quiz'>,
  question: CurrentLesson['quiz'][number],
  width: number,
): readonly string[] => [
  ...wrap(`Quick question ${current.quiz.indexOf(question) + 1} of ${current.quiz.length}: ${question.question}`, {
    width,
  }),
  ...question.options.flatMap((option, index) =>
    wrap(`${index + 1}. ${option.text}`, { width, first: '  ', rest: '     ' }),
  ),
]

/** Right or wrong, and the reason; after a wrong answer the right one as well, for nobody is asked twice. */
export const quizAnswerLines = (
  question: CurrentLesson['quiz'][number],
  option: number,
  width: number,
): readonly string[] => {
  const chosen = question.options[option]
  if (!chosen) return []
  const right = question.options.find((one) => one.correct)
  return [
    ...wrap(`${chosen.correct ? 'Right' : 'Not quite'}: ${chosen.reason}`, { width, rest: '  ' }),
    ...(chosen.correct || !right
      ? []
      : wrap(`The answer is: ${sentence(right.text)} ${right.reason}`, { width, rest: '  ' })),
  ]
}
