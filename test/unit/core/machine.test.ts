import { beforeEach, describe, expect, it } from 'vitest'
import { NO_PROGRESS, withLesson } from '../../../src/core/course.ts'
import type { CheckResult, Effect, LabEvent, MachineState } from '../../../src/core/events.ts'
import { initialState, transition } from '../../../src/core/machine.ts'
import type { Attempt, Capability, Progress, Verdict } from '../../../src/core/model.ts'
import type { ClusterStatus } from '../../../src/core/ports.ts'
import type { Intent } from '../../../src/core/state.ts'
import { aLesson } from './lesson-fixture.ts'

const lessons = [
  aLesson({ id: 'L01' }),
  aLesson({ id: 'L02' }),
  aLesson({ id: 'L03', needs: { capabilities: ['api', 'nodes'], tools: [], addons: [] } }),
  aLesson({ id: 'L04' }),
]
const READY: ClusterStatus = { backend: 'embedded', state: 'ready', version: 'v1.34.3', components: [] }
const attemptAt = (lesson: string): Attempt => ({
  lesson,
  startedAt: '2026-01-01T00:00:00.000Z',
  vars: { thing: 'ruby' },
  captured: {},
  images: {},
  before: { steal: '200 OK', use: '200 OK' },
})

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never

let state: MachineState
let effects: readonly Effect[]
let now: number

const send = (event: WithoutTime<LabEvent>, after = 1000): readonly Effect[] => {
  now += after
  const step = transition(state, { ...event, at: now } as LabEvent)
  state = step.state
  effects = step.effects
  return effects
}
const want = (intent: Intent, after?: number) => send({ kind: 'intent', intent }, after)
const kinds = () => effects.map((effect) => effect.kind)
const only = <K extends Effect['kind']>(kind: K) =>
  effects.filter((effect): effect is Effect & { kind: K } => effect.kind === kind)

const load = (options: { progress?: Progress; attempt?: Attempt } = {}) =>
  send({
    kind: 'loaded',
    lessons,
    workspaces: { L01: '/ws/l01' },
    progress: options.progress ?? NO_PROGRESS,
    attempt: options.attempt,
  })
const chooseBackend = () =>
  send({ kind: 'backend-chosen', backend: 'embedded', capabilities: ['api', 'etcd', 'control-plane-files'] })
const clusterUp = () => send({ kind: 'cluster-up', status: READY })
const begun = (options: { resumed?: boolean; lesson?: string } = {}) =>
  send({
    kind: 'begun',
    run: state.run,
    attempt: attemptAt(options.lesson ?? state.lab.current?.id ?? ''),
    resumed: options.resumed ?? false,
    lab: { workspace: '/ws/here' },
  })
const toWorking = (options?: Parameters<typeof load>[0]) => {
  send({ kind: 'started' })
  load(options)
  chooseBackend()
  clusterUp()
  begun({ resumed: options?.attempt !== undefined })
}
const passed: Verdict = { kind: 'passed', found: 'as it should be' }
const failed = (why = 'It matters.'): Verdict => ({ kind: 'failed', expected: 'x', found: 'y', why })
const graded = (verdicts: Record<string, Verdict>, settling = false) =>
  send({
    kind: 'graded',
    run: state.run,
    results: Object.entries(verdicts).map(([id, verdict]): CheckResult => ({ id, verdict, settling })),
    ms: 40,
  })
const check = (id: string) => state.lab.current?.checks.find((view) => view.id === id)

beforeEach(() => {
  now = 1_000_000
  state = initialState(now)
  effects = []
})

