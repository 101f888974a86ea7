import type { Json } from '../../core/model.ts'
import type { Pair } from './matrix.ts'

/** What was found out about one pair of a matrix. */
export type Answer = {
  readonly pair: Pair
  readonly good: boolean
  /** silent: nothing listens, so that closed says nothing. undefined: left to the plugin. */
  readonly found: 'open' | 'closed' | 'undefined' | 'missing' | 'silent'
  /** Which end closes it: "egress", "ingress", "egress and ingress"; empty when it is not closed. */
  readonly side: string
  readonly because: string
  readonly policies: readonly string[]
  readonly pods: readonly string[]
}

/** An answer as `say` sees it. */
export const answerData = ({ pair, found, side, because, policies }: Answer): Json => ({
  title: pair.title,
  from: pair.from.name,
  to: pair.to.name,
  port: pair.port,
  protocol: pair.protocol,
  expected: pair.open ? 'open' : 'closed',
  found,
  side,
  because,
  policies: [...policies],
})
