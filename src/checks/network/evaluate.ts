/**
 * Whether NetworkPolicies let a connection pass: egress of its source AND ingress of its destination. Policies only
 * ever add: a Pod that no policy selects for a direction is open there, and one that is selected is closed but for
 * what some rule of some policy allows.
 */
import { inBlock } from './address.ts'
import {
  type Connection,
  type Direction,
  directionsOf,
  type End,
  type NetworkPolicy,
  type PolicyPeer,
  type PolicyPort,
  type PolicyRule,
} from './policy.ts'
import { selects } from './selector.ts'

/** What the policies of one end say about a connection. */
export type Side = {
  readonly direction: Direction
  readonly allowed: boolean
  /** Policies that select this end for this direction; none means that everything passes. */
  readonly selecting: readonly NetworkPolicy[]
  /** The first rule that lets it pass. `peer` is missing when the rule names nobody, which means everybody. */
  readonly by?: {
    readonly policy: NetworkPolicy
    /** Counted from 1, as people do. */
    readonly rule: number
    readonly item?: number
    readonly peer?: PolicyPeer
  }
}

export type Ruling =
  | { readonly kind: 'open' | 'closed'; readonly sides: readonly Side[] }
  /** A Pod reaches itself, whatever policies say. */
  | { readonly kind: 'open'; readonly sides: readonly []; readonly itself: true }
  /** The specification leaves this to the network plugin. */
  | { readonly kind: 'undefined'; readonly hostNetwork: 'source' | 'destination' }

const isPeer = (peer: PolicyPeer, end: End, home: string): boolean => {
  if (peer.ipBlock) {
    const { cidr, except } = peer.ipBlock
    return inBlock(end.address, cidr) && !(except ?? []).some((hole) => inBlock(end.address, hole))
  }
  if (end.kind === 'address') return false
  const { podSelector, namespaceSelector } = peer
  if (!podSelector && !namespaceSelector) return false
  // Keys inside one item must all hold. Without a namespaceSelector, only the policy's own namespace is meant.
  const place = namespaceSelector ? selects(namespaceSelector, end.namespaceLabels) : end.namespace === home
  return place && (!podSelector || selects(podSelector, end.labels))
}

const isPort = ({ port, endPort, protocol }: PolicyPort, connection: Connection): boolean => {
  if ((protocol ?? 'TCP') !== connection.protocol) return false
  if (port === undefined || port === null) return true
  if (typeof port === 'number') return port <= connection.port && connection.port <= (endPort ?? port)
  // A name is looked up in the Pod that is connected to; an address outside has no names.
  return (
    connection.to.kind === 'pod' &&
    connection.to.ports.some(
      (each) => each.name === port && each.port === connection.port && each.protocol === connection.protocol,
    )
  )
}

const allowing = (
  rules: readonly PolicyRule[],
  side: { readonly direction: Direction; readonly other: End; readonly home: string },
  connection: Connection,
): { readonly rule: number; readonly item?: number; readonly peer?: PolicyPeer } | undefined => {
  for (const [index, rule] of rules.entries()) {
    const ports = rule.ports ?? []
    if (ports.length > 0 && !ports.some((port) => isPort(port, connection))) continue
    const peers = (side.direction === 'ingress' ? rule.from : rule.to) ?? []
    if (peers.length === 0) return { rule: index + 1 }
    const item = peers.findIndex((peer) => isPeer(peer, side.other, side.home))
    if (item >= 0) return { rule: index + 1, item: item + 1, peer: peers[item] }
  }
  return undefined
}

const sideOf = (policies: readonly NetworkPolicy[], direction: Direction, connection: Connection): Side | undefined => {
  const [own, other] = direction === 'egress' ? [connection.from, connection.to] : [connection.to, connection.from]
  // Nobody's policies speak for an address outside.
  if (own.kind === 'address') return undefined
  const selecting = policies.filter(
    (policy) =>
      policy.metadata.namespace === own.namespace &&
      selects(policy.spec.podSelector ?? {}, own.labels) &&
      directionsOf(policy).includes(direction),
  )
  if (selecting.length === 0) return { direction, allowed: true, selecting }
  for (const policy of selecting) {
    const rules = policy.spec[direction] ?? []
    const by = allowing(rules, { direction, other, home: own.namespace }, connection)
    if (by) return { direction, allowed: true, selecting, by: { policy, ...by } }
  }
  return { direction, allowed: false, selecting }
}

const isItself = ({ from, to }: Connection): boolean =>
  from.kind === 'pod' &&
  to.kind === 'pod' &&
  from.name !== undefined &&
  from.name === to.name &&
  from.namespace === to.namespace

/** What all policies of the cluster together say about one connection, and which of them says it. */
export const evaluate = (policies: readonly NetworkPolicy[], connection: Connection): Ruling => {
  const { from, to } = connection
  if (isItself(connection)) return { kind: 'open', sides: [], itself: true }
  if (from.kind === 'pod' && from.hostNetwork) return { kind: 'undefined', hostNetwork: 'source' }
  if (to.kind === 'pod' && to.hostNetwork) return { kind: 'undefined', hostNetwork: 'destination' }
  const sides = (['egress', 'ingress'] as const).flatMap((each) => sideOf(policies, each, connection) ?? [])
  return { kind: sides.every(({ allowed }) => allowed) ? 'open' : 'closed', sides }
}
