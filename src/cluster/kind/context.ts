import type { Clock, Log, Probe, Tools } from '../../core/ports.ts'
import type { EngineCli } from './engine-cli.ts'
import type { KindCli } from './kind-cli.ts'
import type { Layout } from './layout.ts'

/** What every part of the kind backend works with. */
export type Context = {
  readonly layout: Layout
  /** kind's name of the cluster, and that of its only node. */
  readonly name: string
  readonly node: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly tools: Pick<Tools, 'ensure'>
  readonly clock: Clock
  readonly log?: Log | undefined
  readonly nodeImage?: string | undefined
  readonly engine: () => Promise<EngineCli>
  /** A Probe over what is there now; throws UserError when the cluster is not up. */
  readonly probe: () => Promise<Probe>
}

export type Making = Context & { readonly kind: KindCli; readonly cli: EngineCli }
