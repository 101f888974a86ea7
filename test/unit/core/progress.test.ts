import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LessonProgress, Progress } from '../../../src/core/model.ts'
import { mergeProgress } from '../../../src/core/progress.ts'

const time = fc.option(fc.constantFrom('2025-01-01T00:00:00.000Z', '2025-06-01T00:00:00.000Z'), { nil: undefined })
const lesson: fc.Arbitrary<LessonProgress> = fc
  .record({
    status: fc.constantFrom('new', 'started', 'passed'),
    startedAt: time,
    passedAt: time,
    seconds: fc.nat(1000),
    hints: fc.nat(3),
    wrongTurns: fc.nat(9),
    solutionSeen: fc.boolean(),
    edges: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')).map((edges) => [...edges].sort()),
    quiz: fc.dictionary(fc.constantFrom('q1', 'q2'), fc.nat(3)),
  })
  .map((value) => JSON.parse(JSON.stringify(value)))
const progress: fc.Arbitrary<Progress> = fc
  .record({
    version: fc.constant(1 as const),
    lessons: fc.dictionary(fc.constantFrom('L00', 'L01', 'L05'), lesson),
    last: fc.option(fc.constantFrom('L00', 'L05'), { nil: undefined }),
  })
  .map((value) => JSON.parse(JSON.stringify(value)))

describe('merging progress', () => {
  it('changes nothing when merged with itself or with nothing', () => {
    fc.assert(
      fc.property(progress, (a) => {
        expect(mergeProgress(a, a)).toEqual(a)
        expect(mergeProgress(a, { version: 1, lessons: {} })).toEqual(a)
        expect(mergeProgress({ version: 1, lessons: {} }, a)).toEqual(a)
      }),
    )
  })

  it('gives the same lessons in any order and grouping', () => {
    fc.assert(
      fc.property(progress, progress, progress, (a, b, c) => {
        expect(mergeProgress(a, b).lessons).toEqual(mergeProgress(b, a).lessons)
        expect(mergeProgress(mergeProgress(a, b), c)).toEqual(mergeProgress(a, mergeProgress(b, c)))
      }),
    )
  })

  it('never loses what was achieved', () => {
    fc.assert(
      fc.property(progress, progress, (a, b) => {
        const merged = mergeProgress(a, b)
        for (const source of [a, b]) {
          for (const [id, before] of Object.entries(source.lessons)) {
            const after = merged.lessons[id]
            if (before.status === 'passed') expect(after?.status).toBe('passed')
            for (const edge of before.edges) expect(after?.edges).toContain(edge)
            expect(after?.hints).toBeGreaterThanOrEqual(before.hints)
          }
        }
      }),
    )
  })
})