describe('starting', () => {
  it('loads and brings the cluster up at once, and lets the first lesson be read meanwhile', () => {
    expect(state.lab.loading).toBe(true)
    send({ kind: 'started' })
    expect(kinds()).toEqual(['load', 'bring-up'])
    load()
    expect(state.lab.loading).toBe(false)
    expect(state.lab.current).toMatchObject({ id: 'L01', phase: 'reading' })
    expect(state.lab.current?.text).toBe('Read <thing> in /ws/l01.')
    expect(kinds()).not.toContain('begin')
  })

  it('begins the open lesson as soon as the cluster is ready', () => {
    send({ kind: 'started' })
    load()
    chooseBackend()
    clusterUp()
    expect(kinds()).toEqual(['unwatch', 'begin'])
    expect(state.lab.current?.phase).toBe('seeding')
    begun()
    expect(state.lab.current).toMatchObject({ phase: 'working', text: 'Read ruby in /ws/here.' })
    expect(kinds()).toEqual(['save-progress', 'watch'])
    expect(state.lab.progress.lessons.L01?.status).toBe('started')
  })

  it('begins too when the lessons are read only after the cluster is ready', () => {
    send({ kind: 'started' })
    chooseBackend()
    clusterUp()
    expect(kinds()).toEqual([])
    load()
    expect(kinds()).toContain('begin')
  })

  it('opens where the learner was, with the hints and edges of then', () => {
    const progress = {
      ...withLesson(NO_PROGRESS, 'L02', { status: 'started', hints: 1, edges: ['seen'] }),
      last: 'L02',
    }
    send({ kind: 'started' })
    load({ progress, attempt: attemptAt('L02') })
    chooseBackend()
    clusterUp()
    expect(only('begin')[0]).toMatchObject({ lesson: 'L02', resume: attemptAt('L02') })
    begun({ resumed: true })
    expect(state.lab.current).toMatchObject({ id: 'L02', hints: ['Where to look.'] })
    expect(check('seen')?.verdict?.kind).toBe('passed')
    expect(only('watch')[0]?.edges).toEqual(['seen'])
  })

  it('asks before the lesson of the command line takes the place of an unfinished one', () => {
    const progress = { ...withLesson(NO_PROGRESS, 'L01', { status: 'started' }), last: 'L01' }
    send({ kind: 'started', wanted: 'L02' })
    load({ progress, attempt: attemptAt('L01') })
    expect(state.lab.current?.id).toBe('L01')
    expect(state.lab.question).toMatchObject({ kind: 'leave', target: 'L02' })
    expect(state.lab.question?.text).toContain('Its objects in the cluster are removed; your files stay.')
  })

  it('opens the lesson of the command line at once when nothing is lost by it', () => {
    send({ kind: 'started', wanted: 'l02' })
    load()
    expect(state.lab.current?.id).toBe('L02')
  })

  it('says when there are no lessons to read, and stays up', () => {
    send({ kind: 'started' })
    send({ kind: 'load-failed', what: 'No lessons.', next: 'Install again.' })
    expect(state.lab).toMatchObject({ loading: false, notices: [{ kind: 'error', what: 'No lessons.' }] })
  })
})

