/** NetworkPolicy (networking.k8s.io/v1) and what it speaks of, as far as deciding about a connection goes. */

export type Labels = Readonly<Record<string, string>>

export type LabelSelector = {
  readonly matchLabels?: Labels | null
  readonly matchExpressions?:
    | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | null }[]
    | null
}

export type PolicyPeer = {
  readonly podSelector?: LabelSelector | null
  readonly namespaceSelector?: LabelSelector | null
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] | null } | null
}

export type PolicyPort = {
  readonly protocol?: string | null
  readonly port?: number | string | null
  readonly endPort?: number | null
}

export type PolicyRule = {
  readonly from?: readonly PolicyPeer[] | null
  readonly to?: readonly PolicyPeer[] | null
  readonly ports?: readonly PolicyPort[] | null
}

export type NetworkPolicy = {
  readonly metadata: { readonly namespace: string; readonly name: string }
  readonly spec: {
    readonly podSelector?: LabelSelector | null
    readonly policyTypes?: readonly string[] | null
    readonly ingress?: readonly PolicyRule[] | null
    readonly egress?: readonly PolicyRule[] | null
  }
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/** One end of a connection: a Pod, real or made up, or an address outside the cluster. */
export type End =
  | {
      readonly kind: 'pod'
      readonly namespace: string
      readonly namespaceLabels: Labels
      readonly labels: Labels
      readonly address: string
      /** Of a Pod that exists. */
      readonly name?: string
      readonly hostNetwork?: boolean
      readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: Protocol }[]
    }
  | { readonly kind: 'address'; readonly address: string }

export type Connection = { readonly from: End; readonly to: End; readonly port: number; readonly protocol: Protocol }

export type Direction = 'ingress' | 'egress'

/**
 * The directions that a policy isolates. The API server fills the field in at creation by the same rule: a policy
 * always speaks of Ingress unless it says otherwise, and of Egress only if it has an egress rule.
 */
export const directionsOf = ({ spec }: NetworkPolicy): readonly Direction[] => {
  const said = spec.policyTypes ?? []
  const types = said.length > 0 ? said : ['Ingress', ...((spec.egress ?? []).length > 0 ? ['Egress'] : [])]
  return (['ingress', 'egress'] as const).filter((each) => types.some((type) => type.toLowerCase() === each))
}
