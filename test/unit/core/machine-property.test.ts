import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_PROGRESS } from '../../../src/core/course.ts'
import type { LabEvent, MachineState } from '../../../src/core/events.ts'
import { initialState, transition } from '../../../src/core/machine.ts'
import type { Attempt, Verdict } from '../../../src/core/model.ts'
import type { Intent } from '../../../src/core/state.ts'
import { aLesson } from './lesson-fixture.ts'

const lessons = [
  aLesson({ id: 'L01' }),
  aLesson({ id: 'L02', attack: [], hints: [], quiz: [] }),
  aLesson({ id: 'L03', needs: { capabilities: ['nodes'], tools: [], addons: [] } }),
]
const id = fc.constantFrom('L01', 'L02', 'L03', 'L99', 'l01')
const checkId = fc.constantFrom('seen', 'fixed', 'other')
const attempt = id.map(
  (lesson): Attempt => ({ lesson, startedAt: '2026-01-01', vars: {}, captured: {}, images: {}, before: {} }),
)

const intent: fc.Arbitrary<Intent> = fc.oneof(
  id.map((lesson) => ({ kind: 'open' as const, lesson })),
  fc.record({ kind: fc.constant('answer' as const), key: fc.string(), value: fc.string() }),
  fc.record({ kind: fc.constant('quiz' as const), question: fc.constantFrom('q1', 'q2'), option: fc.integer() }),
  fc
    .constantFrom(
      ...(['next', 'previous', 'hint', 'solution', 'reset', 'regrade', 'attack', 'confirm', 'refuse'] as const),
      ...(['retry-cluster', 'dismiss', 'quit'] as const),
    )
    .map((kind) => ({ kind })),
)
const verdict: fc.Arbitrary<Verdict> = fc.constantFrom<Verdict>(
  { kind: 'passed', found: 'f' },
  { kind: 'failed', expected: 'e', found: 'f', why: 'w' },
  { kind: 'failed', expected: 'e', found: 'f', why: 'v' },
  { kind: 'unknown', reason: 'r' },
  { kind: 'unknown', reason: 'r', notHere: true },
)
const clusterState = fc.constantFrom('absent', 'starting', 'ready', 'broken')
const status = clusterState.map((state) => ({ backend: 'embedded' as const, state, components: [] }))
const problem = { what: 'W.', next: 'N.' }

/** Reports carry the present run more often than not, so that the interesting paths are taken. */
type Draft = (run: number) => LabEvent
const late = fc.integer({ min: 0, max: 9 }).map((value) => (value > 7 ? 1 : 0))
const draft: fc.Arbitrary<Draft> = fc
  .record({
    at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    late,
    make: fc.oneof(
      { weight: 4, arbitrary: intent.map((wanted) => () => ({ kind: 'intent' as const, intent: wanted })) },
      fc.constant(() => ({ kind: 'started' as const })),
      fc.option(attempt, { nil: undefined }).map((known) => () => ({
        kind: 'loaded' as const,
        lessons,
        workspaces: {},
        progress: NO_PROGRESS,
        attempt: known,
      })),
      fc.constant(() => ({ kind: 'load-failed' as const, ...problem })),
      fc.constant(() => ({
        kind: 'backend-chosen' as const,
        backend: 'embedded' as const,
        capabilities: ['api' as const],
      })),
      fc.constant(() => ({ kind: 'step' as const, step: { id: 's', title: 's', state: 'running' as const } })),
      status.map((seen) => () => ({ kind: 'cluster-up' as const, status: seen })),
      status.map((seen) => () => ({ kind: 'cluster-status' as const, status: seen })),
      fc.constant(() => ({ kind: 'cluster-failed' as const, ...problem })),
      fc.boolean().map((alive) => () => ({ kind: 'watch-health' as const, alive })),
      fc
        .record({ attempt, resumed: fc.boolean() })
        .map((report) => (run: number) => ({ kind: 'begun' as const, run, lab: {}, ...report })),
      fc.constant((run: number) => ({ kind: 'begin-failed' as const, run, ...problem })),
      fc.constant((run: number) => ({ kind: 'changed' as const, run, what: 'pods' })),
      fc.constant((run: number) => ({ kind: 'grading' as const, run })),
      fc
        .array(fc.record({ id: checkId, verdict, settling: fc.boolean() }))
        .map((results) => (run: number) => ({ kind: 'graded' as const, run, results, ms: 1 })),
      fc
        .array(fc.record({ id: fc.constantFrom('steal', 'x'), summary: fc.string(), good: fc.boolean() }))
        .map((steps) => (run: number) => ({ kind: 'attack-done' as const, run, steps })),
      fc.constant((run: number) => ({ kind: 'attack-failed' as const, run, error: 'e' })),
      fc.boolean().map((error) => () => ({ kind: 'noticed' as const, what: 'w', error })),
    ),
  })
  .map((drawn) => (run: number) => ({ ...drawn.make(run - drawn.late), at: drawn.at }) as LabEvent)