describe('the cluster', () => {
  it('shows steps in the order they came, each once', () => {
    send({ kind: 'started' })
    send({ kind: 'step', step: { id: 'etcd', title: 'etcd', state: 'running' } })
    send({ kind: 'step', step: { id: 'api', title: 'api', state: 'running' } })
    send({ kind: 'step', step: { id: 'etcd', title: 'etcd', state: 'done' } })
    expect(state.lab.cluster.steps.map((step) => `${step.id} ${step.state}`)).toEqual(['etcd done', 'api running'])
  })

  it('is broken when it does not come up, and is tried again when asked', () => {
    send({ kind: 'started' })
    load()
    send({ kind: 'cluster-failed', what: 'etcd exited.', next: 'Look at its log.' })
    expect(state.lab.cluster).toMatchObject({ state: 'broken', reason: 'etcd exited. Look at its log.' })
    expect(state.lab.current?.phase).toBe('reading')
    want({ kind: 'retry-cluster' })
    expect(kinds()).toEqual(['bring-up'])
    expect(state.lab.cluster).toMatchObject({ state: 'starting', steps: [] })
    want({ kind: 'retry-cluster' })
    expect(kinds()).toEqual([])
  })

  it('is shown broken while a lesson goes on, and grading resumes when it recovers by itself', () => {
    toWorking()
    send({ kind: 'cluster-status', status: { ...READY, state: 'broken', reason: 'kube-apiserver exits' } })
    expect(state.lab.cluster).toMatchObject({ state: 'broken', reason: 'kube-apiserver exits' })
    expect(state.lab.current?.phase).toBe('working')
    send({ kind: 'cluster-status', status: READY })
    expect(state.lab.cluster.reason).toBeUndefined()
    expect(kinds()).toEqual(['grade'])
  })

  it('follows a component that restarts by itself, and can still be repaired when it does not', () => {
    toWorking()
    send({ kind: 'cluster-status', status: { ...READY, state: 'starting' } })
    expect(state.lab.cluster).toMatchObject({ state: 'starting', startedAt: now })
    want({ kind: 'quit' })
    expect(state.lab.closing).toBe(true) // nothing of the lab's own is under way
  })

  it('hears of a break after a restart, and repairs it when asked', () => {
    toWorking()
    send({ kind: 'cluster-status', status: { ...READY, state: 'starting' } })
    send({ kind: 'cluster-status', status: { ...READY, state: 'broken', reason: 'it exits' } })
    expect(state.lab.cluster).toMatchObject({ state: 'broken', reason: 'it exits' })
    want({ kind: 'retry-cluster' })
    expect(kinds()).toEqual(['bring-up'])
    send({ kind: 'cluster-status', status: { ...READY, state: 'broken' } })
    expect(state.lab.cluster.state).toBe('starting') // the bring-up speaks now
    want({ kind: 'retry-cluster' })
    expect(kinds()).toEqual([])
  })

  it('lets a lesson be reset, or left, that broke the control plane', () => {
    toWorking()
    send({ kind: 'cluster-status', status: { ...READY, state: 'broken', reason: 'unknown flag' } })
    want({ kind: 'next' })
    want({ kind: 'confirm' })
    expect(kinds().slice(-2)).toEqual(['leave', 'begin'])
    send({ kind: 'begin-failed', run: state.run, what: 'No.', next: 'Try.' })
    want({ kind: 'reset' })
    want({ kind: 'confirm' })
    expect(kinds()).toEqual(['unwatch', 'reset'])
  })

  it('takes the lesson up again when the cluster had to be brought up anew', () => {
    toWorking()
    send({ kind: 'cluster-status', status: { ...READY, state: 'absent' } })
    want({ kind: 'retry-cluster' })
    clusterUp()
    expect(only('begin')[0]).toMatchObject({ lesson: 'L01', resume: attemptAt('L01') })
  })

  it('leaves a lesson that it cannot run to be read, and says what it lacks', () => {
    toWorking()
    want({ kind: 'open', lesson: 'L03' })
    expect(state.lab.question).toBeUndefined()
    expect(state.lab.current).toMatchObject({ id: 'L03', phase: 'unavailable' })
    expect(state.lab.current?.problem?.what).toBe('This lesson needs real nodes: start with --backend kind.')
    expect(kinds()).not.toContain('leave')
    want({ kind: 'open', lesson: 'L01' })
    expect(only('begin')[0]?.resume).toEqual(attemptAt('L01'))
  })
})

