import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../../../src/checks/network/evaluate.ts'
import type { End, NetworkPolicy, PolicyPeer, PolicyRule } from '../../../../src/checks/network/policy.ts'

/** A small world: three namespaces, Pods that wear one of three labels, three ports. */
const NAMESPACES = ['a', 'b', 'c']
const APPS = ['x', 'y', 'z']
const PORTS = [1, 2, 3]
const PODS = NAMESPACES.flatMap((namespace) => APPS.map((app) => ({ namespace, app })))
type Tiny = (typeof PODS)[number]

const end = ({ namespace, app }: Tiny): End => ({
  kind: 'pod',
  namespace,
  namespaceLabels: { ns: namespace },
  labels: { app },
  address: '10.0.0.1',
  ports: [],
})

const selectorOf = (key: string, values: readonly string[]) =>
  fc.oneof(
    fc.constant({}),
    fc.constantFrom(...values).map((value) => ({ matchLabels: { [key]: value } })),
    fc.subarray([...values], { minLength: 1 }).map((some) => ({
      matchExpressions: [{ key, operator: 'In', values: some }],
    })),
  )
const anyPeer: fc.Arbitrary<PolicyPeer> = fc.oneof(
  fc.record({ podSelector: selectorOf('app', APPS) }),
  fc.record({ namespaceSelector: selectorOf('ns', NAMESPACES) }),
  fc.record({ podSelector: selectorOf('app', APPS), namespaceSelector: selectorOf('ns', NAMESPACES) }),
)
const ports = fc.array(
  fc.constantFrom(...PORTS).map((port) => ({ port })),
  { maxLength: 2 },
)
const ruleOf = (side: 'from' | 'to'): fc.Arbitrary<PolicyRule> =>
  fc
    .record({ peers: fc.array(anyPeer, { maxLength: 2 }), ports })
    .map((rule) => ({ [side]: rule.peers, ports: rule.ports }))
const anyPolicy: fc.Arbitrary<NetworkPolicy> = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES),
    podSelector: selectorOf('app', APPS),
    policyTypes: fc.subarray(['Ingress', 'Egress']),
    ingress: fc.array(ruleOf('from'), { maxLength: 2 }),
    egress: fc.array(ruleOf('to'), { maxLength: 2 }),
  })
  .map(({ namespace, ...spec }) => ({ metadata: { namespace, name: 'p' }, spec }))

type Picked = {
  readonly matchLabels?: Record<string, string>
  readonly matchExpressions?: readonly { values?: readonly string[] }[]
}
/** The values of the one key that this world knows which a selector leaves. */
const valuesOf = (selector: unknown, all: readonly string[]): ReadonlySet<string> => {
  const { matchLabels, matchExpressions } = selector as Picked
  if (matchLabels) return new Set(Object.values(matchLabels))
  return new Set(matchExpressions ? matchExpressions[0]?.values : all)
}

/**
 * The oracle works the other way round: it writes down every connection that some policy lets through, direction by
 * direction, as a set of sentences, and then looks the question up.
 */
const allowedBy = (policies: readonly NetworkPolicy[], direction: 'ingress' | 'egress'): ReadonlySet<string> => {
  const type = direction === 'ingress' ? 'Ingress' : 'Egress'
  const said = new Set<string>()
  const isolated = new Set<Tiny>()
  for (const { metadata, spec } of policies) {
    const types = spec.policyTypes?.length
      ? spec.policyTypes
      : spec.egress?.length
        ? ['Ingress', 'Egress']
        : ['Ingress']
    if (!types.includes(type)) continue
    const apps = valuesOf(spec.podSelector, APPS)
    for (const own of PODS.filter(({ namespace, app }) => namespace === metadata.namespace && apps.has(app))) {
      isolated.add(own)
      for (const rule of spec[direction] ?? []) {
        const peers = (direction === 'ingress' ? rule.from : rule.to) ?? []
        const others = new Set<Tiny>(peers.length === 0 ? PODS : [])
        for (const { podSelector, namespaceSelector } of peers) {
          const places = namespaceSelector ? valuesOf(namespaceSelector, NAMESPACES) : new Set([metadata.namespace])
          const wearing = valuesOf(podSelector ?? {}, APPS)
          for (const other of PODS) if (places.has(other.namespace) && wearing.has(other.app)) others.add(other)
        }
        for (const port of rule.ports?.length ? rule.ports.map((each) => each.port as number) : PORTS) {
          for (const other of others) said.add(JSON.stringify([own, other, port]))
        }
      }
    }
  }
  for (const own of PODS) {
    if (isolated.has(own)) continue
    for (const other of PODS) for (const port of PORTS) said.add(JSON.stringify([own, other, port]))
  }
  return said
}

describe('the ruling on a connection', () => {
  it('is what the sum of all policies allows, for every pair of Pods and every port', () => {
    fc.assert(
      fc.property(fc.array(anyPolicy, { maxLength: 4 }), (policies) => {
        const out = allowedBy(policies, 'egress')
        const into = allowedBy(policies, 'ingress')
        for (const from of PODS) {
          for (const to of PODS) {
            for (const port of PORTS) {
              const wanted =
                out.has(JSON.stringify([from, to, port])) && into.has(JSON.stringify([to, from, port]))
                  ? 'open'
                  : 'closed'
              const { kind } = evaluate(policies, { from: end(from), to: end(to), port, protocol: 'TCP' })
              if (kind !== wanted) expect({ from, to, port, kind }).toEqual({ from, to, port, kind: wanted })
            }
          }
        }
      }),
      { numRuns: 150 },
    )
  })

  it('never closes because a policy with the same Pods allows more', () => {
    fc.assert(
      fc.property(fc.array(anyPolicy, { minLength: 1, maxLength: 3 }), (policies) => {
        const [first, ...rest] = policies as [NetworkPolicy, ...NetworkPolicy[]]
        const wider = { ...first, spec: { ...first.spec, ingress: [{}], egress: [...(first.spec.egress ?? [])] } }
        for (const from of PODS) {
          for (const to of PODS) {
            const connection = { from: end(from), to: end(to), port: 1, protocol: 'TCP' } as const
            if (evaluate(policies, connection).kind === 'open')
              expect(evaluate([wider, ...rest], connection).kind).toBe('open')
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})
