/** A ruling in words: which policy let it pass, or which ones stand in the way. */
import type { Ruling, Side } from './evaluate.ts'
import type { NetworkPolicy, PolicyPeer } from './policy.ts'
import { describeSelector } from './selector.ts'

/** "shop/db". */
export const policyName = ({ metadata }: NetworkPolicy): string => `${metadata.namespace}/${metadata.name}`

const describePeer = ({ podSelector, namespaceSelector, ipBlock }: PolicyPeer, home: string): string => {
  if (ipBlock) {
    const except = (ipBlock.except ?? []).length > 0 ? ` except ${ipBlock.except?.join(', ')}` : ''
    return `addresses in ${ipBlock.cidr}${except}`
  }
  const pods = podSelector ? describeSelector(podSelector) : 'everything'
  const which = pods === 'everything' ? 'every Pod' : `Pods with ${pods}`
  if (!namespaceSelector) return `${which} of ${home}`
  const places = describeSelector(namespaceSelector)
  return `${which} of ${places === 'everything' ? 'every namespace' : `namespaces with ${places}`}`
}

const names = (policies: readonly NetworkPolicy[]): string => policies.map(policyName).join(', ')

/** What one end's policies say, in a clause. */
export const describeSide = (side: Side): string => {
  const { direction, by, selecting } = side
  if (by) {
    const whom = by.peer ? describePeer(by.peer, by.policy.metadata.namespace) : 'everybody'
    const item = by.item === undefined ? '' : `, item ${by.item}`
    return `${direction}: ${policyName(by.policy)} allows it (rule ${by.rule}${item}: ${whom})`
  }
  if (selecting.length === 0) return `${direction}: no policy selects it, so everything passes`
  const verb = selecting.length === 1 ? 'selects it and does not allow' : 'select it and none of them allows'
  return `${direction}: ${names(selecting)} ${verb} this`
}

/** Why a connection is open or closed. Of a closed one, only the ends that close it. */
export const describeRuling = (ruling: Ruling): string => {
  if (ruling.kind === 'undefined') {
    return `the ${ruling.hostNetwork} uses the network of its node (hostNetwork), and what a NetworkPolicy does to such a Pod is left to the network plugin`
  }
  if ('itself' in ruling) return 'a Pod always reaches itself'
  const nobody = ruling.sides.every(({ selecting }) => selecting.length === 0)
  if (nobody && ruling.sides.length > 1) return 'no policy selects either end, so everything passes'
  const telling = ruling.kind === 'closed' ? ruling.sides.filter(({ allowed }) => !allowed) : ruling.sides
  return telling.map(describeSide).join('; ')
}