describe('going from lesson to lesson', () => {
  it('asks before it leaves an unfinished lesson; refusing changes nothing', () => {
    toWorking()
    want({ kind: 'next' })
    expect(state.lab.question).toMatchObject({ kind: 'leave', target: 'L02' })
    want({ kind: 'refuse' })
    expect(state.lab).toMatchObject({ question: undefined, current: { id: 'L01', phase: 'working' } })
    expect(kinds()).toEqual([])
  })

  it('removes what the old one made, then begins the new one', () => {
    toWorking()
    want({ kind: 'next' })
    want({ kind: 'confirm' })
    expect(kinds()).toEqual(['save-progress', 'unwatch', 'unwatch', 'leave', 'begin'])
    expect(only('leave')[0]?.lesson).toBe('L01')
    expect(only('begin')[0]).toMatchObject({ lesson: 'L02' })
  })

  it('goes on without a question after a pass, over lessons that cannot run here', () => {
    toWorking({ progress: { ...NO_PROGRESS, last: 'L02' } })
    graded({ seen: passed, fixed: passed })
    want({ kind: 'next' })
    expect(state.lab.question).toBeUndefined()
    expect(state.lab.current?.id).toBe('L04')
    want({ kind: 'next' })
    expect(state.lab.notices.at(-1)?.what).toBe('This is the last lesson that runs here.')
  })

  it('leaves only when there is a cluster to leave', () => {
    send({ kind: 'started' })
    load({
      progress: { ...withLesson(NO_PROGRESS, 'L01', { status: 'started' }), last: 'L01' },
      attempt: attemptAt('L01'),
    })
    want({ kind: 'next' })
    want({ kind: 'confirm' })
    expect(kinds()).not.toContain('leave')
    chooseBackend()
    clusterUp()
    expect(kinds()).toEqual(['unwatch', 'leave', 'begin'])
  })

  it('does not know a report about a lesson that was left', () => {
    toWorking()
    const old = state.run
    want({ kind: 'next' })
    want({ kind: 'confirm' })
    const before = state
    send({ kind: 'graded', run: old, results: [{ id: 'seen', verdict: passed, settling: false }], ms: 1 })
    send({ kind: 'begun', run: old, attempt: attemptAt('L01'), resumed: false, lab: {} })
    expect(state).toBe(before)
  })
})

