/** What a screen remembers by itself: where the eyes are. Everything else comes from the lab's state. */
import type { CheckView, LabState } from '../core/state.ts'

export type Page =
  | 'lesson'
  | 'detail' // one check, whole
  | 'answer' // the same, with a line to type into
  | 'hints'
  | 'solution'
  | 'attack'
  | 'pass'
  | 'list'
  | 'edit'
  | 'output' // of the program that failed while the cluster came up
  | 'help'

export type ListView = {
  /** Id of the lesson the cursor is on; absent: the current one. */
  readonly cursor?: string
  readonly search: string
  readonly typing: boolean
  readonly pendingOnly: boolean
  readonly byLayer: boolean
}

export type View = {
  readonly page: Page
  /** Where Esc leads from help and the list. */
  readonly before: Page
  /** The lesson that selection and scroll belong to. */
  readonly lesson?: string
  readonly selected?: string
  /** What the arrow keys act on while reading. */
  readonly focus: 'checks' | 'text'
  /** The text alone, at full width: for reading and for copying. */
  readonly zoom: boolean
  readonly scroll: Readonly<Partial<Record<Page, number>>>
  readonly list: ListView
  readonly answer: string
  readonly editCursor: number
  /** 0: attack and debrief; 1 and on: that question. `option` is the one the cursor is on. */
  readonly quiz: { readonly step: number; readonly option: number }
  /** The last line of a tool's own output, under its step. */
  readonly showOutput: boolean
  /** When a step of bring-up was first seen running, and how long it took in the end (ms). */
  readonly steps: Readonly<Record<string, { readonly since: number; readonly took?: number }>>
  readonly gradingSince?: number
  /** Since when the cluster is ready and yet not watched. */
  readonly unwatchedSince?: number
  /** A message of the screen itself. */
  readonly note?: { readonly what: string; readonly at: number }
  /** Between the marks of a bracketed paste. */
  readonly pasting: boolean
}

export const initialView: View = {
  page: 'lesson',
  before: 'lesson',
  focus: 'checks',
  zoom: false,
  scroll: {},
  list: { search: '', typing: false, pendingOnly: false, byLayer: false },
  answer: '',
  editCursor: 0,
  quiz: { step: 0, option: 0 },
  showOutput: false,
  steps: {},
  pasting: false,
}

/** The check that most wants attention: the first that is not passed. */
const firstOpen = (checks: readonly CheckView[]): string | undefined =>
  (checks.find((check) => check.verdict?.kind !== 'passed') ?? checks[0])?.id

const stepTimes = (view: View, state: LabState, now: number): View['steps'] => {
  const next: Record<string, { since: number; took?: number }> = {}
  let changed = Object.keys(view.steps).length !== state.cluster.steps.length
  for (const step of state.cluster.steps) {
    const known = view.steps[step.id]
    const running = step.state === 'running'
    if (known === undefined && !running) continue
    if (known !== undefined && (running || known.took !== undefined)) next[step.id] = known
    else {
      next[step.id] = known === undefined ? { since: now } : { ...known, took: now - known.since }
      changed = true
    }
  }
  return changed ? next : view.steps
}

/** Pages that a pass may replace: where the learner watches the checks. Nobody is torn out of typing or choosing. */
const WATCHING: readonly Page[] = ['lesson', 'detail', 'hints', 'attack']

/** The view after the lab's state has changed. */
export const followLab = (options: { view: View; before: LabState; state: LabState; now: number }): View => {
  const { before, state, now } = options
  const { current } = state
  let view: View = { ...options.view, steps: stepTimes(options.view, state, now) }
  view = { ...view, gradingSince: current?.grading ? (view.gradingSince ?? now) : undefined }
  const unwatched = state.cluster.state === 'ready' && !state.cluster.watching
  view = { ...view, unwatchedSince: unwatched ? (view.unwatchedSince ?? now) : undefined }
  if (current === undefined) return view
  if (view.lesson !== current.id) {
    const { list, steps, note, zoom, showOutput, unwatchedSince, before: previous } = view
    const keep = view.lesson === undefined && view.page !== 'lesson' ? { page: view.page } : {}
    const timing = { steps, note, unwatchedSince }
    const fresh = { ...initialView, ...timing, list: { ...list, cursor: undefined, typing: false }, zoom, showOutput }
    return {
      ...fresh,
      before: previous === 'list' ? 'lesson' : previous,
      ...keep,
      ...selecting(current),
      pasting: false,
    }
  }
  if (!current.checks.some((check) => check.id === view.selected)) view = { ...view, ...selecting(current) }
  const known = before.current
  if (known?.id !== current.id) return view
  if (known.phase !== 'passed' && current.phase === 'passed' && isNews(before) && WATCHING.includes(view.page)) {
    return {
      ...view,
      page: 'pass',
      before: 'lesson',
      quiz: { step: 0, option: 0 },
      scroll: { ...view.scroll, pass: 0 },
    }
  }
  if (known.phase === 'passed' && current.phase !== 'passed' && view.page === 'pass') return { ...view, page: 'lesson' }
  if (known.solution === undefined && current.solution !== undefined) {
    return { ...view, page: 'solution', before: 'lesson', scroll: { ...view.scroll, solution: 0 } }
  }
  return view
}

/** A pass that was worked for, not one found again when a finished lesson is opened once more. */
const isNews = ({ current, progress }: LabState): boolean =>
  current !== undefined &&
  (progress.lessons[current.id]?.status !== 'passed' ||
    current.checks.some((check) => check.settling || (check.verdict !== undefined && check.verdict.kind !== 'passed')))

const selecting = (current: NonNullable<LabState['current']>): Pick<View, 'lesson' | 'selected'> => ({
  lesson: current.id,
  selected: firstOpen(current.checks),
})
