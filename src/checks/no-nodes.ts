import type { Finding } from '../core/model.ts'
import { unknown } from './findings.ts'

/** What a check that needs nodes answers where there are none. */
export const NO_NODES: Finding = {
  ...unknown('this needs real nodes, which this cluster does not have'),
  notHere: true,
}

/** What it answers where there could be nodes and none is registered. */
export const NOT_ONE_NODE = unknown('this cluster has no node at present')