describe('verdicts', () => {
  it('passes only while all level checks hold and every edge has been done', () => {
    toWorking()
    graded({ seen: failed(), fixed: passed })
    expect(state.lab.current?.phase).toBe('working')
    graded({ seen: passed })
    expect(state.lab.current?.phase).toBe('passed')
  })

  it('does not pass on single verdicts while others are still being looked at', () => {
    toWorking()
    send({ kind: 'verdict', run: state.run, result: { id: 'seen', verdict: passed, settling: false } })
    send({ kind: 'verdict', run: state.run, result: { id: 'fixed', verdict: passed, settling: false } })
    expect(check('fixed')?.verdict).toEqual(passed)
    expect(state.lab.current?.phase).toBe('working')
    graded({})
    expect(state.lab.current?.phase).toBe('passed')
  })

  it('passes beside a check that this cluster cannot answer, and not beside one that got no answer', () => {
    toWorking()
    graded({ seen: passed, fixed: { kind: 'unknown', reason: 'no answer in time' } })
    expect(state.lab.current?.phase).toBe('working')
    graded({ fixed: { kind: 'unknown', reason: 'no nodes', notHere: true } })
    expect(state.lab.current?.phase).toBe('passed')
    expect(check('fixed')?.verdict?.kind).toBe('unknown')
  })

  it('keeps an edge that was done once', () => {
    toWorking()
    graded({ seen: passed, fixed: failed() })
    expect(only('save-progress')[0]?.progress.lessons.L01?.edges).toEqual(['seen'])
    graded({ seen: failed() })
    expect(check('seen')?.verdict).toEqual(passed)
  })

  it('celebrates a pass: it is saved, the attack is replayed once, and nothing advances', () => {
    toWorking()
    graded({ seen: passed, fixed: passed })
    expect(kinds()).toEqual(['save-progress', 'replay-attack'])
    expect(state.lab.progress.lessons.L01).toMatchObject({ status: 'passed', passedAt: new Date(now).toISOString() })
    expect(state.lab.lessons[0]?.status).toBe('passed')
    expect(state.lab.current?.attack).toMatchObject({ state: 'running', steps: [{ before: '200 OK' }, {}] })
    send({
      kind: 'attack-done',
      run: state.run,
      steps: [
        { id: 'steal', summary: '403 Forbidden', good: true },
        { id: 'use', summary: '200 OK', good: true },
      ],
    })
    expect(state.lab.current?.attack?.steps[0]).toMatchObject({ now: '403 Forbidden', good: true })
    graded({ fixed: failed() })
    graded({ fixed: passed })
    expect(kinds()).not.toContain('replay-attack')
    expect(state.lab.current?.id).toBe('L01')
  })

  it('shows what broke after the pass, while the lesson stays passed', () => {
    toWorking()
    graded({ seen: passed, fixed: passed })
    graded({ fixed: failed('Somebody put it back.') })
    expect(check('fixed')).toMatchObject({ broken: true })
    expect(state.lab.current?.phase).toBe('working')
    expect(state.lab.progress.lessons.L01?.status).toBe('passed')
  })

  it('does not take a machine that cannot be asked for a mistake', () => {
    toWorking()
    graded({ seen: passed, fixed: passed })
    graded({ fixed: { kind: 'unknown', reason: 'The API server gives no answer.' } })
    expect(state.lab.current?.phase).toBe('passed')
    expect(state.lab.current?.wrongTurns).toBe(0)
  })

  it('calls a check untried for as long as it fails just as it did on the seed', () => {
    toWorking()
    graded({ seen: failed(), fixed: failed() })
    graded({ fixed: failed() })
    expect([check('seen')?.untried, check('fixed')?.untried]).toEqual([true, true])
    graded({ fixed: failed('The built-in role reads too much.') })
    expect([check('seen')?.untried, check('fixed')?.untried]).toEqual([true, false])
    graded({ fixed: failed() })
    expect(check('fixed')?.untried).toBe(false)
    graded({ seen: passed })
    graded({ seen: failed() })
    expect(check('seen')?.untried).toBe(false)
  })

  it('does not pass while something still settles', () => {
    toWorking()
    graded({ seen: passed, fixed: passed }, true)
    expect(state.lab.current?.phase).toBe('working')
    expect(state.lab.progress.lessons.L01?.edges).toEqual([])
  })

  it('counts wrong turns: a new reason, or something that held and no longer does; the untouched seed is none', () => {
    toWorking()
    graded({ seen: failed(), fixed: failed() })
    graded({ fixed: failed() })
    expect(state.lab.current?.wrongTurns).toBe(0)
    graded({ fixed: failed('The built-in role reads too much.') })
    expect(state.lab.current?.wrongTurns).toBe(1)
    graded({ fixed: passed })
    graded({ fixed: failed('The built-in role reads too much.') })
    expect(state.lab.current?.wrongTurns).toBe(2)
    expect(state.lab.progress.lessons.L01?.wrongTurns).toBe(2)
  })

  it('counts one change as one wrong turn, however many checks it fails', () => {
    toWorking()
    graded({ seen: failed(), fixed: failed() })
    const now = { seen: failed('Everybody may read.'), fixed: failed('Everybody may write.') }
    for (const [id, verdict] of Object.entries(now)) {
      send({ kind: 'verdict', run: state.run, result: { id, verdict, settling: false } })
    }
    graded(now)
    expect(state.lab.current?.wrongTurns).toBe(1)
    graded({ seen: failed('Nobody may read.') })
    expect(state.lab.current?.wrongTurns).toBe(2)
  })

  it('counts a wrong turn once it is final, however long it settled, and no flicker in between', () => {
    toWorking()
    graded({ fixed: failed() })
    graded({ fixed: failed('Seen half-way.') }, true)
    graded({ fixed: failed('The built-in role reads too much.') }, true)
    expect(state.lab.current?.wrongTurns).toBe(0)
    graded({ fixed: failed('The built-in role reads too much.') })
    expect(state.lab.current?.wrongTurns).toBe(1)
    graded({ fixed: passed }, true)
    graded({ fixed: failed('The built-in role reads too much.') })
    expect(state.lab.current?.wrongTurns).toBe(1)
    expect(check('fixed')?.broken).toBe(false)
  })

  it('remembers when a verdict changed, and how long grading a change took', () => {
    toWorking()
    graded({ fixed: failed() })
    const first = check('fixed')?.changedAt
    send({ kind: 'changed', run: state.run, what: 'rolebindings' })
    graded({ fixed: failed() })
    expect(check('fixed')?.changedAt).toBe(first)
    expect(state.lab.current?.lastChange).toMatchObject({ what: 'rolebindings', regradeMs: 40 })
    graded({ fixed: passed })
    expect(check('fixed')?.changedAt).toBe(now)
  })

  it('counts the time worked, without the time the lid was closed', () => {
    toWorking()
    graded({ fixed: failed() })
    send({ kind: 'changed', run: state.run, what: 'pods' }, 60_000)
    send({ kind: 'changed', run: state.run, what: 'pods' }, 8 * 3600_000)
    graded({ seen: passed, fixed: passed })
    expect(state.lab.current?.seconds).toBe(1 + 60 + 300 + 1)
  })
})

