/** The one table of keys: what each does where, how the footer names it, and which the footer lets go of first. */
import { canGoEmbedded } from '../core/availability.ts'
import { type Scene, selectedCheck } from './scene.ts'
import type { Page } from './view.ts'

export type Context = Page | 'question' | 'search' | 'small'

export type Binding = {
  readonly keys: readonly string[]
  readonly command: Command
  readonly on: readonly Context[]
  /** How footer and help write the key; `upDown` and `enter` become the theme's symbols. */
  readonly shown: string
  /** Footer word; without one the key is only in the help. */
  readonly label?: string | ((scene: Scene) => string)
  /** The footer drops the highest first; 0 stays. */
  readonly rank: number
  /** Another rank where the key matters more, or less. */
  readonly ranks?: Readonly<Partial<Record<Context, number>>>
  /** Line of the help; without one the key is a second name of another. */
  readonly help?: string
  readonly when?: (scene: Scene) => boolean
}

const LESSON: readonly Context[] = ['lesson', 'detail', 'hints', 'solution', 'attack', 'pass']
const READING: readonly Context[] = [...LESSON, 'help', 'output']
const MOVING: readonly Context[] = [...READING, 'list', 'edit']

type Row = Omit<Binding, 'keys' | 'command' | 'on' | 'shown' | 'rank'> & {
  readonly shown?: string
  readonly rank?: number
}
const row = (keys: string, command: Command, on: readonly Context[], rest: Row): Binding => {
  const names = keys.split(' ')
  return { keys: names, command, on, shown: names[0] ?? '', rank: 99, ...rest }
}

const hasLesson = ({ state }: Scene) => state.current !== undefined
const isPassed = ({ state, view }: Scene) => state.current?.phase === 'passed' && view.page !== 'pass'
const isStarting = ({ state }: Scene) => state.cluster.state === 'starting'
const hasFailedOutput = ({ state }: Scene) => state.cluster.state !== 'starting' && state.cluster.output !== undefined
const canUseEmbedded = ({ state }: Scene) => canGoEmbedded(state.cluster)
const canGoBack = ({ view, state }: Scene) => view.page !== 'lesson' || view.zoom || state.notices.length > 0
const hasOpenQuestion = ({ state, view }: Scene): boolean => {
  const question = state.current?.quiz[view.quiz.step - 1]
  return question !== undefined && state.current?.quizAnswers[question.id] === undefined
}

/** The selected check takes a typed answer and has not passed. */
export const canAnswer = (scene: Scene): boolean => {
  const check = selectedCheck(scene)
  return check?.answerKey !== undefined && check.verdict?.kind !== 'passed'
}

/** Whether up and down scroll, where they do not choose. */
export const isScrolling = (scene: Scene): boolean => {
  const { view, state } = scene
  if (view.page === 'lesson') return view.focus === 'text' || view.zoom || state.current === undefined
  if (view.page === 'pass') return !hasOpenQuestion(scene)
  return ['hints', 'solution', 'attack', 'help', 'output'].includes(view.page)
}

const canOpen = (scene: Scene): boolean => {
  const { page } = scene.view
  if (page === 'lesson') return hasLesson(scene)
  if (page === 'detail') return canAnswer(scene)
  return page === 'pass' ? hasOpenQuestion(scene) : true
}
const moveLabel = (scene: Scene): string => {
  if (isScrolling(scene)) return 'scroll'
  const { page } = scene.view
  return page === 'list' ? 'lesson' : page === 'edit' ? 'file' : page === 'pass' ? 'choose' : 'check'
}
const openLabel = (scene: Scene): string => {
  const { page } = scene.view
  return page === 'pass' || (page !== 'list' && page !== 'edit' && canAnswer(scene)) ? 'answer' : 'open'
}
const hintLabel = ({ state }: Scene): string =>
  state.current && state.current.hintsTotal > 0
    ? `hint (${state.current.hints.length}/${state.current.hintsTotal})`
    : 'hint'
const regradeLabel = ({ state }: Scene): string =>
  state.cluster.state === 'broken' || state.cluster.state === 'absent' ? 'try again' : 're-grade'

const READ = [
  row('y', 'yes', ['question'], { label: 'yes', rank: 0 }),
  row('n escape', 'no', ['question'], { label: 'no', rank: 0 }),
  row('up k', 'up', MOVING, { shown: 'upDown', label: moveLabel, rank: 3, help: 'choose, or scroll (also j and k)' }),
  row('down j', 'down', MOVING, {}),
  row('enter', 'open', ['lesson', 'detail', 'pass', 'list', 'edit'], {
    label: openLabel,
    rank: 2,
    help: 'open the check whole, or type its answer; open the lesson or the file',
    when: canOpen,
  }),
  row('1 2 3 4 5 6 7 8 9', 'option', ['pass'], { shown: '1-9', help: 'answer a question', when: hasOpenQuestion }),
  row('space page-down ctrl-f ctrl-d', 'page-down', MOVING, {
    label: 'page',
    rank: 7,
    ranks: { pass: 1, help: 1, detail: 2, solution: 2, hints: 3, list: 9 },
    help: 'next page (page down)',
  }),
  row('b page-up ctrl-b ctrl-u', 'page-up', MOVING, { help: 'page before (page up)' }),
  row('g home', 'top', READING, { help: 'to the beginning (G: to the end)' }),
  row('G end', 'bottom', READING, {}),
  row('tab', 'focus', ['lesson'], { help: 'up and down choose checks, or scroll the text', when: hasLesson }),
  row('z', 'zoom', ['lesson'], {
    label: 'wide',
    rank: 14,
    help: 'the text alone at full width, good for copying',
    when: hasLesson,
  }),
]

