import { basename } from 'node:path'
import { parseDocument } from 'yaml'
import type { ComponentName } from '../core/ports.ts'

/** What the lab takes from a static Pod manifest. */
export type PodSpec = {
  /** The program's name, then its arguments. */
  readonly argv: readonly string[]
  readonly startup?: HttpProbe
  readonly liveness?: HttpProbe
}

export type HttpProbe = {
  readonly host: string
  readonly port: number
  readonly path: string
  readonly scheme: 'HTTP' | 'HTTPS'
  readonly periodSeconds: number
  readonly timeoutSeconds: number
  readonly failureThreshold: number
}

export type ParsedPod =
  | { readonly kind: 'pod'; readonly spec: PodSpec }
  | { readonly kind: 'rejected'; readonly error: string }

/** Reads a manifest. `rejected` carries one sentence for whoever edited it. */
export const parseStaticPod = (text: string, component: ComponentName): ParsedPod => {
  const rejected = (error: string): ParsedPod => ({ kind: 'rejected', error })
  if (text.trim() === '') return rejected('The manifest is empty.')
  const document = parseDocument(text)
  const problem = document.errors[0]
  if (problem) return rejected(`The manifest is not valid YAML: ${problem.message.split('\n')[0]?.replace(/:$/, '')}.`)
  let pod: unknown
  try {
    pod = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return rejected(`The manifest is not valid YAML: ${(error as Error).message}.`)
  }
  if (field(pod, 'kind') !== 'Pod' || field(pod, 'apiVersion') !== 'v1') {
    return rejected('The manifest is not a Pod: it needs "apiVersion: v1" and "kind: Pod".')
  }
  const container = (field(field(pod, 'spec'), 'containers') as readonly unknown[] | undefined)?.[0]
  const words = [field(container, 'command') ?? [], field(container, 'args') ?? []]
  if (!words.every(Array.isArray)) return rejected('command and args of spec.containers[0] must be lists.')
  const argv = (words as readonly unknown[][]).flat()
  const odd = argv.find((word) => typeof word !== 'string')
  if (odd !== undefined) {
    return rejected(
      `spec.containers[0].command holds something that is no string: ${JSON.stringify(odd)}. Is a blank or a quote missing or too many?`,
    )
  }
  if (basename((argv[0] as string) ?? '') !== component) {
    return rejected(`spec.containers[0].command of this file must start with "${component}".`)
  }
  return {
    kind: 'pod',
    spec: {
      argv: argv as string[],
      startup: probeOf(field(container, 'startupProbe')) ?? probeOf(field(container, 'readinessProbe')),
      liveness: probeOf(field(container, 'livenessProbe')),
    },
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

const probeOf = (value: unknown): HttpProbe | undefined => {
  const get = field(value, 'httpGet')
  const port = field(get, 'port')
  if (typeof port !== 'number') return undefined
  const count = (name: string, otherwise: number) => {
    const given = field(value, name)
    return typeof given === 'number' && given > 0 ? given : otherwise
  }
  return {
    host: typeof field(get, 'host') === 'string' ? (field(get, 'host') as string) : '127.0.0.1',
    port,
    path: typeof field(get, 'path') === 'string' ? (field(get, 'path') as string) : '/',
    scheme: field(get, 'scheme') === 'HTTPS' ? 'HTTPS' : 'HTTP',
    // the kubelet's own defaults
    periodSeconds: count('periodSeconds', 10),
    timeoutSeconds: count('timeoutSeconds', 1),
    failureThreshold: count('failureThreshold', 3),
  }
}
