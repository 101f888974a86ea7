/** What the core and the checks may ask of the world. Adapters implement these; tests may fake these and nothing else. */
import type { HostProcesses } from './add-on-ports.ts'
import type { Attempt, Backend, Capability, Lesson, Progress } from './model.ts'
import type { Scripts } from './script-ports.ts'

export type { AddOnStatus, AddOns, HostProcess, HostProcesses, HostProcessStatus } from './add-on-ports.ts'
export type { ScriptRun, Scripts } from './script-ports.ts'

/** A credential that is ready to use. Certificates and keys are PEM. */
export type Credential =
  | { readonly kind: 'admin' }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'impersonate'; readonly user: string; readonly groups: readonly string[] }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'certificate'; readonly cert: string; readonly key: string }

export type ApiRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with query, e.g. `/api/v1/namespaces/shop/pods?limit=1`. */
  readonly path: string
  readonly as?: Credential // default admin
  readonly body?: unknown // a string or bytes are sent as they are, anything else as JSON
  readonly contentType?: string // default application/json; patches name theirs
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number // default 10 s
  readonly signal?: AbortSignal
}

export type ApiReply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>> // lower-case names
  /** `Warning: 299 - "text"` headers, the texts alone. */
  readonly warnings: readonly string[]
  readonly text: string
  /** The body as JSON, or undefined when it is none. */
  readonly json: unknown
}

export type ComponentName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubelet'

export type ComponentStatus = {
  readonly name: ComponentName
  /** backoff: it exited and is restarted later; stale: it runs, but its manifest was rejected. */
  readonly state: 'absent' | 'starting' | 'running' | 'backoff' | 'stale'
  readonly pid?: number
  readonly since?: string // ISO 8601
  readonly restarts: number
  /** The component's own last words when it is not running, or why its manifest was rejected. */
  readonly lastError?: string
}

/** Read access, and requests as anybody. All methods throw UnreachableError when nothing answers. */
export interface Probe {
  /** https://127.0.0.1:port */
  readonly server: string
  /** PEM of the CA that signs the API server's certificate. */
  readonly ca: string
  api(request: ApiRequest): Promise<ApiReply>
  /** Raw key-value pairs under a prefix, from etcd itself. */
  etcd(
    prefix: string,
    options?: { signal?: AbortSignal; limit?: number },
  ): Promise<readonly { key: string; value: Uint8Array }[]>
  /** A control-plane file by the name `edit` uses. */
  controlPlaneFile(name: string): Promise<{ readonly text: string; readonly mode: number } | undefined>
  component(name: ComponentName): Promise<ComponentStatus>
  /** Only where there are real nodes and containers (capability `nodes`). */
  readonly nodes?: NodeProbe
  /**
   * Calls `listener` for each change under a collection path (`/api/v1/namespaces/shop/pods`) until `signal` aborts.
   * Only a hint: it reconnects by itself with back-off, may miss events, and reports its health through `onHealth`.
   */
  watch(
    path: string,
    listener: (change: WatchChange) => void,
    options: { signal: AbortSignal; onHealth?: (alive: boolean) => void },
  ): void
}

/** How a command ended. `code` is its exit code; 124 when it was stopped because its time was up. */
export type ExecResult = { readonly code: number; readonly stdout: string; readonly stderr: string }

/**
 * What a check may look at on nodes and in containers. Both methods answer the command's own result, whatever its exit
 * code; they throw UserError with the reason when it could not be run at all (no such node, no such Pod, a container
 * that is not running, a program that is not there).
 */
