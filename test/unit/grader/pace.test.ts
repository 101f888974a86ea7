import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../../src/core/model.ts'
import { afterLook, isSettling, type Manner, nextLookMs, type Track } from '../../../src/grader/pace.ts'

const manner = (more: Partial<Manner> = {}): Manner => ({
  settleMs: 2000,
  lagMs: 1500,
  holdMs: 0,
  polled: false,
  heavy: false,
  ...more,
})
const passed: Verdict = { kind: 'passed', found: '' }
const failed: Verdict = { kind: 'failed', expected: '', found: '', why: '' }
const unknown: Verdict = { kind: 'unknown', reason: '' }

const anyManner = fc.record({
  settleMs: fc.nat(60_000),
  lagMs: fc.constantFrom(0, 1500, 2500),
  holdMs: fc.nat(10_000),
  polled: fc.boolean(),
  heavy: fc.boolean(),
})
const anyTrack = fc.record(
  { verdict: fc.constantFrom(passed, failed, unknown), changedAt: fc.nat(100_000), passingSince: fc.nat(100_000) },
  { requiredKeys: [] },
)

describe('settling', () => {
  it('is a "not yet" inside its window, and is over after it', () => {
    const track: Track = { verdict: failed, changedAt: 1000 }
    expect(isSettling(manner(), track, 2999)).toBe(true)
    expect(isSettling(manner(), track, 3000)).toBe(false)
    expect(isSettling(manner(), { verdict: failed }, 0)).toBe(false)
  })

  it('is a pass that must still hold, counted from its first look', () => {
    const first = afterLook({}, passed, 1000)
    const second = afterLook(first, passed, 1400)
    expect(isSettling(manner({ holdMs: 500 }), second, 1499)).toBe(true)
    expect(isSettling(manner({ holdMs: 500 }), second, 1500)).toBe(false)
    const again = afterLook(afterLook(second, failed, 1600), passed, 1700)
    expect(isSettling(manner({ holdMs: 500 }), again, 2000)).toBe(true)
  })
})

describe('the next look', () => {
  it('is dense after a change, then rare', () => {
    const track: Track = { verdict: passed, changedAt: 0 }
    expect(nextLookMs(manner(), track, 0, false)).toBe(150)
    expect(nextLookMs(manner(), track, 1400, false)).toBe(100)
    expect(nextLookMs(manner(), track, 1500, false)).toBe(30_000)
    expect(nextLookMs(manner(), { verdict: failed, changedAt: 0 }, 1500, false)).toBe(500)
  })

  it('is soon when a watch is dead, when nothing could be seen, and when nothing announces changes', () => {
    expect(nextLookMs(manner(), { verdict: passed }, 0, true)).toBe(2000)
    expect(nextLookMs(manner(), { verdict: unknown }, 0, false)).toBe(2000)
    expect(nextLookMs(manner({ polled: true }), { verdict: failed }, 0, false)).toBe(2000)
    expect(nextLookMs(manner({ polled: true }), { verdict: passed }, 0, false)).toBe(10_000)
  })

  it('comes within half a minute, never in a tight loop, and not long after a settling verdict can become final', () => {
    fc.assert(
      fc.property(
        anyManner,
        anyTrack,
        fc.integer({ min: 100_000, max: 200_000 }),
        fc.boolean(),
        (how, track, now, unhealthy) => {
          const next = nextLookMs(how, track, now, unhealthy)
          expect(next).toBeGreaterThanOrEqual(20)
          expect(next).toBeLessThanOrEqual(30_000)
          if (isSettling(how, track, now)) {
            // Looked at until it is final: following the looks always ends.
            let at = now
            for (let looks = 0; isSettling(how, track, at); looks += 1) {
              at += nextLookMs(how, track, at, unhealthy)
              expect(looks).toBeLessThan(60)
            }
          }
        },
      ),
    )
  })
})