const drafts = fc.array(draft, { maxLength: 60 })

/** Runs the drafts and looks at every step of the way. */
const walk = (
  all: readonly Draft[],
  look: (before: MachineState, event: LabEvent, step: ReturnType<typeof transition>) => void,
): MachineState =>
  all.reduce((state, each) => {
    const event = each(state.run)
    const step = transition(state, event)
    look(state, event, step)
    return step.state
  }, initialState(0))

describe('the machine, whatever happens to it', () => {
  it('never throws and stays plain data', () => {
    fc.assert(
      fc.property(drafts, (all) => {
        const last = walk(all, () => {})
        expect(JSON.parse(JSON.stringify(last))).toEqual(last)
      }),
    )
  })

  it('begins, leaves and resets only while the cluster is ready, or to put right what a lesson broke', () => {
    fc.assert(
      fc.property(drafts, (all) => {
        walk(all, (before, event, { state, effects }) => {
          const onCluster = effects.some((effect) => ['begin', 'leave', 'reset'].includes(effect.kind))
          if (!onCluster || state.lab.cluster.state === 'ready') return
          expect(event.kind).toBe('intent')
          expect(before.inCluster).toBeDefined()
          expect(state.bringingUp).toBe(false)
          expect(state.lab.cluster.state).not.toBe('absent')
        })
      }),
    )
  })

  it('opens another lesson only when the person asked for it', () => {
    fc.assert(
      fc.property(drafts, (all) => {
        walk(all, (before, event, { state }) => {
          if (before.lab.current === undefined || event.kind === 'intent' || event.kind === 'loaded') return
          expect(state.lab.current?.id).toBe(before.lab.current.id)
        })
      }),
    )
  })

  it('shows the solution and resets only after a yes', () => {
    fc.assert(
      fc.property(drafts, (all) => {
        walk(all, (before, event, { state, effects }) => {
          const yes = event.kind === 'intent' && event.intent.kind === 'confirm'
          const sameLesson = before.lab.current?.id === state.lab.current?.id
          if (sameLesson && state.lab.current?.solution !== undefined && before.lab.current?.solution === undefined) {
            expect(yes && before.lab.question?.kind).toBe('solution')
          }
          if (effects.some((effect) => effect.kind === 'reset')) expect(yes && before.lab.question?.kind).toBe('reset')
        })
      }),
    )
  })

  it('never takes a pass back', () => {
    fc.assert(
      fc.property(drafts, (all) => {
        walk(all, (before, event, { state }) => {
          if (event.kind === 'loaded') return
          for (const [lesson, progress] of Object.entries(before.lab.progress.lessons)) {
            if (progress.status === 'passed') expect(state.lab.progress.lessons[lesson]?.status).toBe('passed')
          }
        })
      }),
    )
  })

  it('does nothing any more once it closes', () => {
    fc.assert(
      fc.property(drafts, (all) => {
        walk(all, (before, _, { state, effects }) => {
          if (!before.lab.closing) return
          expect(state).toBe(before)
          expect(effects).toEqual([])
        })
      }),
    )
  })
})
