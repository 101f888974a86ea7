import type { PlatformName } from '../platform.ts'

export type HashAlgorithm = 'sha256' | 'sha512'

/**
 * Where the truth about a download comes from. `compiled-in`: read from what the publisher put out, named in `from`.
 * `publisher`: no such value could be read when this entry was written, so the publisher's own checksum file is
 * fetched over TLS, and recorded at first use. A value is never made up.
 */
export type Checksum =
  | { readonly kind: 'compiled-in'; readonly algorithm: HashAlgorithm; readonly hex: string; readonly from: string }
  | { readonly kind: 'publisher'; readonly algorithm: HashAlgorithm; readonly url: string }

export type Download = {
  readonly version: string
  readonly url: string
  readonly format: 'binary' | 'tar.gz' | 'zip'
  /** Path of the program inside the archive. */
  readonly member?: string
  readonly checksum: Checksum
}

/** A Go module that exists only to build tools: several tools share one, and with it one resolution of dependencies. */
export type ModuleSet = {
  readonly id: string
  /** Oldest Go that can build it, `1.24`. */
  readonly go: string
  /** What its own releases switch on with GOEXPERIMENT, where it does not compile without. */
  readonly experiment?: string
  readonly base:
    | {
        readonly kind: 'requires'
        readonly requires: readonly (readonly [module: string, version: string])[]
        readonly replaces?: readonly string[]
      }
    | {
        /** Start from the module's own go.mod; folders of its repository become published versions. */
        readonly kind: 'own-go-mod'
        readonly module: string
        readonly version: string
        readonly stagingPrefix: string
        readonly stagingVersion: string
      }
  /** Packages that the dependency resolution has to cover. */
  readonly imports: readonly string[]
}

export type BuildRecipe = {
  readonly set: ModuleSet
  readonly package: string
  readonly ldflags: string
}

/** How to ask a program for its version, and which answers are good enough when it comes from PATH. */
export type VersionProbe = {
  readonly args: readonly string[]
  /** Group 1 is the version. Anchored: a vendor's suffix must not match. */
  readonly pattern: RegExp
  /** `own-build`: the program cannot tell its version (no group 1), so only what the lab made itself is used. */
  readonly accept: 'same-minor' | 'within-one-minor' | 'own-build'
}

/**
 * A `neededBy` of what `scripts/kind` puts into a node image. Learners pull a published image, so that `tools install
 * needed` leaves these out; `tools install node-image` gets them all.
 */
export const NODE_IMAGE = 'node image'

/** How a `neededBy` of an add-on begins: fetched with the first lesson that needs it, and no part of `needed` either. */
export const ADD_ON = 'add-on '

export type ToolEntry = {
  readonly name: string
  readonly about: string
  readonly version: string
  readonly probe: VersionProbe
  /** What cannot work without it; empty for tools that no part of this version uses yet. */
  readonly neededBy: readonly string[]
  /** Linked into the learner's PATH. */
  readonly forLearners: boolean
  /** In order of preference; one that another wanted tool downloads anyway goes first. */
  readonly downloads: Partial<Record<PlatformName, readonly Download[]>>
  readonly build: BuildRecipe
}
