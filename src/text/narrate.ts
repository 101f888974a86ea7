/**
 * The plain skin's voice: what changed between two states of the lab, as lines that stand alone. Nothing is ever
 * redrawn, so only what is news is said, and said once.
 */

import { canGoEmbedded } from '../core/availability.ts'
import { sameWords } from '../core/same-words.ts'
import type { CheckView, CurrentLesson, LabState } from '../core/state.ts'
import { attackLines } from './attack.ts'
import { isNews, stepLine } from './cluster.ts'
import { hintLines } from './hint.ts'
import {
  checklistLines,
  debriefLines,
  lessonLines,
  openQuestion,
  passLine,
  questionLines,
  quizAnswerLines,
} from './lesson.ts'
import { sentence } from './spoken.ts'
import { checkLines } from './verdict.ts'
import { wrap } from './wrap.ts'

/**
 * Lines to print for the step from `before` (undefined at first) to `now`, wrapped to `width` columns. `typing`: there
 * is somebody who can type commands, and is told which.
 */
export const narrate = (
  before: LabState | undefined,
  now: LabState,
  reader: { readonly width: number; readonly typing: boolean },
): readonly string[] => [
  ...clusterNews(before, now, reader.width),
  ...noticeNews(before, now, reader.width),
  ...lessonNews(before, now, reader),
  ...questionNews(before, now, reader.width),
]

const clusterNews = (before: LabState | undefined, now: LabState, width: number): readonly string[] => {
  const was = before?.cluster
  const { cluster } = now
  const steps = cluster.steps
    .filter((step) =>
      isNews(
        was?.steps.find((known) => known.id === step.id),
        step,
      ),
    )
    .flatMap((step) => wrap(stepLine(step), { width, first: '  ', rest: '    ' }))
  const started = cluster.state === 'starting' && was?.state !== 'starting'
  const first = was === undefined || was.state === 'absent' || cluster.steps.length === 0
  return [
    ...(cluster.choice !== undefined && cluster.choice !== was?.choice
      ? wrap(sentence(`Backend ${cluster.choice}`), { width })
      : []),
    ...(started
      ? [first ? 'Getting your cluster ready. You can read on.' : 'The cluster restarts a part of itself.']
      : []),
    ...steps,
    ...(was && was.state !== cluster.state && !started ? clusterState(now, width) : []),
  ]
}

const clusterState = (now: LabState, width: number): readonly string[] => {
  const { cluster } = now
  switch (cluster.state) {
    case 'ready':
      return wrap(`The cluster is ready: ${[cluster.backend, cluster.version].filter(Boolean).join(', ')}.`, { width })
    case 'broken':
    case 'absent': {
      const what = cluster.state === 'broken' ? 'The cluster is broken' : 'The cluster is not there any more'
      const words = cluster.components.flatMap((component) =>
        component.lastError === undefined || component.state === 'running'
          ? []
          : [`${component.name}: ${component.lastError}`],
      )
      return [
        ...wrap(sentence(cluster.reason === undefined ? what : `${what}. ${cluster.reason}`), { width }),
        ...words.flatMap((line) => wrap(line, { width, first: '  ', rest: '    ' })),
        ...(isBegun(now.current) ? ['If it was your edit: type edit to put it right, or reset.'] : []),
        'To repair it, type: retry',
        ...(canGoEmbedded(cluster) ? wrap(WITHOUT_CONTAINERS, { width }) : []),
        ...(cluster.output === undefined ? [] : ['To read what it printed, type: output']),
      ]
    }
    case 'starting':
    case 'stopping':
      return []
  }
}

const WITHOUT_CONTAINERS =
  'To go on without containers, type: embedded (or start with --backend embedded). Lessons that need nodes wait then.'

const isBegun = (current: CurrentLesson | undefined): boolean =>
  current?.phase === 'working' || current?.phase === 'passed'

const noticeNews = (before: LabState | undefined, now: LabState, width: number): readonly string[] =>
  now.notices
    .filter((notice) => !before?.notices.includes(notice))
    .flatMap((notice) =>
      wrap(
        [notice.what, notice.next]
          .filter(Boolean)
          .map((each) => sentence(each ?? ''))
          .join(' '),
        { width },
      ),
    )

const questionNews = (before: LabState | undefined, now: LabState, width: number): readonly string[] =>
  now.question && now.question !== before?.question ? [...wrap(now.question.text, { width }), 'Type yes or no.'] : []

const lessonNews = (
  before: LabState | undefined,
  now: LabState,
  { width, typing }: { readonly width: number; readonly typing: boolean },
): readonly string[] => {
  const { current } = now
  if (!current) return []
  const was = before?.current?.id === current.id ? before.current : undefined
  return [
    ...(was ? [] : ['', ...lessonLines(current, now.cluster, width), '']),
    ...phaseNews(was, current, now, width),
    ...valueNews(was, current, width),
    ...helpNews(was, current, width),
    ...verdictNews(was, current, width),
    ...(typing && isFirstList(was, current) ? wrap(WATCHING, { width }) : []),
    ...passNews(was, current, width),
  ]
}