describe('help', () => {
  it('shows one hint after another and notes them', () => {
    toWorking()
    want({ kind: 'hint' })
    want({ kind: 'hint' })
    expect(state.lab.current?.hints).toEqual(['Where to look.', 'Which ruby.'])
    expect(only('save-progress')[0]?.progress.lessons.L01?.hints).toBe(2)
    want({ kind: 'hint' })
    expect(kinds()).toEqual([])
    expect(state.lab.notices.at(-1)?.what).toBe('There are no more hints.')
  })

  it('asks before it shows the solution', () => {
    toWorking()
    want({ kind: 'solution' })
    expect(state.lab.current?.solution).toBeUndefined()
    want({ kind: 'confirm' })
    expect(state.lab.current?.solution).toBe('kubectl fix')
    expect(state.lab.progress.lessons.L01?.solutionSeen).toBe(true)
  })

  it('asks before it resets, and then grades from the seed again', () => {
    toWorking()
    graded({ seen: passed, fixed: failed() })
    want({ kind: 'reset' })
    expect(state.lab.question?.kind).toBe('reset')
    want({ kind: 'confirm' })
    expect(kinds()).toEqual(['unwatch', 'reset'])
    expect(only('reset')[0]).toMatchObject({ lesson: 'L01' })
    send({
      kind: 'begun',
      run: state.run,
      attempt: { ...attemptAt('L01'), startedAt: '2026-02-02T00:00:00.000Z' },
      resumed: false,
      lab: {},
    })
    expect(state.lab.progress.lessons.L01?.edges).toEqual([])
    expect(check('seen')?.verdict).toBeUndefined()
  })

  it('has nothing to reset, grade, attack or answer before the lesson has begun', () => {
    send({ kind: 'started' })
    load()
    for (const kind of ['reset', 'regrade', 'attack'] as const) {
      want({ kind })
      expect(kinds()).toEqual([])
      expect(state.lab.notices.at(-1)?.next).toContain('Wait until')
    }
    want({ kind: 'answer', key: 'crown', value: 'x' })
    expect(kinds()).toEqual([])
  })

  it('writes answers, and grades and replays on demand', () => {
    toWorking()
    want({ kind: 'answer', key: 'crown', value: 'ruby' })
    expect(effects).toEqual([{ kind: 'write-answer', lesson: 'L01', key: 'crown', value: 'ruby' }])
    want({ kind: 'regrade' })
    expect(effects).toEqual([{ kind: 'grade', run: state.run }])
    want({ kind: 'attack' })
    expect(kinds()).toEqual(['replay-attack'])
    want({ kind: 'attack' })
    expect(kinds()).toEqual([])
  })

  it('keeps quiz answers, and only those there are', () => {
    toWorking()
    want({ kind: 'quiz', question: 'q1', option: 7 })
    want({ kind: 'quiz', question: 'q9', option: 0 })
    expect(state.lab.current?.quizAnswers).toEqual({})
    want({ kind: 'quiz', question: 'q1', option: 1 })
    expect(state.lab.progress.lessons.L01?.quiz).toEqual({ q1: 1 })
  })

  it('says why beginning failed, and tries again when asked to grade', () => {
    send({ kind: 'started' })
    load()
    chooseBackend()
    clusterUp()
    send({ kind: 'begin-failed', run: state.run, what: 'The seed was refused.', next: 'Report it.' })
    expect(state.lab.current).toMatchObject({ phase: 'failed', problem: { what: 'The seed was refused.' } })
    want({ kind: 'regrade' })
    expect(kinds()).toContain('begin')
  })
})

