/** What can happen to the lab, and what the lab can want done: the two vocabularies around the machine, as plain data. */
import type { Attempt, Backend, Bindings, Capability, Lesson, Progress, Verdict } from './model.ts'
import type { ClusterStatus, StepReport } from './ports.ts'
import type { Intent, LabState } from './state.ts'

/** `output`: what the program that failed printed. */
export type Problem = { readonly what: string; readonly next: string; readonly output?: string }

/** One check as the grader sees it now. `settling`: a control loop still works, or a pass must still hold. */
export type CheckResult = { readonly id: string; readonly verdict: Verdict; readonly settling: boolean }

/** One step of a replayed attack. `good`: the attack was stopped, or the legitimate use still works; absent: unknown. */
export type AttackResult = { readonly id: string; readonly summary: string; readonly good?: boolean }

type Happening =
  | { readonly kind: 'intent'; readonly intent: Intent }
  | { readonly kind: 'started'; readonly wanted?: string }
  | {
      readonly kind: 'loaded'
      readonly lessons: readonly Lesson[]
      /** Lesson id to absolute folder. */
      readonly workspaces: Readonly<Record<string, string>>
      readonly progress: Progress
      readonly attempt?: Attempt
      readonly warning?: string
    }
  | ({ readonly kind: 'load-failed' } & Problem)
  | {
      readonly kind: 'backend-chosen'
      readonly backend: Backend
      readonly capabilities: readonly Capability[]
      /** One line for the learner. */
      readonly reason?: string
      /** Another backend's cluster goes for it, and with it the lesson that was in there. */
      readonly replaces?: Backend
    }
  | { readonly kind: 'step'; readonly step: StepReport }
  | { readonly kind: 'cluster-up'; readonly status: ClusterStatus }
  | ({ readonly kind: 'cluster-failed' } & Problem)
  /** From the monitor, while nothing is being brought up. */
  | { readonly kind: 'cluster-status'; readonly status: ClusterStatus }
  | { readonly kind: 'watch-health'; readonly alive: boolean }
  | {
      readonly kind: 'begun'
      readonly run: number
      readonly attempt: Attempt
      /** The seed was already in place, from an earlier session. */
      readonly resumed: boolean
      readonly lab: Bindings['lab']
      readonly note?: string
    }
  | ({ readonly kind: 'begin-failed'; readonly run: number } & Problem)
  | { readonly kind: 'changed'; readonly run: number; readonly what: string }
  | { readonly kind: 'grading'; readonly run: number }
  /** One check, while others are still being looked at. Says nothing yet about the lesson as a whole. */
  | { readonly kind: 'verdict'; readonly run: number; readonly result: CheckResult }
  /** Everything that was due has been looked at. */
  | {
      readonly kind: 'graded'
      readonly run: number
      readonly results: readonly CheckResult[]
      readonly ms: number
    }
  | { readonly kind: 'attack-done'; readonly run: number; readonly steps: readonly AttackResult[] }
  | { readonly kind: 'attack-failed'; readonly run: number; readonly error: string }
  | { readonly kind: 'noticed'; readonly what: string; readonly next?: string; readonly error: boolean }

/** `at`: milliseconds of the Clock port when it happened. */
export type LabEvent = Happening & { readonly at: number }

export type Effect =
  | { readonly kind: 'load' }
  /** `backend`: leave the one that was chosen, and use this. */
  | { readonly kind: 'bring-up'; readonly backend?: Backend }
  /** Removes what a lesson put into the cluster; the learner's files stay. */
  | { readonly kind: 'leave'; readonly lesson: string }
  | { readonly kind: 'begin'; readonly run: number; readonly lesson: string; readonly resume?: Attempt }
  | { readonly kind: 'reset'; readonly run: number; readonly lesson: string }
  /** Grade now, and again whenever something that matters changes. Replaces an earlier watch. */
  | {
      readonly kind: 'watch'
      readonly run: number
      readonly lesson: string
      readonly attempt: Attempt
      readonly edges: readonly string[]
    }
  | { readonly kind: 'unwatch' }
  | { readonly kind: 'grade'; readonly run: number }
  | { readonly kind: 'replay-attack'; readonly run: number; readonly lesson: string; readonly attempt: Attempt }
  | { readonly kind: 'write-answer'; readonly lesson: string; readonly key: string; readonly value: string }
  | { readonly kind: 'save-progress'; readonly progress: Progress }
  | { readonly kind: 'close' }

/** The machine's whole memory: what skins see (`lab`), and what only the machine needs. JSON all through. */
export type MachineState = {
  readonly lab: LabState
  readonly catalogue: readonly Lesson[]
  readonly workspaces: Readonly<Record<string, string>>
  /** Of the chosen backend; absent until one is chosen. */
  readonly capabilities?: readonly Capability[]
  /** The cluster that the attempt on disk was made in is gone: that attempt is over, whenever it is read. */
  readonly replaced: boolean
  /** The lab itself is bringing the cluster up; until that ends it speaks for the cluster. */
  readonly bringingUp: boolean
  /** The lesson asked for on the command line. */
  readonly wanted?: string
  readonly attempt?: Attempt
  /** The lesson whose objects are, or may be, in the cluster. */
  readonly inCluster?: string
  /** Counts openings and resets, so that a late report of an earlier one is known as such. */
  readonly run: number
  /** Check id to its last verdict of this run that was final: what settles in between is nobody's wrong turn. */
  readonly finals: Readonly<Record<string, Verdict>>
  /** The grading under way has been counted as a wrong turn: one change may fail several checks, and is one turn. */
  readonly turned: boolean
  /** The attack was already replayed for the pass of this run. */
  readonly replayed: boolean
  /** Milliseconds worked on the current lesson, idle gaps left out, and when it was last counted. */
  readonly workedMs: number
  readonly countedAt: number
}

export type Step = { readonly state: MachineState; readonly effects: readonly Effect[] }
