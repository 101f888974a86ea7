/**
 * Grades a lesson for as long as somebody works at it: at once, again whenever something changes that a verdict could
 * depend on, and now and then in any case, because watches only hint. One timer, one table of when each check is due.
 */

import { checkKind } from '../checks/registry.ts'
import type { CheckResult } from '../core/events.ts'
import { checksOf, withCompanions } from '../core/grading.ts'
import type { CheckSpec, Verdict } from '../core/model.ts'
import type { WatchChange } from '../core/ports.ts'
import { createOutages } from './add-on-outage.ts'
import { pollControlPlane } from './control-plane-poll.ts'
import { gradeCheck, makesThrowAways } from './grade-check.ts'
import { hintsOf, polledNames, touchedBy, touchedByFile, watchPaths } from './hints.ts'
import { createOwnChanges } from './own-changes.ts'
import { afterLook, isSettling, type Manner, nextLookMs, type Track } from './pace.ts'
import { sweepThrowAways } from './sweep.ts'
import type { Gradable, World } from './world.ts'

export type GraderEvent =
  | { readonly kind: 'verdict'; readonly check: string; readonly verdict: Verdict; readonly settling: boolean }
  /** Something changed that a check watches: "Role shop/reader modified", "notes.txt". */
  | { readonly kind: 'change'; readonly what: string }
  | { readonly kind: 'grading' }
  /** All checks that were due have been looked at. `ms` counts from the change, or from when they were due. */
  | { readonly kind: 'graded'; readonly ms: number; readonly results: readonly CheckResult[] }
  | { readonly kind: 'watching'; readonly alive: boolean }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'recovered' }

export type Grader = {
  /** Begins, and goes on until `signal` aborts. Call once. */
  start(listener: (event: GraderEvent) => void, signal: AbortSignal): void
  /** Looks at these checks again now; at all of them without ids. */
  regrade(ids?: readonly string[]): void
}

export type GraderOptions = World & {
  readonly lesson: Gradable
  /** Edge checks that are done: they are not looked at again. */
  readonly edges?: readonly string[]
}

/** A change is rarely alone: wait this long for the next one, but never longer than the second number. */
const DEBOUNCE_MS = 15
const DEBOUNCE_MAX_MS = 100
/** Looks at once: after a change, and by the clock, which must leave room for the former. */
const AT_ONCE = 8
const AT_ONCE_BY_CLOCK = 3

const mannerOf = (spec: CheckSpec): Manner => {
  const kind = checkKind(spec.kind)
  return {
    settleMs: spec.settleMs,
    lagMs: kind?.lagMs ?? 0,
    holdMs: spec.holdMs,
    polled: kind?.watches(spec.with, spec).some((hint) => hint.kind === 'poll') ?? false,
    heavy: makesThrowAways(spec),
  }
}

type Entry = {
  readonly spec: CheckSpec
  readonly manner: Manner
  track: Track
  /** Clock milliseconds. */
  due: number
  /** When the first of the changes came that made it due; cleared by a look. */
  dirtySince?: number
  running?: AbortController
  published?: string
}

