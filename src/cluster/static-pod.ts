import { basename } from 'node:path'
import { parseDocument } from 'yaml'
import type { ComponentName } from '../core/ports.ts'

/** What the lab takes from a static Pod manifest. */
export type PodSpec = {
  /** The program's name, then its arguments. */
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Folders of this machine by the path at which the container sees them. */
  readonly mounts?: Readonly<Record<string, string>>
  readonly namespace?: string
  readonly serviceAccount?: string
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

/** Reads a manifest, of `component` or of any program. `rejected` carries one sentence for whoever edited it. */
export const parseStaticPod = (text: string, component?: ComponentName): ParsedPod => {
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
  if (component !== undefined && basename((argv[0] as string) ?? '') !== component) {
    return rejected(`spec.containers[0].command of this file must start with "${component}".`)
  }
  return {
    kind: 'pod',
    spec: {
      argv: argv as string[],
      env: envOf(container),
      mounts: mountsOf(pod, container),
      namespace: textOf(field(field(pod, 'metadata'), 'namespace')),
      serviceAccount: textOf(field(field(pod, 'spec'), 'serviceAccountName')),
      startup: probeOf(field(container, 'startupProbe')) ?? probeOf(field(container, 'readinessProbe')),
      liveness: probeOf(field(container, 'livenessProbe')),
    },
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const envOf = (container: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listOf(field(container, 'env')).flatMap((each) => {
      const [name, value] = [textOf(field(each, 'name')), textOf(field(each, 'value'))]
      return name === undefined || value === undefined ? [] : [[name, value]]
    }),
  )

const mountsOf = (pod: unknown, container: unknown): Readonly<Record<string, string>> => {
  const volumes = listOf(field(field(pod, 'spec'), 'volumes'))
  return Object.fromEntries(
    listOf(field(container, 'volumeMounts')).flatMap((mount) => {
      const volume = volumes.find((each) => field(each, 'name') === field(mount, 'name'))
      const [at, path] = [textOf(field(mount, 'mountPath')), textOf(field(field(volume, 'hostPath'), 'path'))]
      return at === undefined || path === undefined ? [] : [[at, path]]
    }),
  )
}

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
