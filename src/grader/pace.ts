/** When to look at a check again by itself, and whether a verdict is final yet. Pure; times are Clock milliseconds. */
import type { Verdict } from '../core/model.ts'

/** What of a check's specification decides its pace. */
export type Manner = {
  /** A control loop may need this long before "not yet" is final. */
  readonly settleMs: number
  /** The API server's own caches may be this old. */
  readonly lagMs: number
  /** A pass must hold this long. */
  readonly holdMs: number
  /** Nothing announces what it looks at. */
  readonly polled: boolean
  /** It puts objects into the cluster, or is costly: not to be repeated without need. */
  readonly heavy: boolean
}

/** What is known of a check between looks. */
export type Track = {
  readonly verdict?: Verdict
  /** When something that it watches changed last; undefined when nothing has since the start. */
  readonly changedAt?: number
  /** Since when it has passed without interruption. */
  readonly passingSince?: number
}

const POLL_MS = 2000
const POLL_PASSED_MS = 10_000
const POLL_HEAVY_MS = 5000
const FULL_MS = 30_000

/** Ages of a change at which to look again: dense at first, because most caches catch up within a second. */
const LOOKS_MS = [150, 400, 800, 1300, 2000, 3000]

const ageOf = (track: Track, now: number): number =>
  track.changedAt === undefined ? Number.POSITIVE_INFINITY : now - track.changedAt

const holdLeft = (manner: Manner, track: Track, now: number): number =>
  track.verdict?.kind === 'passed' && track.passingSince !== undefined ? track.passingSince + manner.holdMs - now : 0

/** A "not yet" whose window is still open, or a pass that must still hold. */
export const isSettling = (manner: Manner, track: Track, now: number): boolean =>
  track.verdict?.kind === 'failed'
    ? ageOf(track, now) < Math.max(manner.settleMs, manner.lagMs)
    : holdLeft(manner, track, now) > 0

/**
 * Milliseconds until a check should be looked at again although nothing announced a change.
 * `unhealthy`: some watch is dead, so changes may go unnoticed.
 */
export const nextLookMs = (manner: Manner, track: Track, now: number, unhealthy: boolean): number => {
  const age = ageOf(track, now)
  const passed = track.verdict?.kind === 'passed'
  const delays = [FULL_MS]
  if (unhealthy || (track.verdict?.kind === 'unknown' && !track.verdict.notHere)) delays.push(POLL_MS)
  if (manner.polled) {
    if (!passed) delays.push(manner.heavy ? POLL_HEAVY_MS : POLL_MS)
    else if (!manner.heavy) delays.push(POLL_PASSED_MS)
  }
  const hold = holdLeft(manner, track, now)
  if (hold > 0) delays.push(manner.heavy ? hold : Math.min(hold, 500))
  // A look at the end of each window: of the caches for both verdicts, of the settle time for "not yet".
  const window = passed ? manner.lagMs : Math.max(manner.settleMs, manner.lagMs)
  if (age < window) {
    const next = LOOKS_MS.find((ms) => ms > age)
    delays.push(window - age, manner.heavy || next === undefined ? POLL_MS : next - age)
  }
  return Math.max(20, Math.min(...delays))
}

/** The track after a look. */
export const afterLook = (track: Track, verdict: Verdict, now: number): Track => ({
  ...track,
  verdict,
  passingSince: verdict.kind === 'passed' ? (track.passingSince ?? now) : undefined,
})