export const createGrader = (options: GraderOptions): Grader => {
  const { lesson, probe, workspace, clock, bindings, log } = options
  const checks = checksOf(lesson)
  const edges = new Set(options.edges ?? [])
  const hints = hintsOf(checks, bindings)
  const own = createOwnChanges()
  const outages = createOutages(options)
  const entries = new Map<string, Entry>(
    checks.map((spec) => [spec.id, { spec, manner: mannerOf(spec), track: {}, due: 0 }]),
  )
  let emit: (event: GraderEvent) => void = () => undefined
  let wake = (): void => undefined
  let begun: number | undefined
  let down = false
  let watched = false
  const health = new Map<string, boolean>()
  let alive: boolean | undefined

  const isDone = ({ spec }: Entry): boolean => spec.mode === 'edge' && edges.has(spec.id)

  const makeDue = (ids: readonly string[], changed: boolean): void => {
    const now = clock.now()
    for (const id of ids) {
      const entry = entries.get(id)
      if (!entry || isDone(entry)) continue
      entry.dirtySince ??= now
      if (changed) entry.track = { ...entry.track, changedAt: now }
      entry.due = changed ? Math.min(now + DEBOUNCE_MS, entry.dirtySince + DEBOUNCE_MAX_MS) : now
    }
    wake()
  }

  const changed = (what: string, ids: readonly string[]): void => {
    if (ids.length === 0) return
    log?.event('change', { what, checks: ids })
    emit({ kind: 'change', what })
    makeDue(ids, true)
  }

  /** Says what is new; a check waits for its companion's first verdict. */
  const publish = (): readonly CheckResult[] => {
    const now = clock.now()
    const raw: Record<string, Verdict> = {}
    for (const [id, { track }] of entries) if (track.verdict) raw[id] = track.verdict
    const verdicts = withCompanions(checks, raw, [...edges])
    const results: CheckResult[] = []
    for (const [id, entry] of entries) {
      const verdict = verdicts[id]
      const { after } = entry.spec
      if (!verdict || (after !== undefined && !raw[after] && !edges.has(after))) continue
      const settling = isSettling(entry.manner, entry.track, now)
      if (entry.spec.mode === 'edge' && verdict.kind === 'passed' && !settling) edges.add(id)
      results.push({ id, verdict, settling })
      const shown = JSON.stringify([verdict, settling])
      if (shown === entry.published) continue
      entry.published = shown
      emit({ kind: 'verdict', check: id, verdict, settling })
    }
    return results
  }

  const schedule = (entry: Entry): void => {
    const now = clock.now()
    if (entry.dirtySince === undefined) entry.due = now + nextLookMs(entry.manner, entry.track, now, alive === false)
  }

  const look = async (entry: Entry, signal: AbortSignal): Promise<void> => {
    const controller = new AbortController()
    entry.running = controller
    entry.dirtySince = undefined
    entry.due = Number.POSITIVE_INFINITY
    try {
      const graded = await gradeCheck({
        lesson,
        spec: entry.spec,
        world: options,
        outages,
        signal: AbortSignal.any([signal, controller.signal]),
        ...(entry.manner.heavy ? { onNonces: own.note } : {}),
      })
      if (entry.running !== controller) return
      entry.running = undefined
      entry.track = afterLook(entry.track, graded.verdict, clock.now())
      if (graded.unreachable && !down && graded.verdict.kind === 'unknown') {
        down = true
        emit({ kind: 'unreachable', reason: graded.verdict.reason })
      }
      schedule(entry)
      publish()
    } catch (error) {
      if (entry.running !== controller) return
      entry.running = undefined
      schedule(entry)
      if (!signal.aborted && !controller.signal.aborted)
        log?.event('grader-error', { id: entry.spec.id, error: String(error) })
    } finally {
      wake()
    }
  }

  /** Starts what is due, as far as there is room. A newer change cuts a light look short; a heavy one is finished. */
  const startDue = (signal: AbortSignal, now: number): void => {
    const due = [...entries.values()].filter((entry) => entry.due <= now && !(entry.running && entry.manner.heavy))
    let running = [...entries.values()].filter((entry) => entry.running).length
    for (const entry of due.sort((a, b) => a.due - b.due)) {
      if (entry.running) {
        entry.running.abort()
        entry.running = undefined
      } else if (running >= (entry.dirtySince === undefined ? AT_ONCE_BY_CLOCK : AT_ONCE)) continue
      else running += 1
      if (begun === undefined) {
        begun = entry.dirtySince ?? entry.due
        if (begun === 0) begun = now
        emit({ kind: 'grading' })
      }
      void look(entry, signal)
    }
    const busy = [...entries.values()].some((entry) => entry.running || entry.due <= now)
    if (!busy && begun !== undefined) {
      emit({ kind: 'graded', ms: now - begun, results: publish() })
      begun = undefined
    }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    await sweepThrowAways(checks, options, signal)
    while (!signal.aborted) {
      const woken = new AbortController()
      wake = () => woken.abort()
      const now = clock.now()
      startDue(signal, now)
      // What is due already waits for room, and a finished look wakes us.
      const next = Math.min(...[...entries.values()].map(({ due }) => due).filter((due) => due > now))
      const pause = Math.min(Math.max(1, next - clock.now()), 60_000)
      await clock.sleep(pause, AbortSignal.any([signal, woken.signal])).catch(() => undefined)
    }
    for (const entry of entries.values()) entry.running?.abort()
  }

  const onWatch = (change: WatchChange, ids: readonly string[]): void => {
    if (own.isOwn(change)) return
    const what = { ADDED: 'created', MODIFIED: 'changed', DELETED: 'deleted' }[change.type]
    const where = change.namespace === undefined ? '' : `${change.namespace}/`
    changed(`${change.kind} ${where}${change.name} ${what}`.trim(), ids)
  }

  const onHealth = (path: string, ids: readonly string[], now: boolean): void => {
    // Changes may have been missed while it was dead.
    if (now && health.get(path) === false) makeDue(ids, false)
    health.set(path, now)
    const all = [...health.values()].every((each) => each)
    if (all === alive) return
    alive = all
    emit({ kind: 'watching', alive })
    // What is due already waits for room: it must not be put off.
    const time = clock.now()
    for (const entry of entries.values()) if (!entry.running && entry.due > time) schedule(entry)
    wake()
  }

  const watchCluster = async (signal: AbortSignal): Promise<void> => {
    watched = true
    const paths = await watchPaths(hints, probe, signal).catch((error: unknown) => {
      watched = false
      throw error
    })
    // A lesson that only looks at files has nothing to miss in the cluster.
    if (paths.length === 0) emit({ kind: 'watching', alive: true })
    for (const { path, checks: ids } of paths) {
      probe.watch(path, (change) => onWatch(change, ids), { signal, onHealth: (now) => onHealth(path, ids, now) })
    }
  }

  /** Once a second while nothing answers: the first answer means that everything must be looked at again. */
  const tryAgain = async (signal: AbortSignal): Promise<void> => {
    if (!watched) await watchCluster(signal).catch(() => undefined)
    if (!down) return
    const reply = await probe.api({ method: 'GET', path: '/readyz', timeoutMs: 2000, signal }).catch(() => undefined)
    if (reply?.status !== 200 && reply?.status !== 401 && reply?.status !== 403) return
    down = false
    emit({ kind: 'recovered' })
    makeDue([...entries.keys()], true)
  }

  const start: Grader['start'] = (listener, signal) => {
    emit = (event) => {
      if (!signal.aborted) listener(event)
    }
    void watchCluster(signal).catch(() => undefined)
    workspace.watch((path) => changed(path, touchedByFile(hints, path)), signal)
    void pollControlPlane({
      probe,
      clock,
      ...polledNames(hints),
      signal,
      onChange: (change) =>
        change.kind === 'file'
          ? changed(
              change.name,
              touchedBy(hints, (hint) => hint.kind === 'control-plane-file' && hint.name === change.name),
            )
          : changed(
              change.what,
              touchedBy(hints, (hint) => hint.kind === 'component' && hint.name === change.name),
            ),
      onRound: () => tryAgain(signal),
    })
    void run(signal)
  }
  return { start, regrade: (ids) => makeDue(ids ?? [...entries.keys()], false) }
}
