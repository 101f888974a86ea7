/** The matrix of a `reachable` check: who connects to whom at which port, and what should come of it. */
import { text, z } from '../fields.ts'
import type { Protocol } from './policy.ts'

const labels = z.record(text, z.string())

/** `53/UDP` under the name that a policy may use for it. */
const namedPorts = z.record(text, z.string().regex(/^\d+\/(TCP|UDP|SCTP)$/, 'expected port/protocol, like 53/UDP'))

const live = z.strictObject({ namespace: text, selector: text })
const madeUp = z.strictObject({
  namespace: text,
  labels,
  'namespace-labels': labels.optional(),
  ports: namedPorts.optional(),
  ip: text.optional(),
})
const outside = z.strictObject({ ip: text })

const endpoint = z.union([live, madeUp, outside], {
  error: 'expected {namespace, selector}, {namespace, labels} or {ip}',
})
/** Pods that exist, a Pod as somebody might make it, or an address outside the cluster. */
export type Endpoint = z.infer<typeof endpoint>

const ends = z.union([text, endpoint, z.array(z.union([text, endpoint])).min(1)], {
  error: 'expected the name of an endpoint, an endpoint, or a list of them',
})
const portNumber = z.int().min(1).max(65535)

const row = z.strictObject({
  title: text.optional(),
  from: ends,
  to: ends,
  port: z.union([portNumber, z.array(portNumber).min(1)], { error: 'expected a port, or a list of them' }),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).optional(),
  open: z.boolean(),
})

export const matrixFields = {
  endpoints: z.record(text, endpoint).optional(),
  matrix: z.array(row).min(1),
}
export type Matrix = {
  readonly endpoints?: Readonly<Record<string, Endpoint>>
  readonly matrix: readonly z.infer<typeof row>[]
}

/** An endpoint with the name that sentences call it by. */
export type NamedEndpoint = { readonly name: string; readonly endpoint: Endpoint }

/** One question of the matrix, lists taken apart. */
export type Pair = {
  readonly title: string
  readonly from: NamedEndpoint
  readonly to: NamedEndpoint
  readonly port: number
  readonly protocol: Protocol
  readonly open: boolean
}

const isLive = (end: Endpoint): end is z.infer<typeof live> => 'selector' in end
export const isOutside = (end: Endpoint): end is z.infer<typeof outside> => !('namespace' in end)
export const isMadeUp = (end: Endpoint): end is z.infer<typeof madeUp> => !isLive(end) && !isOutside(end)

/** "Pods in shop with app=web", "a Pod in demo with app=api", "169.254.169.254". */
export const describeEndpoint = (end: Endpoint): string => {
  if (isLive(end)) return `Pods in ${end.namespace} with ${end.selector}`
  if (isOutside(end)) return end.ip
  const set = Object.entries(end.labels).map(([key, value]) => `${key}=${value}`)
  return `a Pod in ${end.namespace} ${set.length === 0 ? 'without labels' : `with ${set.join(',')}`}`
}

/** Names that no endpoint has. */
export const unknownNames = ({ endpoints, matrix }: Matrix): readonly string[] => {
  const used = matrix.flatMap(({ from, to }) => [from, to].flat()).filter((each) => typeof each === 'string')
  return [...new Set(used)].filter((name) => !Object.hasOwn(endpoints ?? {}, name))
}

/** Every pair of the matrix. */
export const pairsOf = ({ endpoints, matrix }: Matrix): readonly Pair[] => {
  const named = (end: string | Endpoint): NamedEndpoint => {
    const found = typeof end === 'string' ? endpoints?.[end] : end
    if (found === undefined) throw new Error(`no endpoint ${String(end)}`)
    return { name: typeof end === 'string' ? end : describeEndpoint(end), endpoint: found }
  }
  return matrix.flatMap(({ title, from, to, port, protocol = 'TCP', open }) =>
    [from].flat().flatMap((one) =>
      [to].flat().flatMap((other) =>
        [port].flat().map((number): Pair => {
          const [source, target] = [named(one), named(other)]
          const wire = protocol === 'TCP' ? `${number}` : `${number}/${protocol}`
          const itself = title ?? `${source.name} → ${target.name}:${wire}`
          return { title: itself, from: source, to: target, port: number, protocol, open }
        }),
      ),
    ),
  )
}
