import type { Clock, Cluster, Report, Tools } from '../core/ports.ts'
import type { AddOn, Certify, Release } from './add-on.ts'

/** What a backend does with an add-on. None of these waits for the component itself to be ready. */
export type Runner = {
  /** Which release `install` brings. */
  readonly offered: (addOn: AddOn, signal?: AbortSignal) => Promise<Release>
  /** Puts its objects and its processes in place, or back in place. */
  readonly install: (addOn: AddOn, work: Work) => Promise<void>
  /** Which release is there, whether it runs or not; undefined when none is. */
  readonly installed: (addOn: AddOn, signal?: AbortSignal) => Promise<Release | undefined>
  /** Why it does not run, in its own words; undefined while it runs, or comes up. */
  readonly trouble: (addOn: AddOn, signal?: AbortSignal) => Promise<string | undefined>
  readonly ports: (addOn: AddOn) => Promise<Readonly<Record<string, number>>>
  readonly stop: (addOn: AddOn, signal?: AbortSignal) => Promise<void>
  readonly restart: (addOn: AddOn, signal?: AbortSignal) => Promise<void>
}

export type Work = { readonly report: Report; readonly signal?: AbortSignal }

export type RunnerOptions = {
  readonly cluster: Cluster
  readonly tools: Pick<Tools, 'ensure'>
  readonly clock: Clock
  readonly certify: Certify
  /** LabPaths.cache. */
  readonly cache: string
  readonly env: Readonly<Record<string, string | undefined>>
}
