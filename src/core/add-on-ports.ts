/** The ports of add-ons: controllers that lessons need besides Kubernetes itself. Part of ports.ts. */
import type { ComponentStatus, Report } from './ports.ts'

type Cancel = { readonly signal?: AbortSignal }

/** A program that stands for a Pod of an add-on where there are no containers. */
export type HostProcess = {
  readonly name: string
  /** Absolute path of the program. */
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Whose token it gets, kept fresh in `accountFolder`. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
  /** It looks for that token only where a container would: then it gets a mount of its own there. */
  readonly inCluster?: boolean
  /** It counts as started once this answers. */
  readonly startup?: { readonly port: number; readonly path: string }
}

/** `absent` with a `lastError`: it was started before, and stopped. */
export type HostProcessStatus = {
  readonly state: ComponentStatus['state']
  readonly pid?: number
  readonly restarts: number
  readonly lastError?: string
}

/** What only a backend without containers can do: programs of this machine, kept by the cluster's own supervisor. */
export interface HostProcesses {
  /** Loopback ports by the names given: free when first asked for, the same ones afterwards. */
  ports(name: string, ports: readonly string[]): Promise<Readonly<Record<string, number>>>
  /** A folder of its own, 0700, that goes with the cluster. */
  folder(name: string): Promise<string>
  /** Where it finds token, ca.crt and namespace of its ServiceAccount. */
  accountFolder(name: string): string
  /** The address that Endpoints give for its ports: the API server reaches them there, and nobody else does. */
  readonly address: string
  /** Starts it, or replaces it when it is another command line. Does not wait for it to be ready. */
  start(process: HostProcess, options?: Cancel): Promise<void>
  /** Stops it and starts it anew, with a fresh token. */
  restart(name: string, options?: Cancel): Promise<void>
  /** Ends it and waits until it is gone; its folder and ports stay. */
  stop(name: string, options?: Cancel): Promise<void>
  status(name: string): Promise<HostProcessStatus>
  /** The last lines it wrote. */
  lastWords(name: string): Promise<string>
}

export type AddOnStatus = {
  readonly name: string
  readonly title: string
  /**
   * absent: not installed; broken: installed, and stopped or failing; stale: it works, and has not noticed a change that
   * it reads only at its start.
   */
  readonly state: 'absent' | 'starting' | 'ready' | 'stale' | 'broken'
  readonly version: string
  /** Why it is not ready, in its own words where it has some. */
  readonly reason?: string
  /** It keeps what lessons write into it in memory: a new start is an empty one. */
  readonly forgets: boolean
}

/** Controllers that lessons need besides Kubernetes itself, on the cluster of this home. */
export interface AddOns {
  /** Names of those that there are. */
  names(): readonly string[]
  /** Installs what is missing, repairs what is broken, and waits until each is ready. Idempotent; reports a step each. */
  ensure(names: readonly string[], options: Cancel & { report: Report }): Promise<void>
  status(name: string, options?: Cancel): Promise<AddOnStatus>
  /** For faults and tests: ends its processes and leaves its objects where they are. */
  stop(name: string, options?: Cancel): Promise<void>
  /** The other way round; waits until it is ready. */
  start(name: string, options?: Cancel): Promise<void>
  /**
   * Ends its processes and starts new ones, as after a change of what they read only once; one that does not answer is
   * put back in place first, whoever stopped it. Waits until ready.
   */
  restart(name: string, options?: Cancel): Promise<void>
  /** What these keep themselves, beside the cluster's objects, that fresh ones do not have; nothing where one is down. */
  extras(names: readonly string[], options?: Cancel): Promise<readonly string[]>
  /** Takes that out. One that cannot be put right like this is started anew. */
  putBack(names: readonly string[], options?: Cancel): Promise<void>
  /** Of those that keep something in memory: a word by which one life is told from the next. Throws when one is down. */
  lives(names: readonly string[], options?: Cancel): Promise<Readonly<Record<string, string>>>
}
