/** What the commands and the lab stand on: the ports, each made when first asked for. wire.ts has the real ones. */
import type { AttackResult, CheckResult } from '../core/events.ts'
import type { Attempt, Backend, Lesson, LessonHead, Progress } from '../core/model.ts'
import type {
  AddOns,
  Clock,
  Cluster,
  LessonSource,
  Log,
  ProgressStore,
  Report,
  Tools,
  Workspace,
} from '../core/ports.ts'
import type { Begun } from '../seeding/begin.ts'
import type { LabPaths } from '../store/paths.ts'

export type GradeTarget = {
  readonly lesson: Lesson
  readonly attempt: Attempt
  /** Edge checks done before. */
  readonly edges: readonly string[]
  readonly signal: AbortSignal
}

/** What the continuous grader tells. All of it is about the one lesson it was started for. */
export type GraderEvents = {
  readonly changed: (what: string) => void
  readonly grading: () => void
  /** One check, as soon as it is known. */
  readonly verdict: (result: CheckResult) => void
  /** Everything that was due has been looked at. */
  readonly graded: (results: readonly CheckResult[], ms: number) => void
  /** Whether watches are alive; without them changes are seen late, by polling. */
  readonly watching: (alive: boolean) => void
  /** Whether the cluster answers at all. */
  readonly reachable: (answers: boolean) => void
}

export type RunningGrader = { readonly regrade: () => void; readonly stop: () => Promise<void> }

/** `reason`: one line for the learner, "kind: docker 28.2.2 answers". */
export type Choice = { readonly backend: Backend; readonly reason: string; readonly replaces?: Backend }

type Cancel = { readonly signal: AbortSignal }

export type Services = {
  readonly paths: LabPaths
  /** The command line that runs this very program, for the `k8s-sec-lab` in the learner's shell. */
  readonly self: readonly string[]
  readonly clock: Clock
  readonly log: Log
  readonly lessons: () => Promise<LessonSource>
  /** What a list shows of each, in course order; cheaper than the lessons themselves. */
  readonly lessonHeads: () => Promise<readonly LessonHead[]>
  readonly store: () => Promise<ProgressStore>
  /** Takes the lock on the home; throws UserError when another lab holds it. Answers how to let go. */
  readonly lock: () => Promise<() => Promise<void>>
  /**
   * Puts what changed since `from` (else since the last load) onto what is on disk and answers the result: two
   * processes may work on one home. Who keeps progress in memory beyond other loads has to say what it grew from.
   */
  readonly saveProgress: (progress: Progress, from?: Progress) => Promise<Progress>
  readonly workspace: (lesson: Lesson) => Promise<Workspace>
  readonly workspaceRoot: (lesson: Lesson) => string
  readonly tools: () => Promise<Tools>
  readonly cluster: () => Promise<Cluster>
  /** Controllers that lessons need besides Kubernetes itself, on that cluster. */
  readonly addOns: () => Promise<AddOns>
  /** Which backend that cluster is of, why, and whose place it takes. Nothing is asked of the machine before. */
  readonly choice: () => Promise<Choice>
  /** From now on another backend: `choice` and `cluster` answer anew. */
  readonly changeBackend: (backend: Backend) => void
  /** Tools a lesson needs besides the cluster's own. */
  readonly lessonTools: (lesson: Lesson, options: Cancel & { report: Report }) => Promise<void>
  readonly begin: (lesson: Lesson, options: Cancel & { report: Report; resume?: Attempt }) => Promise<Begun>
  readonly reset: (lesson: Lesson, options: Cancel & { report: Report }) => Promise<Begun>
  readonly leave: (lesson: Lesson, options: Cancel & { report: Report }) => Promise<void>
  /** Every check once, waiting out settle windows. Throws UnreachableError or UserError when nothing could be graded. */
  readonly grade: (target: GradeTarget) => Promise<readonly CheckResult[]>
  readonly watch: (target: GradeTarget, events: GraderEvents) => Promise<RunningGrader>
  readonly replay: (target: GradeTarget) => Promise<readonly AttackResult[]>
}