describe('leaving', () => {
  it('saves and closes', () => {
    toWorking()
    want({ kind: 'quit' }, 30_000)
    expect(kinds()).toEqual(['save-progress', 'unwatch', 'close'])
    expect(state.lab.closing).toBe(true)
    expect(only('save-progress')[0]?.progress.lessons.L01?.seconds).toBe(30)
    want({ kind: 'next' })
    expect(kinds()).toEqual([])
  })

  it('asks while the cluster comes up; asking twice is an answer', () => {
    send({ kind: 'started' })
    want({ kind: 'quit' })
    expect(state.lab.question?.kind).toBe('quit')
    want({ kind: 'quit' })
    expect(kinds()).toEqual(['unwatch', 'close'])
  })
})

describe('the choice of a backend', () => {
  const kindChosen = (capabilities: readonly Capability[] = ['api', 'nodes']) =>
    send({ kind: 'backend-chosen', backend: 'kind', capabilities, reason: 'kind: docker 28.2.2 answers' })
  const kindFails = () => send({ kind: 'cluster-failed', what: 'No image.', next: 'Pull it.', output: 'words of kind' })

  it('is not made before it is told, and is told with its reason', () => {
    expect(state.lab.cluster.backend).toBeUndefined()
    send({ kind: 'started' })
    load()
    kindChosen()
    expect(state.lab.cluster).toMatchObject({ backend: 'kind', choice: 'kind: docker 28.2.2 answers' })
    expect(state.lab.lessons.find(({ id }) => id === 'L03')?.unavailable).toBeUndefined()
  })

  it.each(['before', 'after'] as const)(
    'ends the attempt of the cluster that it takes the place of, read %s',
    (order) => {
      send({ kind: 'started' })
      if (order === 'before') load({ attempt: attemptAt('L02') })
      send({ kind: 'backend-chosen', backend: 'kind', capabilities: ['api', 'nodes'], replaces: 'embedded' })
      if (order === 'after') load({ attempt: attemptAt('L02') })
      clusterUp()
      expect(only('begin')[0]?.resume).toBeUndefined()
      expect(only('leave')).toEqual([])
    },
  )

  it('keeps what the failed program printed, until it is tried again', () => {
    send({ kind: 'started' })
    load()
    kindChosen()
    kindFails()
    expect(state.lab.cluster).toMatchObject({ state: 'broken', output: 'words of kind' })
    want({ kind: 'retry-cluster' })
    expect(effects).toEqual([{ kind: 'bring-up' }])
    expect(state.lab.cluster.output).toBeUndefined()
  })

  it('can be left for the embedded one when kind does not come up, and only then', () => {
    send({ kind: 'started' })
    load()
    kindChosen()
    expect(want({ kind: 'use-embedded' })).toEqual([])
    kindFails()
    want({ kind: 'use-embedded' })
    expect(only('bring-up')).toEqual([{ kind: 'bring-up', backend: 'embedded' }])
    expect(state.lab.cluster.state).toBe('starting')
    expect(state.lab.notices).toEqual([])
    chooseBackend()
    clusterUp()
    expect(kinds()).toContain('begin')
    expect(want({ kind: 'use-embedded' })).toEqual([])
  })

  it('is asked about when a lesson would end for it', () => {
    send({ kind: 'started' })
    load()
    kindChosen()
    clusterUp()
    begun()
    kindFails()
    expect(want({ kind: 'use-embedded' })).toEqual([])
    expect(state.lab.question).toMatchObject({ kind: 'embedded' })
    want({ kind: 'confirm' })
    expect(only('bring-up')).toEqual([{ kind: 'bring-up', backend: 'embedded' }])
    send({ kind: 'backend-chosen', backend: 'embedded', capabilities: ['api'], replaces: 'kind' })
    clusterUp()
    expect(only('begin')).toMatchObject([{ lesson: 'L01' }])
    expect(only('begin')[0]?.resume).toBeUndefined()
  })

  it('shows a lesson as possible once a node says so', () => {
    send({ kind: 'started' })
    load()
    kindChosen(['api'])
    want({ kind: 'open', lesson: 'L03' })
    expect(state.lab.current?.phase).toBe('unavailable')
    kindChosen(['api', 'nodes'])
    expect(state.lab.current?.phase).toBe('reading')
  })
})
