/** The nouns of the lab, as readonly data. Nothing in here does anything. */
import type { RegistryImage, VaultContents } from './add-on-contents.ts'
import type { ProvideSpec } from './provide-spec.ts'

export type { ProvideSpec } from './provide-spec.ts'

export type Backend = 'embedded' | 'kind'

/** What a cluster can offer; a lesson names what it needs. */
export type Capability =
  | 'api' // an API server with RBAC, admission and a controller-manager
  | 'etcd' // raw reads from etcd
  | 'control-plane-files' // manifests and config files that can be edited
  | 'nodes' // real kubelets and containers
  | 'network-policy' // an enforcer for NetworkPolicy
  | 'apparmor' // a kernel with AppArmor on

export type Layer = 'workload' | 'control-plane' | 'infrastructure' | 'identity' | 'supply-chain' | 'secrets'

/** Modules in course order. */
export const MODULES = [
  { id: 'start', title: 'Start here' },
  { id: 'identity', title: 'Identity' },
  { id: 'authorization', title: 'Authorization' },
  { id: 'control-plane', title: 'Control plane' },
  { id: 'hosts', title: 'Hosts' },
  { id: 'workloads', title: 'Workloads' },
  { id: 'supply-chain', title: 'Supply chain' },
  { id: 'secrets', title: 'Secrets' },
  { id: 'respond', title: 'Respond' },
] as const
export type ModuleId = (typeof MODULES)[number]['id']

/** JSON, as observations and API objects are. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** How a per-attempt variable or per-grading nonce is made. */
export type VarSpec =
  | { readonly kind: 'password'; readonly length: number } // letters and digits, no look-alikes
  | { readonly kind: 'name'; readonly prefix: string } // DNS label: prefix plus five random characters
  | { readonly kind: 'port' } // 20000 to 39999
  | { readonly kind: 'pick'; readonly from: readonly string[] }

/** Who a request is made as, as lesson files write it (`as:`). */
export type CredentialSpec =
  | 'admin'
  | 'anonymous'
  | { readonly user: string; readonly groups?: readonly string[] } // impersonated; give system:authenticated yourself
  | { readonly serviceAccount: string } // "namespace/name", impersonated with its implicit groups
  | { readonly token: string } // literal, usually ((captured.x))
  | { readonly kubeconfig: string } // a file in the workspace
  | { readonly provided: string } // a kubeconfig the lab itself keeps for the attempt (provide[].capture)

/** A sentence for one wrong turn: `when` is CEL over `found` (the kind's observation) and `vars`. */
export type SaySpec = { readonly when: string; readonly text: string }

/** A check as a lesson states it; `with` has been validated by its kind's schema. */
export type CheckSpec = {
  readonly id: string
  readonly title: string
  readonly kind: string
  readonly with: { readonly [key: string]: Json }
  /** edge: done once stays done; level: must hold now, and all level checks together for a pass. */
  readonly mode: 'edge' | 'level'
  /** The expected state in words; kinds supply one when absent. */
  readonly expect?: string
  /** Why it matters, in one or two sentences. */
  readonly why: string
  /** A read-only command that shows the same fact; kinds generate one where they can. */
  readonly reproduce?: string
  /** Milliseconds a control loop may need before "not yet" is final; until then the check is settling. */
  readonly settleMs: number
  /** Milliseconds that a pass must hold before it counts (for negatives that could pass too early). */
  readonly holdMs: number
  /** Throw-away objects (manifests with a nonce in their name) applied for this check and removed after it. */
  readonly given: readonly { readonly [key: string]: Json }[]
  /** First matching sentence replaces `why` in a failed verdict. */
  readonly say: readonly SaySpec[]
  /** Capabilities without which the verdict is "could not check". */
  readonly needs: readonly Capability[]
  /** A check id in the same lesson that must have passed for this one to mean anything (positive companion). */
  readonly after?: string
}

/** One step of attack.yaml: a check whose "passed" means "the attack worked". */
export type AttackStep = {
  readonly id: string
  readonly title: string
  /** attack: works on the seed, fails after the fix. legitimate: works before and after. */
  readonly role: 'attack' | 'legitimate'
  readonly check: CheckSpec
}

export type Task = { readonly id: string; readonly title: string; readonly checks: readonly CheckSpec[] }

export type QuizQuestion = {
  readonly id: string
  readonly question: string
  readonly options: readonly { readonly text: string; readonly correct: boolean; readonly reason: string }[]
}

export type TextFile = { readonly path: string; readonly text: string; readonly mode?: number }

export type WrongCase = {
  readonly name: string
  /** Absolute path of wrong.sh. */
  readonly script: string
  readonly check: string
  /** Words that the failed check's message (expected, found and why together) must contain. */
  readonly contains: readonly string[]
}

