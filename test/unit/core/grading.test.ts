import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lessonVerdict, newEdges, withCompanions } from '../../../src/core/grading.ts'
import type { CheckSpec, Verdict } from '../../../src/core/model.ts'

const spec = (id: string, more: Partial<CheckSpec> = {}): CheckSpec => ({
  id,
  title: `Check ${id}`,
  kind: 'file',
  with: {},
  mode: 'level',
  why: '',
  settleMs: 0,
  holdMs: 0,
  given: [],
  say: [],
  needs: [],
  ...more,
})
const passed: Verdict = { kind: 'passed', found: 'yes' }
const failed: Verdict = { kind: 'failed', expected: 'e', found: 'no', why: 'w' }
const unknown: Verdict = { kind: 'unknown', reason: 'no answer' }
const notHere: Verdict = { kind: 'unknown', reason: 'no nodes', notHere: true }

const anyVerdict = fc.constantFrom(passed, failed, unknown, notHere)
const ids = ['a', 'b', 'c', 'd']
/** Checks that name any others as companions, rings included. */
const anyLesson = fc
  .array(
    fc.record({
      after: fc.option(fc.constantFrom(...ids), { nil: undefined }),
      edge: fc.boolean(),
      verdict: anyVerdict,
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => ({
    checks: all.map(({ after, edge }, index) =>
      spec(ids[index] ?? '', { mode: edge ? 'edge' : 'level', ...(after ? { after } : {}) }),
    ),
    verdicts: Object.fromEntries(all.map(({ verdict }, index) => [ids[index], verdict])) as Record<string, Verdict>,
  }))

describe('the companion rule', () => {
  const checks = [spec('works'), spec('closed', { after: 'works' }), spec('closed-too', { after: 'closed' })]

  it('lets a negative pass only beside its companion, through chains as well', () => {
    expect(withCompanions(checks, { works: passed, closed: passed, 'closed-too': passed })).toEqual({
      works: passed,
      closed: passed,
      'closed-too': passed,
    })
    const down = withCompanions(checks, { works: failed, closed: passed, 'closed-too': passed })
    expect(down.closed).toMatchObject({ kind: 'failed', found: 'yes', why: expect.stringContaining('Check works') })
    expect(down['closed-too']).toMatchObject({ kind: 'failed', why: expect.stringContaining('Check closed') })
  })

  it('is as unsure as its companion', () => {
    expect(withCompanions(checks, { works: unknown, closed: passed }).closed).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('no answer'),
    })
    expect(withCompanions(checks, { closed: passed }).closed).toMatchObject({ kind: 'unknown' })
    expect(withCompanions(checks, { works: unknown, closed: passed }).closed).not.toHaveProperty('notHere')
    expect(withCompanions(checks, { works: notHere, closed: passed }).closed).toMatchObject({
      kind: 'unknown',
      notHere: true,
    })
  })

  it('keeps a failure’s own words, and a companion that was done once', () => {
    expect(withCompanions(checks, { works: failed, closed: failed }).closed).toBe(failed)
    const once = [spec('works', { mode: 'edge' }), spec('closed', { after: 'works' })]
    expect(withCompanions(once, { works: failed, closed: passed }, ['works']).closed).toBe(passed)
  })

  it('never turns anything into a pass, and never passes beside a companion that does not', () => {
    fc.assert(
      fc.property(anyLesson, ({ checks: all, verdicts }) => {
        const result = withCompanions(all, verdicts)
        for (const { id, after } of all) {
          if (verdicts[id]?.kind !== 'passed') expect(result[id]).toBe(verdicts[id])
          const companion = all.find((each) => each.id === after)
          if (result[id]?.kind === 'passed' && companion && companion.id !== id)
            expect(verdicts[companion.id]?.kind).toBe('passed')
        }
      }),
    )
  })
})

describe('the verdict on a lesson', () => {
  it('passes exactly when every level check that can be answered here passes now and every edge check is done', () => {
    fc.assert(
      fc.property(anyLesson, fc.subarray(ids), ({ checks, verdicts }, edges) => {
        const done = ({ id, mode }: CheckSpec): boolean =>
          verdicts[id]?.kind === 'passed' || (mode === 'edge' && edges.includes(id))
        const all = checks.some(done) && checks.every((check) => done(check) || verdicts[check.id] === notHere)
        const verdict = lessonVerdict(checks, verdicts, edges)
        expect(verdict === 'passed').toBe(all)
        if (verdict === 'failed') expect(Object.values(verdicts).some(({ kind }) => kind === 'failed')).toBe(true)
      }),
    )
  })

  it('is unknown rather than passed when there is nothing to grade', () => {
    expect(lessonVerdict([], {})).toBe('unknown')
    expect(lessonVerdict([spec('a')], {})).toBe('unknown')
    expect(lessonVerdict([spec('a')], { a: notHere })).toBe('unknown')
    expect(lessonVerdict([spec('a'), spec('b')], { a: notHere, b: unknown })).toBe('unknown')
  })

  it('notes edges once', () => {
    const checks = [spec('a', { mode: 'edge' }), spec('b', { mode: 'edge' }), spec('c')]
    expect(newEdges(checks, { a: passed, b: passed, c: passed }, ['b'])).toEqual(['a'])
  })
})
