/** What new verdicts do to a lesson: edge and level rules, wrong turns, passing and breaking again. */
import { progressOf } from './course.ts'
import type { CheckResult, MachineState, Step } from './events.ts'
import { checksOf, isNotHere } from './grading.ts'
import type { Lesson, Verdict } from './model.ts'
import { sameWords } from './same-words.ts'
import type { CheckView } from './state.ts'
import { bankTime, record, save, stay, withCurrent } from './step.ts'

const same = (a: Verdict | undefined, b: Verdict): boolean => a?.kind === b.kind

/** A final "not yet" that says something new about a check that had been tried: the learner took a wrong turn. */
const isWrongTurn = (before: Verdict | undefined, now: CheckResult): boolean => {
  if (now.settling || now.verdict.kind !== 'failed' || before === undefined) return false
  if (before.kind === 'passed') return true
  return before.kind === 'failed' && !sameWords(before.why, now.verdict.why)
}

/** Still the first failure, word for word: what the seed looks like before anybody did anything. */
const isUntried = (before: CheckView, now: Verdict): boolean => {
  if (now.kind !== 'failed') return now.kind === 'unknown' && before.untried !== false
  if (before.verdict === undefined || before.verdict.kind === 'unknown') return before.untried !== false
  if (before.verdict.kind === 'passed' || before.untried !== true) return false
  return sameWords(before.verdict.found, now.found) && sameWords(before.verdict.why, now.why)
}

const nextView = (
  before: CheckView,
  now: CheckResult,
  known: { readonly final?: Verdict; readonly edgeDone: boolean; readonly at: number },
): CheckView => {
  const { final, edgeDone, at } = known
  // Done once stays done: the verdict that earned it is kept.
  if (edgeDone && before.verdict?.kind === 'passed' && now.verdict.kind !== 'passed')
    return { ...before, settling: false }
  const was = before.broken || final?.kind === 'passed'
  return {
    ...before,
    verdict: now.verdict,
    settling: now.settling,
    broken: now.verdict.kind === 'failed' && was,
    untried: isUntried(before, now.verdict),
    changedAt: same(before.verdict, now.verdict) ? before.changedAt : at,
  }
}

const isDone = (view: CheckView): boolean => view.verdict?.kind === 'passed' && !view.settling

/**
 * Takes verdicts in. `whole`: everything that was due has been looked at, which took so many milliseconds; only then
 * can a lesson pass, for a fix may have broken what has not been looked at yet. Passing saves progress and has the
 * attack replayed once; nothing else advances.
 */
export const takeVerdicts = (
  state: MachineState,
  report: {
    readonly results: readonly CheckResult[]
    readonly at: number
    readonly whole?: { readonly ms: number }
  },
): Step => {
  const current = state.lab.current
  const lesson = state.catalogue.find((candidate) => candidate.id === current?.id)
  if (!current || !lesson || (current.phase !== 'working' && current.phase !== 'passed')) return stay(state)
  const specs = new Map(checksOf(lesson).map((check) => [check.id, check]))
  const results = new Map(report.results.map((result) => [result.id, result]))
  const progress = progressOf(state.lab.progress, lesson.id)

  const isEdge = (id: string): boolean => specs.get(id)?.mode === 'edge'
  const isEdgeDone = (id: string): boolean => isEdge(id) && progress.edges.includes(id)
  const checks = current.checks.map((view) => {
    const now = results.get(view.id)
    const known = { final: state.finals[view.id], edgeDone: isEdgeDone(view.id), at: report.at }
    return now ? nextView(view, now, known) : view
  })
  const finals = { ...state.finals }
  for (const { id, verdict, settling } of report.results) if (!settling) finals[id] = verdict
  const newEdges = checks
    .filter((view) => isEdge(view.id) && isDone(view) && !progress.edges.includes(view.id))
    .map((view) => view.id)
  const isWrong = (result: CheckResult): boolean =>
    !isEdgeDone(result.id) && isWrongTurn(state.finals[result.id], result)
  const turns = progress.status !== 'passed' && report.results.some(isWrong)
  const wrong = turns && !state.turned ? 1 : 0
  const turned = report.whole === undefined && (state.turned || turns)

  const holds =
    report.whole !== undefined && checks.some(isDone) && checks.every((view) => isDone(view) || isNotHere(view.verdict))
  const breaks = checks.some((view) => view.verdict?.kind === 'failed' && !view.settling)
  const phase = holds ? 'passed' : current.phase === 'passed' && breaks ? 'working' : current.phase
  const passesNow = phase === 'passed' && current.phase !== 'passed'

  const shown = withCurrent(
    { ...state, finals, turned },
    {
      checks,
      phase,
      wrongTurns: progress.wrongTurns + wrong,
      ...(report.whole ? { grading: false } : {}),
      ...(report.whole && current.lastChange && current.lastChange.regradeMs === undefined
        ? { lastChange: { ...current.lastChange, regradeMs: report.whole.ms } }
        : {}),
    },
  )
  if (newEdges.length === 0 && wrong === 0 && !passesNow) return stay(shown)

  const noted = record(shown, lesson.id, {
    edges: [...progress.edges, ...newEdges],
    wrongTurns: progress.wrongTurns + wrong,
  })
  return passesNow ? pass(noted, lesson, report.at) : save(noted)
}

const pass = (state: MachineState, lesson: Lesson, at: number): Step => {
  const banked = bankTime(state)
  const progress = progressOf(banked.lab.progress, lesson.id)
  const first = progress.status !== 'passed'
  const passed = first ? record(banked, lesson.id, { status: 'passed', passedAt: new Date(at).toISOString() }) : banked
  const replay = !passed.replayed && passed.attempt !== undefined && lesson.attack.length > 0
  const shown = withCurrent({ ...passed, replayed: passed.replayed || replay }, { seconds: progress.seconds })
  const saving = { kind: 'save-progress', progress: shown.lab.progress } as const
  return replay && passed.attempt ? startReplay(shown, lesson, saving) : stay(shown, saving)
}

/** Shows the attack table as running and has the attack replayed. */
export const startReplay = (state: MachineState, lesson: Lesson, ...before: Step['effects']): Step => {
  const attempt = state.attempt
  if (!attempt) return stay(state, ...before)
  const steps = lesson.attack.map((step) => ({
    id: step.id,
    title: step.title,
    role: step.role,
    ...(attempt.before[step.id] === undefined ? {} : { before: attempt.before[step.id] }),
  }))
  return stay(withCurrent(state, { attack: { state: 'running', steps } }), ...before, {
    kind: 'replay-attack',
    run: state.run,
    lesson: lesson.id,
    attempt,
  })
}
