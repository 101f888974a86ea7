import type { Clock, HostProcess, Probe } from '../core/ports.ts'
import type { Python } from '../tools/python.ts'
import type { ReleaseFile } from '../tools/release-file.ts'

/** What an add-on's own functions may look at. */
export type AddOnContext = {
  readonly probe: Probe
  readonly clock: Clock
  readonly signal?: AbortSignal
  /** Where its process listens on this machine; empty where it runs in a container. */
  readonly ports: Readonly<Record<string, number>>
}

/** A certificate for a server, and the CA that signed it; PEM. */
export type Certify = (names: {
  readonly dns: readonly string[]
  readonly ips: readonly string[]
}) => Promise<{ readonly ca: string; readonly cert: string; readonly key: string }>

/**
 * What the component answered. `stale`: it runs, but has not noticed a change that it reads only at its start, and is
 * restarted.
 */
export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'stale'; readonly reason: string }

/** Something that somebody put into the component itself. Without `remove`, only starting it anew takes it out. */
export type Extra = { readonly name: string; readonly remove?: () => Promise<void> }

/** What a process of this machine is started with. */
export type HostPlace = {
  /** Absolute paths of its tools. */
  readonly tools: Readonly<Record<string, string>>
  readonly ports: Readonly<Record<string, number>>
  /** Where its `python` packages are. */
  readonly python?: Python
  /** clusters/addons/NAME */
  readonly ownFiles: string
  /** Ports of the add-ons that it `calls`, by their name. */
  readonly others: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** A folder of its own, 0700, that goes with the cluster. */
  readonly folder: string
  /** Holds token, ca.crt and namespace of its ServiceAccount. */
  readonly accountFolder: string
  /** https://127.0.0.1:port */
  readonly server: string
  /** PEM of the CA of that server. */
  readonly ca: string
  /** Of the add-on's `values`. */
  readonly values: Readonly<Record<string, string>>
}

/** A release of the component. */
export type Release = {
  readonly version: string
  /** Its CustomResourceDefinitions: applied first, and waited for. */
  readonly crds: readonly ReleaseFile[]
}

/**
 * One add-on: everything that the lab knows about it, for both backends. The release is the one that its Go modules, or
 * pip, bring: processes of this machine, and images built from them.
 */
export type AddOn = Release & {
  readonly name: string
  readonly title: string
  readonly namespace: string
  /** Secrets of its own that are made once for a cluster and kept in it: ((value.x)) of its manifests. */
  readonly values?: (
    context: Pick<AddOnContext, 'probe' | 'signal'> & { readonly certify: Certify },
  ) => Promise<Readonly<Record<string, string>>>
  /**
   * Where it runs in containers. Its manifests are those of clusters/addons/NAME/ and NAME/kind/, with ((image.x)) for
   * `images`, which clusters/images.yaml names.
   */
  readonly kind: {
    readonly deployment: string
    readonly images: readonly string[]
    /** The release of the public images, where they have one that cannot be built: lessons hold on both. */
    readonly published?: Release
  }
  /**
   * Where it runs as a process of this machine. Its manifests are those of clusters/addons/NAME/ and NAME/embedded/,
   * with ((port.x)) for `ports`. Without it, it runs only in containers: lessons that need it need the capability
   * `nodes`.
   */
  readonly embedded?: {
    /** Names of the catalogue. */
    readonly tools: readonly string[]
    /** A file of clusters/addons/NAME/ that names what pip has to fetch. */
    readonly python?: string
    readonly ports: readonly string[]
    /** What it keeps, a folder in its own: a restart empties it, as if it were that of a new Pod. */
    readonly scratch?: string
    /** Add-ons that it connects to: their ports are kept for them, whether they run or not. */
    readonly calls?: Readonly<Record<string, readonly string[]>>
    /** Writes whatever files it needs into its folder, and says how to start it. */
    readonly process: (place: HostPlace) => Promise<Omit<HostProcess, 'name'>>
    /** A Service without a selector that leads to it, as the API server sees it: port name to port of `ports`. */
    readonly service?: { readonly name: string; readonly ports: Readonly<Record<string, string>> }
  }
  /** Asks the component itself, on both backends. */
  readonly ready: (context: AddOnContext) => Promise<Readiness>
  /** Done each time after it became ready; must be idempotent. */
  readonly configure?: (context: AddOnContext) => Promise<void>
  /** Of one that keeps something itself, beside the cluster's objects: what is in it that a fresh one does not have. */
  readonly extras?: (context: AddOnContext) => Promise<readonly Extra[]>
  /** Of one that keeps it in memory: tells this life of it from the one before. */
  readonly life?: (context: AddOnContext) => Promise<string>
}
