/**
 * The state that skins draw, and the intents they send back. The machine (machine.ts) owns how one becomes the other;
 * skins keep their own view state (selection, scroll, search text) and nothing else.
 */
import type { Backend, Layer, LessonStatus, ModuleId, Progress, QuizQuestion, Verdict } from './model.ts'
import type { ComponentStatus, StepReport } from './ports.ts'

export type LessonCard = {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly module: ModuleId
  readonly layer: Layer
  readonly minutes: number
  readonly status: LessonStatus
  /** Why this machine or backend cannot run it, with what to do. */
  readonly unavailable?: string
}

export type CheckView = {
  readonly id: string
  readonly title: string
  readonly task: string
  /** Absent until first graded. */
  readonly verdict?: Verdict
  /** A control loop is still working, or a pass must still hold. */
  readonly settling: boolean
  /** When the verdict last changed (Clock ms), for "newly passed". */
  readonly changedAt?: number
  /** It passed before and no longer does. */
  readonly broken: boolean
  /** It fails as it did on the seed: nothing that the learner did has touched it yet. */
  readonly untried?: boolean
  /** answer checks: the learner can type the value in the TUI. */
  readonly answerKey?: string
}

export type AttackView = {
  readonly state: 'running' | 'done' | 'failed'
  readonly error?: string
  readonly steps: readonly {
    readonly id: string
    readonly title: string
    readonly role: 'attack' | 'legitimate'
    readonly before?: string
    readonly now?: string
    /** attack stopped, or legitimate use still works. */
    readonly good?: boolean
  }[]
}

export type CurrentLesson = {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly module: ModuleId
  readonly moduleTitle: string
  readonly layer: Layer
  readonly minutes: number
  readonly tags: readonly string[] // "RBAC", "CKS hardening", "K02"
  /** Markdown with placeholders filled in as far as they are known. */
  readonly text: string
  readonly debrief: string
  readonly workspace: string
  /**
   * reading: cluster not ready yet · seeding · working · passed (all level checks hold, all edges done)
   * unavailable: this backend cannot run it · failed: seeding went wrong (see `problem`)
   */
  readonly phase: 'reading' | 'seeding' | 'working' | 'passed' | 'unavailable' | 'failed'
  readonly problem?: { readonly what: string; readonly next: string }
  readonly checks: readonly CheckView[]
  readonly hintsTotal: number
  readonly hints: readonly string[] // shown so far
  readonly solution?: string // shown after the question
  readonly attack?: AttackView
  readonly quiz: readonly QuizQuestion[]
  readonly quizAnswers: Readonly<Record<string, number>>
  readonly lastChange?: { readonly what: string; readonly at: number; readonly regradeMs?: number }
  readonly grading: boolean
  readonly startedAt: number // Clock ms
  readonly seconds: number // spent when passed
  readonly wrongTurns: number
}

export type ClusterView = {
  /** Absent until it is chosen. */
  readonly backend?: Backend
  /** Why this backend, in one line: "kind: docker 28.2.2 answers". */
  readonly choice?: string
  readonly state: 'absent' | 'starting' | 'ready' | 'broken' | 'stopping'
  readonly version?: string
  readonly reason?: string
  readonly components: readonly ComponentStatus[]
  /** What the program that failed printed, all of it that is kept: for whoever wants to read on. */
  readonly output?: string
  /** Steps of bring-up in order, while starting. */
  readonly steps: readonly StepReport[]
  readonly startedAt?: number
  /** Whether the watch connections live. */
  readonly watching: boolean
}

export type Question = {
  readonly kind: 'reset' | 'solution' | 'leave' | 'quit' | 'embedded'
  readonly text: string
  /** leave: the lesson to go to. */
  readonly target?: string
}

export type Notice = {
  readonly kind: 'info' | 'error'
  readonly what: string
  readonly next?: string
  readonly at: number
}

export type LabState = {
  /** True until lessons and progress have been read: the first frame comes before them. */
  readonly loading: boolean
  readonly lessons: readonly LessonCard[]
  readonly progress: Progress
  readonly cluster: ClusterView
  readonly current?: CurrentLesson
  readonly question?: Question
  /** The newest last; a skin shows the last one, `dismiss` clears. */
  readonly notices: readonly Notice[]
  /** Set when the lab is to close; the skin unmounts. */
  readonly closing: boolean
}

/** What a person at a skin can want. */
export type Intent =
  | { readonly kind: 'open'; readonly lesson: string } // asks before leaving an unfinished lesson
  | { readonly kind: 'next' }
  | { readonly kind: 'previous' }
  | { readonly kind: 'hint' }
  | { readonly kind: 'solution' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'regrade' }
  | { readonly kind: 'attack' }
  | { readonly kind: 'answer'; readonly key: string; readonly value: string }
  | { readonly kind: 'quiz'; readonly question: string; readonly option: number }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'retry-cluster' }
  | { readonly kind: 'use-embedded' } // go on without containers when kind does not come up
  | { readonly kind: 'dismiss' }
  | { readonly kind: 'quit' }

/** What a skin holds of the lab. `subscribe` calls back after each state change; the state object is immutable. */
export interface Lab {
  state(): LabState
  subscribe(listener: () => void): () => void
  send(intent: Intent): void
  /** Runs a program that needs the terminal: the skin has let go of it before, and takes it back after. */
  handover(what: { kind: 'shell' } | { kind: 'edit'; file?: string }): Promise<{ note?: string }>
  /** Files `edit` offers for the current lesson: control-plane files and workspace files, most relevant first. */
  editable(): readonly { readonly name: string; readonly about: string }[]
  /** Releases watches and the lock; the cluster stays up. */
  close(): Promise<void>
}