export type Lesson = {
  readonly id: string // L05
  readonly slug: string // rbac-least-privilege
  readonly module: ModuleId
  readonly title: string
  readonly summary: string
  readonly layer: Layer
  readonly minutes: number
  readonly prerequisites: readonly string[]
  readonly needs: {
    readonly capabilities: readonly Capability[]
    readonly tools: readonly string[]
    readonly addons: readonly string[]
  }
  readonly kubernetes: string // semver range that it was proved on
  readonly references: {
    readonly cks: readonly string[]
    readonly owasp: readonly string[]
    readonly cis: readonly string[]
    readonly docs: readonly { readonly title: string; readonly url: string }[]
  }
  readonly vars: Readonly<Record<string, VarSpec>>
  readonly nonces: Readonly<Record<string, VarSpec>>
  readonly provide: readonly ProvideSpec[]
  /** What begin writes into the add-on vault: paths below secret/ with their keys, and tokens. Not yet filled in. */
  readonly vault?: VaultContents
  /** What begin pushes into the add-on registry, in this order: a tag that comes again is overwritten. Not yet filled in. */
  readonly registry?: readonly RegistryImage[]
  readonly tasks: readonly Task[]
  readonly hints: readonly string[]
  readonly quiz: readonly QuizQuestion[]
  readonly attack: readonly AttackStep[]
  /** Markdown before, and under, the heading `## Debrief`. Placeholders not yet filled in. */
  readonly text: string
  readonly debrief: string
  /** Manifests of seed/*.yaml in file-name order. */
  readonly seed: readonly TextFile[]
  /** seed/workspace/**: files for the learner's folder. */
  readonly workspaceSeed: readonly TextFile[]
  /** seed/control-plane/*: control-plane files by the name `edit` uses; NAME.patch.yaml is a JSON merge patch on NAME.yaml. */
  readonly controlPlaneSeed: readonly TextFile[]
  /** seed/node/**: files for every node, by their absolute path there. */
  readonly nodeSeed: readonly TextFile[]
  /** Absolute paths on nodes, files or folders, that the lesson or the learner makes; put back when it ends. */
  readonly nodeFiles: readonly string[]
  /** Absolute path of solution.sh, and its text. */
  readonly solution: TextFile
  readonly wrong: readonly WrongCase[]
  /** Other right answers than the solution, which have to pass as well; absolute paths of right.sh. */
  readonly right?: readonly { readonly name: string; readonly script: string }[]
  /** Generic wrong cases of `lessons verify` that cannot apply here, each with its reason. */
  readonly exempt: Readonly<Record<string, string>>
  readonly dir: string
}

/** What a list shows of a lesson. */
export type LessonHead = Pick<Lesson, 'id' | 'slug' | 'module' | 'title' | 'layer' | 'minutes' | 'needs'>

/** Values for ((vars.x)), ((captured.x)), ((nonce.x)), ((lab.x)) and ((image.x)). */
export type Bindings = {
  readonly vars: Readonly<Record<string, string>>
  readonly captured: Readonly<Record<string, string>>
  readonly nonce: Readonly<Record<string, string>>
  /** server, api, workspace, home, backend, kubeconfig; with the add-on vault also vault and vault-http, with registry also registry. */
  readonly lab: Readonly<Record<string, string>>
  /** References of container images as this cluster knows them, by the names of clusters/images.yaml. */
  readonly image: Readonly<Record<string, string>>
}

/** What the learner sees for one check. */
export type Verdict =
  | {
      readonly kind: 'passed'
      readonly found: string
      readonly reproduce?: string
      readonly expected?: string
      readonly why?: string
    }
  | {
      readonly kind: 'failed'
      readonly expected: string
      readonly found: string
      readonly why: string
      readonly reproduce?: string
    }
  | {
      readonly kind: 'unknown'
      readonly reason: string
      readonly reproduce?: string
      /** This cluster lacks what the question needs, and will not get it: shown, and no obstacle to a pass. */
      readonly notHere?: boolean
    }

/** What a check kind reports: facts, before a lesson's own sentences are put to them. */
export type Finding =
  | {
      readonly kind: 'met' | 'unmet'
      readonly expected: string
      readonly found: string
      /** Short form for the attack table: "200 OK", "403 Forbidden", "allowed". */
      readonly summary: string
      /** Structured observation for `say[].when`, bound to `found` in CEL. */
      readonly data: { readonly [key: string]: Json }
      /** A kind's own explanation where it knows better than the lesson's `why`. */
      readonly why?: string
    }
  | {
      readonly kind: 'unknown'
      readonly reason: string
      /** Proven, not guessed: this cluster lacks what the question needs. Never for outages or answers that are late. */
      readonly notHere?: boolean
    }

export type LessonStatus = 'new' | 'started' | 'passed'

export type LessonProgress = {
  readonly status: LessonStatus
  readonly startedAt?: string // ISO 8601
  readonly passedAt?: string
  readonly seconds: number // time spent working on it
  readonly hints: number // tiers shown
  readonly wrongTurns: number // checks that went to "not yet" after having been tried
  readonly solutionSeen: boolean
  readonly edges: readonly string[] // edge checks done
  readonly quiz: Readonly<Record<string, number>> // question id -> option index
}

export type Progress = {
  readonly version: 1
  readonly lessons: Readonly<Record<string, LessonProgress>>
  readonly last?: string
}

/** One run at one lesson: kept until the lesson is reset or left. Holds credentials: stored 0600. */
export type Attempt = {
  readonly lesson: string // id
  readonly startedAt: string
  readonly vars: Readonly<Record<string, string>>
  readonly captured: Readonly<Record<string, string>>
  /** Values of ((image.x)) in the cluster that the seed went into. */
  readonly images: Readonly<Record<string, string>>
  /** Outcome of the attack on the seed, step id -> summary, for the "before" column. */
  readonly before: Readonly<Record<string, string>>
}
