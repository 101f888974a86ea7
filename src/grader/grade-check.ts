/** One run of one check: fresh nonces, throw-away objects, the look itself, and a verdict whatever happens. */
import { randomBytes } from 'node:crypto'
import { createCredentials } from '../checks/credentials.ts'
import { denialOf } from '../checks/denial.ts'
import type { CheckKind } from '../checks/kind.ts'
import { checkKind } from '../checks/registry.ts'
import { THROW_AWAY_NONCE, ThrowAwayRefused, withThrowAways } from '../checks/throw-away.ts'
import type { Manifest } from '../core/api/objects.ts'
import { CAPABILITY_WORDS } from '../core/availability.ts'
import { deadlineAfter } from '../core/deadline.ts'
import { isAbort, UnreachableError } from '../core/errors.ts'
import type { Bindings, Capability, CheckSpec, Finding, Verdict } from '../core/model.ts'
import type { CheckContext } from '../core/ports.ts'
import { fillJson } from '../core/template.ts'
import { makeValues } from '../core/vars.ts'
import type { Outages } from './add-on-outage.ts'
import { beforeAbort } from './before-abort.ts'
import { explain } from './explain.ts'
import { reasonOf } from './outage.ts'
import type { Gradable, World } from './world.ts'

/** Milliseconds that one check may take, beside the time it is told to hold. */
export const DEADLINE_MS = 20_000

/** What a run of a check came to. */
export type Graded = {
  readonly id: string
  readonly verdict: Verdict
  readonly finding: Finding
  /** Nothing answered: the machine, not the learner. */
  readonly unreachable: boolean
}

type Run = {
  readonly lesson: Pick<Gradable, 'nonces'>
  readonly spec: CheckSpec
  readonly world: World
  readonly signal: AbortSignal
  readonly deadlineMs?: number
  /** Look again until a pass has held as long as the check says. Callers that look again anyway leave it out. */
  readonly hold?: boolean
  /** Told the nonces of this run before anything is made with them. */
  readonly onNonces?: (values: readonly string[]) => void
  /** Asks the add-ons when the check is not met. */
  readonly outages?: Outages
}

/** Where a capability can be had, when nothing inside the lab's cluster can bring it. */
const WHERE: Partial<Readonly<Record<Capability, string>>> = {
  nodes: 'the kind backend has them (start with --backend kind)',
  apparmor: 'see it on a cluster whose hosts load AppArmor, such as K3s on Ubuntu (kind runs its nodes without)',
}

/** True for checks that put objects of their own into the cluster while they look. */
export const makesThrowAways = (spec: CheckSpec): boolean => {
  const heavy = checkKind(spec.kind)?.heavy
  return spec.given.length > 0 || (typeof heavy === 'function' ? heavy(spec.with) : heavy === true)
}

/** Runs a check once. Throws AbortError when `signal` is aborted, and nothing else. */
export const gradeCheck = async (run: Run): Promise<Graded> => {
  const { spec, world, signal } = run
  const missing = spec.needs.filter((need) => !world.capabilities.includes(need))
  const kind = checkKind(spec.kind)
  const bindings: Bindings = { ...world.bindings, nonce: noncesOf(run.lesson) }
  const fields = tryFill(spec, bindings) ?? spec.with
  const graded = (finding: Finding, unreachable = false): Graded => {
    return { id: spec.id, verdict: explain(spec, finding, { fields, bindings }), finding, unreachable }
  }
  /** The same, after the add-ons were asked: one that is down takes the blame, not the learner, nor the cluster. */
  const blamed = async (finding: Finding, unreachable = false): Promise<Graded> => {
    const asked = run.outages?.({ kind: spec.kind, fields }, finding) ?? finding
    const judged = await beforeAbort(Promise.resolve(asked), signal, false)
    return graded(judged, unreachable && judged === finding)
  }
  if (!kind) return graded({ kind: 'unknown', reason: `this version has no check of kind ${spec.kind}` })
  if (missing.length > 0) {
    const needs = missing.map((need) => CAPABILITY_WORDS[need]).join(' and ')
    const where = missing.flatMap((need) => WHERE[need] ?? []).at(-1)
    const reason = `this needs ${needs}, which this cluster does not have${where === undefined ? '' : `; ${where}`}`
    return graded({ kind: 'unknown', reason, notHere: true })
  }
  run.onNonces?.(Object.values(bindings.nonce))
  const patience = run.deadlineMs ?? kind.deadlineMs?.(spec.with) ?? DEADLINE_MS
  const deadline = deadlineAfter(patience + (run.hold ? spec.holdMs : 0), signal)
  try {
    return await blamed(
      await beforeAbort(look(run, kind, bindings, deadline.signal), deadline.signal, makesThrowAways(spec)),
    )
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (deadline.passed()) return blamed({ kind: 'unknown', reason: 'there was no answer in time' })
    if (isAbort(error)) return blamed({ kind: 'unknown', reason: 'the question was cut off' })
    return blamed({ kind: 'unknown', reason: await reasonOf(error, world.probe) }, error instanceof UnreachableError)
  } finally {
    deadline.end()
  }
}