const phaseNews = (
  was: CurrentLesson | undefined,
  current: CurrentLesson,
  now: LabState,
  width: number,
): readonly string[] => {
  if (was?.phase === current.phase) return []
  switch (current.phase) {
    case 'reading':
      return now.cluster.state === 'starting' ? ['The exercise begins when the cluster is ready.'] : []
    case 'seeding':
      return ['Putting the lesson into the cluster.']
    case 'working':
      return was?.phase === 'passed'
        ? []
        : wrap(`The lesson is in the cluster. Your files: ${current.workspace}`, { width })
    case 'unavailable':
    case 'failed':
      return current.problem ? wrap(`${sentence(current.problem.what)} ${current.problem.next}`, { width }) : []
    case 'passed':
      return []
  }
}

const helpNews = (was: CurrentLesson | undefined, current: CurrentLesson, width: number): readonly string[] => {
  const told = was?.hints.length ?? 0
  const hints = was
    ? current.hints
        .slice(told)
        .flatMap((hint, index) => hintLines(`Hint ${told + index + 1} of ${current.hintsTotal}`, hint, width))
    : []
  const solution =
    current.solution !== undefined && was?.solution === undefined
      ? ['The solution:', '', current.solution.trimEnd(), '']
      : []
  return [...hints, ...solution]
}

/**
 * The state as the reader knows it once `now` has been told: verdicts that are still moving count as not heard, so that
 * they are told when they are final, and only if they differ from what was said before.
 */
export const heard = (before: LabState | undefined, now: LabState): LabState => {
  const { current } = now
  if (!current) return now
  const known = before?.current?.id === current.id && before.current.startedAt === current.startedAt
  const checks = current.checks.map((check) => {
    if (!check.settling && !current.grading) return check
    const { verdict: _, ...untold } = check
    return (known && before?.current?.checks.find((candidate) => candidate.id === check.id)) || untold
  })
  return { ...now, current: { ...current, checks } }
}

const isGraded = (current: CurrentLesson): boolean =>
  !current.grading && current.checks.some((check) => check.verdict !== undefined)

/** The lines of the text that were printed with a bare name or an old value in them, and say something else now. */
const valueNews = (was: CurrentLesson | undefined, current: CurrentLesson, width: number): readonly string[] => {
  if (!was || was.text === current.text) return []
  const printed = was.text.split('\n')
  const lines = current.text.split('\n').filter((line, index) => line !== printed[index])
  const shown = lines.flatMap((line) => wrap(line.trim(), { width, first: '  ', rest: '  ' }))
  return ['These lines of the text have their values now:', ...shown]
}

/** Whether this grading is the first one of the attempt that the reader hears of. */
const isFirstList = (was: CurrentLesson | undefined, current: CurrentLesson): boolean =>
  isGraded(current) &&
  (!was || was.startedAt !== current.startedAt || was.checks.every((check) => check.verdict === undefined))

const verdictNews = (was: CurrentLesson | undefined, current: CurrentLesson, width: number): readonly string[] => {
  if (!isGraded(current)) return []
  // The whole list at first; after that only what changed.
  if (!was || isFirstList(was, current)) return checklistLines(current, width)
  return current.checks.flatMap((check, index) => {
    const known = was.checks.find((candidate) => candidate.id === check.id)
    const isNew = !check.settling && !sameWords(said(known), said(check))
    return isNew ? checkLines(check, index + 1, width) : []
  })
}

/** What a reader was told of a check. How exactly it passes is no news. */
const said = (check: CheckView | undefined): string =>
  check?.verdict?.kind === 'passed' ? 'passed' : JSON.stringify(check?.verdict ?? null)

const WATCHING =
  'Watching. Commands: check, hint, shell, attack, next, list, quit, and ? for all. A number explains a check.'

const passNews = (was: CurrentLesson | undefined, current: CurrentLesson, width: number): readonly string[] => {
  const attackDone = current.attack && current.attack.state !== 'running' && current.attack !== was?.attack
  if (current.phase !== 'passed') return attackDone && current.attack ? attackLines(current.attack, width) : []
  const lines: string[] = []
  const waits = (lesson: CurrentLesson | undefined): boolean => lesson?.attack?.state === 'running'
  const newly = was?.phase !== 'passed'
  if (newly) lines.push('', ...wrap(passLine(current), { width }))
  // The debrief follows the attack, which is still being replayed when the pass comes.
  const debriefNow =
    (newly && !waits(current)) || (!newly && waits(was) && !waits(current) && was?.startedAt === current.startedAt)
  if (debriefNow) {
    lines.push(...debriefLines(current, width), '')
    const question = openQuestion(current)
    lines.push(...(question ? questionLines(current, question, width) : []), ...after(question !== undefined, width))
  }
  const answered = current.quiz.find(
    (question) => was && was.quizAnswers[question.id] !== current.quizAnswers[question.id],
  )
  if (answered && !newly) {
    lines.push(...quizAnswerLines(answered, current.quizAnswers[answered.id] ?? -1, width))
    const question = openQuestion(current)
    lines.push(...(question ? questionLines(current, question, width) : ['That was the quiz.', ...after(false, width)]))
  }
  return lines
}

const after = (isAsking: boolean, width: number): readonly string[] =>
  wrap(`Commands: next, list, attack, quit.${isAsking ? ' A number answers the question.' : ''}`, { width })