export interface NodeProbe {
  /** Nodes with the address at which other machines of the cluster's network see them. */
  list(): Promise<readonly { readonly name: string; readonly address: string }[]>
  /** On the node itself, as root. */
  exec(
    node: string,
    argv: readonly string[],
    options?: { readonly stdin?: string; readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<ExecResult>
  /** In a container, as `kubectl exec` does it: through API server and kubelet, as admin. */
  execInPod(
    target: { readonly namespace: string; readonly pod: string; readonly container?: string },
    argv: readonly string[],
    options?: { readonly stdin?: string; readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<ExecResult>
}

export type WatchChange = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
}

/** One line of long work, for every skin. `id` stays the same while the step goes on. */
export type StepReport = {
  readonly id: string
  readonly title: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped'
  readonly detail?: string // "from cache", "building from Go modules"
  readonly done?: number
  readonly total?: number
  readonly unit?: 'packages' | 'bytes'
  readonly line?: string // last line of the tool's own output
}
export type Report = (step: StepReport) => void

export type ClusterStatus = {
  readonly backend: Backend
  readonly state: 'absent' | 'starting' | 'ready' | 'broken'
  readonly version?: string // v1.34.3
  readonly kubeconfig?: string
  readonly since?: string // ISO 8601
  readonly components: readonly ComponentStatus[]
  readonly reason?: string // why it is broken, and what to do
  /** What the machine below gives beyond what the backend always has. Told by `up`. */
  readonly extra?: readonly Capability[]
}

export type ControlPlaneFile = {
  readonly name: string // kube-apiserver.yaml
  readonly path: string // where it lies (on the node, for kind)
  readonly about: string
  readonly takesEffect: 'restart' | 'reload'
  readonly component: ComponentName
}

/** What became of a file that was written: applied with the component ready again, or refused with its own words. */
export type FileOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'applied'; readonly seconds: number }
  | { readonly kind: 'reloading'; readonly note: string } // hot-reloaded some time within a minute
  | { readonly kind: 'rejected'; readonly error: string } // e.g. no YAML: the running component keeps its old manifest
  | { readonly kind: 'crashing'; readonly error: string } // accepted, but the component exits

type Cancel = { readonly signal?: AbortSignal }

/** A cluster of one backend in one home. Every method may be called from several processes. */
export interface Cluster {
  readonly backend: Backend
  capabilities(): readonly Capability[]
  /** Brings it up or repairs it; idempotent. Reports steps. Undoes what it made when cancelled. */
  up(options: Cancel & { report: Report }): Promise<ClusterStatus>
  /** Removes every process, container, volume, network and file it made. */
  down(options: Cancel & { report: Report }): Promise<void>
  status(): Promise<ClusterStatus>
  /** Throws UserError when the cluster is not up. */
  probe(): Promise<Probe>
  files(): readonly ControlPlaneFile[]
  readFile(name: string): Promise<string>
  writeFile(name: string, text: string, options?: Cancel): Promise<FileOutcome>
  /** Stops a component and waits until its replacement is ready. */
  restart(component: ComponentName, options?: Cancel): Promise<FileOutcome>
  /** KUBECONFIG and what else a shell of the learner needs from the cluster. */
  environment(): Readonly<Record<string, string>>
  /** References of container images that work in this cluster, by the names of clusters/images.yaml. */
  images(): Promise<Readonly<Record<string, string>>>
  /** Backends with nodes (capability `nodes`) also have these. */
  readonly nodes?: NodeAccess
  /** Backends without containers have these instead. */
  readonly processes?: HostProcesses
}

/** What only a backend with real nodes and containers can do. */
export interface NodeAccess {
  list(): Promise<readonly string[]>
  exec(node: string, argv: readonly string[], options?: Cancel & { stdin?: string }): Promise<ExecResult>
  /**
   * The command line on this machine that runs `argv` on the node, for a person: it takes over standard input, output
   * and error, and with `tty` the terminal. Empty `argv`: the node's shell.
   */
  foreground(node: string, argv: readonly string[], options: { readonly tty: boolean }): Promise<readonly string[]>
  /** Throws UserError when there is no such file. */
  readFile(node: string, path: string): Promise<string>
  /** Whole or not at all, folders included; mode 0600 unless told. */
  writeFile(node: string, path: string, text: string, options?: Cancel & { readonly mode?: number }): Promise<void>
  /** The port on 127.0.0.1 that leads to a port of the node; undefined for one that does not lead out. */
  published(port: number): Promise<number | undefined>
  loadImages(images: readonly string[], options?: Cancel & { report: Report }): Promise<void>
  /**
   * References of images by their names in clusters/images.yaml: of those made for machines without a registry when the
   * engine has them, which are loaded then; else what a registry gives.
   */
  provideImages(names: readonly string[], options?: Cancel): Promise<Readonly<Record<string, string>>>
}

export type ToolStatus = {
  readonly name: string
  readonly version: string // wanted
  readonly found?: {
    readonly path: string
    readonly version: string
    readonly source: 'cache' | 'path' | 'download' | 'build'
  }
  /** How it could be had here when not found: in order of preference. */
  readonly ways: readonly ('download' | 'build')[]
  /** Why it cannot be had on this platform, and what to do. */
  readonly unavailable?: string
  /** Where the checksum of the download comes from. */
  readonly checksum?: 'compiled-in' | 'publisher' | 'recorded'
  readonly neededBy: readonly string[]
}

export interface Tools {
  /** The catalogue with what is found where; starts nothing, fetches nothing. */
  list(): Promise<readonly ToolStatus[]>
  /** Makes the named tools available (cache, PATH, download, build) and answers their absolute paths. */
  ensure(names: readonly string[], options: Cancel & { report: Report }): Promise<Readonly<Record<string, string>>>
  /** Folder with links to the lab's tools, for PATH. */
  readonly binDir: string
}

/** The learner's folder for one lesson. Paths are relative to it and never lead outside. */
export interface Workspace {
  readonly root: string
  read(path: string): Promise<Uint8Array | undefined>
  stat(path: string): Promise<{ readonly size: number; readonly mode: number } | undefined>
  /** All files, sorted, without following links out of the folder. */
  list(): Promise<readonly string[]>
  write(path: string, content: string | Uint8Array, mode?: number): Promise<void>
  /** Calls back with the changed path (best effort, debounced). */
  watch(listener: (path: string) => void, signal: AbortSignal): void
}

export interface LessonSource {
  /** Lessons in course order; malformed ones are reported by lint, and left out here. */
  all(): Promise<readonly Lesson[]>
  /** By id (L05, case-insensitive), slug or module/slug; throws UserError naming near matches. */
  find(name: string): Promise<Lesson>
}

export interface ProgressStore {
  load(): Promise<{ readonly progress: Progress; readonly warning?: string }>
  save(progress: Progress): Promise<void>
  attempt(): Promise<Attempt | undefined>
  saveAttempt(attempt: Attempt | undefined): Promise<void>
}

export interface Clock {
  now(): number // milliseconds since the epoch
  /** Resolves after `ms`, rejects with AbortError. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface Log {
  /** One machine-readable line; shown with --debug, kept in the lab's log file. */
  event(name: string, fields?: Readonly<Record<string, unknown>>): void
}

/** What a check kind gets to look at the world with. */
export type CheckContext = {
  readonly probe: Probe
  readonly workspace: Workspace
  readonly scripts: Scripts
  /** Resolves `as:` of a lesson file to a credential; throws UserError with the learner-facing reason when it cannot. */
  readonly credential: (spec: import('./model.ts').CredentialSpec) => Promise<Credential>
  readonly bindings: import('./model.ts').Bindings
  readonly clock: Clock
  readonly signal: AbortSignal
}