const WORK = [
  row('s', 'shell', LESSON, {
    label: 'shell',
    rank: 1,
    ranks: { pass: 12 },
    help: 'a shell with kubectl, in the folder of the lesson',
  }),
  row('h', 'hint', LESSON, {
    label: hintLabel,
    rank: 4,
    ranks: { pass: 20 },
    help: 'the hints you have, then the next one',
  }),
  row('a', 'attack', LESSON, { label: 'attack', rank: 8, help: 'replay the attack against your cluster' }),
  row('e', 'edit', LESSON, { label: 'edit', rank: 9, help: 'edit a control-plane file or one of yours' }),
  row('r', 'regrade', LESSON, {
    label: regradeLabel,
    rank: 11,
    help: 're-grade now, or bring a broken cluster up again',
  }),
  row('d', 'debrief', LESSON, { label: 'debrief', rank: 5, help: 'after a pass: what you stopped', when: isPassed }),
  row('S', 'solution', LESSON, { label: 'solution', rank: 15, help: 'one way to do it, after a question' }),
  row('x', 'reset', LESSON, { label: 'reset', rank: 12, help: 'back to the beginning, after a question' }),
]

const LESSONS = [
  row('n', 'next', LESSON, { label: 'next', rank: 10, ranks: { pass: 2 }, help: 'next lesson' }),
  row('p', 'previous', LESSON, { label: 'previous', rank: 16, help: 'previous lesson' }),
  row('/', 'search', ['list'], { label: 'search', rank: 4, help: 'in the list: search by id, title or module' }),
  row('f', 'pending', ['list'], {
    label: ({ view }) => (view.list.pendingOnly ? 'all' : 'to do'),
    rank: 5,
    help: 'in the list: only what is not done yet',
  }),
  row('g', 'group', ['list'], {
    label: ({ view }) => (view.list.byLayer ? 'by module' : 'by layer'),
    rank: 6,
    help: 'in the list: group by layer, or by module',
  }),
  row('l', 'list', [...READING, 'edit'], { label: 'lessons', rank: 5, help: 'all lessons' }),
]

const LAB = [
  row('o', 'output', LESSON, {
    label: ({ view }) => (view.showOutput ? 'hide output' : 'output'),
    rank: 6,
    help: 'while the cluster comes up: the last line of output; when it failed: all of it',
    when: isStarting,
  }),
  row('o', 'failed-output', LESSON, {
    label: 'output',
    rank: 2,
    when: hasFailedOutput,
  }),
  row('o', 'back', ['output'], {}),
  row('c', 'use-embedded', [...LESSON, 'output'], {
    label: 'without containers',
    rank: 1,
    when: canUseEmbedded,
  }),
  row('escape left', 'back', MOVING, {
    shown: 'esc',
    label: 'back',
    rank: 1,
    help: 'back; dismiss a message',
    when: canGoBack,
  }),
  row('l', 'back', ['list'], {}),
  row('enter', 'open', ['search'], { label: 'done', rank: 0 }),
  row('escape', 'back', ['search'], { shown: 'esc', label: 'clear', rank: 1 }),
  row('enter', 'open', ['answer'], { label: 'send', rank: 0 }),
  row('escape', 'back', ['answer'], { shown: 'esc', label: 'leave it', rank: 1 }),
  row('?', 'help', MOVING, {
    label: ({ view }) => (view.page === 'help' ? 'close' : 'keys'),
    rank: 0,
    help: 'these keys',
  }),
  row('q ctrl-c', 'quit', [...MOVING, 'small', 'question'], {
    label: 'quit',
    rank: 0,
    help: 'quit; the cluster stays up, and what you did stays',
  }),
  row('ctrl-c', 'quit', ['search', 'answer'], {}),
]

/** In the order of footer and help. */
export const KEY_GROUPS: readonly { readonly title: string; readonly bindings: readonly Binding[] }[] = [
  { title: 'Reading', bindings: READ },
  { title: 'Working', bindings: WORK },
  { title: 'Lessons', bindings: LESSONS },
  { title: 'The lab', bindings: LAB },
]
export const KEYMAP: readonly Binding[] = KEY_GROUPS.flatMap(({ bindings }) => bindings)

export type Command =
  | 'up'
  | 'down'
  | 'page-down'
  | 'page-up'
  | 'top'
  | 'bottom'
  | 'open'
  | 'back'
  | 'focus'
  | 'zoom'
  | 'output'
  | 'failed-output'
  | 'use-embedded'
  | 'shell'
  | 'edit'
  | 'hint'
  | 'attack'
  | 'regrade'
  | 'reset'
  | 'solution'
  | 'next'
  | 'previous'
  | 'list'
  | 'search'
  | 'pending'
  | 'group'
  | 'debrief'
  | 'option'
  | 'yes'
  | 'no'
  | 'help'
  | 'quit'

/** Where keys go now. A question comes before everything. */
export const contextOf = ({ state, view }: Pick<Scene, 'state' | 'view'>): Context => {
  if (state.question !== undefined) return 'question'
  return view.page === 'list' && view.list.typing ? 'search' : view.page
}

/** What a key does now, if anything. */
export const bindingFor = (scene: Scene, name: string): Binding | undefined => {
  const context = contextOf(scene)
  return KEYMAP.find(
    (binding) => binding.on.includes(context) && binding.keys.includes(name) && (binding.when?.(scene) ?? true),
  )
}