const noncesOf = (lesson: Pick<Gradable, 'nonces'>): Bindings['nonce'] => {
  const specs = { ...lesson.nonces, [THROW_AWAY_NONCE]: { kind: 'name', prefix: 'throw-away-' } as const }
  return makeValues(specs, (count) => randomBytes(count))
}

const tryFill = (spec: CheckSpec, bindings: Bindings): CheckSpec['with'] | undefined => {
  try {
    return fillJson(spec.with, bindings)
  } catch {
    return undefined
  }
}

const look = async (run: Run, kind: CheckKind, bindings: Bindings, signal: AbortSignal): Promise<Finding> => {
  const { spec, world } = run
  const { probe, workspace, scripts, clock } = world
  const fields = fillJson(spec.with, bindings)
  const given = fillJson(spec.given as CheckSpec['with'][], bindings) as unknown as readonly Manifest[]
  const credential = createCredentials({ probe, workspace, bindings })
  const context: CheckContext = { probe, workspace, scripts, credential, bindings, clock, signal }
  const once = (): Promise<Finding> => kind.run(fields, context)
  try {
    return await withThrowAways(given, context, async () => {
      // What was given a moment ago may not have reached every cache of the API server.
      const first = given.length === 0 ? await once() : await until(once, Math.max(kind.lagMs, 1000), context)
      return run.hold ? holding(first, once, spec.holdMs, context) : first
    })
  } catch (error) {
    if (!(error instanceof ThrowAwayRefused)) throw error
    return refused(spec, kind, fields, error)
  }
}

/** Looks again while it is "not yet" and time is left. */
const until = async (once: () => Promise<Finding>, ms: number, { clock, signal }: CheckContext): Promise<Finding> => {
  const end = clock.now() + ms
  for (;;) {
    const finding = await once()
    if (finding.kind === 'met' || clock.now() >= end) return finding
    await clock.sleep(100, signal)
  }
}

/** Looks again until a pass has held; the first look that is no pass ends it. */
const holding = async (
  first: Finding,
  once: () => Promise<Finding>,
  ms: number,
  { clock, signal }: CheckContext,
): Promise<Finding> => {
  const end = clock.now() + ms
  let finding = first
  while (finding.kind === 'met' && clock.now() < end) {
    await clock.sleep(Math.min(500, Math.max(50, end - clock.now())), signal)
    finding = await once()
  }
  return finding
}

/** The probe's own objects were not taken. When a policy did that, it is a fact about the learner's policy. */
const refused = (spec: CheckSpec, kind: CheckKind, fields: CheckSpec['with'], error: ThrowAwayRefused): Finding => {
  if (denialOf(error.reply) !== 'policy') {
    return { kind: 'unknown', reason: `the check could not set up its probe: ${error.message}` }
  }
  return {
    kind: 'unmet',
    expected: spec.expect ?? kind.expected(fields),
    found: `an object that must be allowed was denied: ${error.message}`,
    summary: 'denied',
    data: {},
  }
}
