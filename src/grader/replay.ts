import type { AttackStep } from '../core/model.ts'
import { gradeCheck } from './grade-check.ts'
import type { Gradable, World } from './world.ts'

/** What became of one step of an attack. */
export type StepOutcome = {
  readonly id: string
  readonly title: string
  readonly role: AttackStep['role']
  /** The request worked: bad for an attack, good for legitimate use. */
  readonly worked: boolean
  /** It could not be tried at all: neither good nor bad. */
  readonly unknown: boolean
  /** This cluster cannot try it at all. */
  readonly notHere: boolean
  /** "200 OK", "403 Forbidden", "allowed"; the reason when it could not be tried. */
  readonly summary: string
  /** What was asked for and what came back, in a sentence. */
  readonly found: string
  /** An attack was stopped, or legitimate use still works. */
  readonly good: boolean
}

/** Replays an attack step by step, in order: later steps may build on earlier ones. Throws AbortError when cancelled. */
export const replay = async (options: {
  readonly steps: readonly AttackStep[]
  readonly lesson: Pick<Gradable, 'nonces'>
  readonly world: World
  readonly signal?: AbortSignal
}): Promise<readonly StepOutcome[]> => {
  const signal = options.signal ?? new AbortController().signal
  const outcomes: StepOutcome[] = []
  for (const step of options.steps) {
    const { finding } = await gradeCheck({
      lesson: options.lesson,
      spec: step.check,
      world: options.world,
      signal,
      hold: true,
    })
    const worked = finding.kind === 'met'
    const unknown = finding.kind === 'unknown'
    outcomes.push({
      id: step.id,
      title: step.title,
      role: step.role,
      worked,
      unknown,
      notHere: finding.kind === 'unknown' && finding.notHere === true,
      summary: finding.kind === 'unknown' ? 'could not be tried' : finding.summary,
      found: finding.kind === 'unknown' ? finding.reason : finding.found,
      good: !unknown && (step.role === 'attack' ? !worked : worked),
    })
  }
  return outcomes
}
