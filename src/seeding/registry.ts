import { get } from 'node:http'
import { apply } from '../core/api/objects.ts'
import { REGISTRY_NAMESPACE } from '../core/api/registry.ts'
import { orThrow } from '../core/api/reply.ts'
import { UserError } from '../core/errors.ts'
import type { Bindings, Json, Lesson } from '../core/model.ts'
import type { Clock, Cluster, Probe } from '../core/ports.ts'
import { fillJson } from '../core/template.ts'
import { makeImage } from '../oci/image.ts'
import { pushImage } from '../oci/push.ts'

/** Of the node, in the range of NodePorts; clusters/kind/cluster.yaml leads it out. */
const NODE_PORT = 30_500
/** Of the packet filters of a node, which follow a Service. */
const OPEN_MS = 20_000
const LOOK_MS = 2000

/** Where this machine finds the add-on registry: host:port. Throws UserError where no way leads there. */
export const registryAt = async ({ nodes, processes }: Pick<Cluster, 'nodes' | 'processes'>): Promise<string> => {
  const port = nodes ? await nodes.published(NODE_PORT) : (await processes?.ports('registry', ['http']))?.http
  if (port !== undefined) return `127.0.0.1:${port}`
  throw new UserError({
    what: 'No way leads from this machine to the registry: the cluster is of an earlier version of the lab.',
    next: 'Make it anew: k8s-sec-lab cluster down, then k8s-sec-lab start.',
    exitCode: 3,
  })
}

/**
 * Opens the way to the registry where it runs in a container, and no longer than a lesson needs it: being an object that
 * came after the baseline, this one goes with the lesson, and no port of the node stays open.
 */
const openRegistry = async (probe: Probe, signal?: AbortSignal): Promise<void> => {
  const reply = await apply(
    probe,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'registry-outside', namespace: REGISTRY_NAMESPACE },
      spec: {
        type: 'NodePort',
        selector: { 'app.kubernetes.io/name': 'registry' },
        ports: [{ name: 'http', port: 5000, targetPort: 'http', nodePort: NODE_PORT }],
      },
    },
    { signal },
  )
  orThrow(reply, 'open the way to the registry')
}

/** The status that an address of this machine answers; why there is none, otherwise. */
const statusAt = (at: string, signal?: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    const asked = get(`http://${at}/v2/`, { timeout: LOOK_MS, ...(signal ? { signal } : {}) }, (response) => {
      response.resume()
      resolve(`it answered ${response.statusCode}`)
    })
    asked.once('timeout', () => asked.destroy(new Error('no answer in time')))
    asked.once('error', ({ message }) => resolve(message))
  })

/** Waits until the registry answers at the address that learners are told: what opens the way is done by others. */
const awaitAnswer = async (at: string, clock: Clock, signal?: AbortSignal): Promise<void> => {
  const end = clock.now() + OPEN_MS
  for (;;) {
    const answer = await statusAt(at, signal)
    signal?.throwIfAborted()
    if (answer === 'it answered 200') return
    if (clock.now() >= end) {
      throw new UserError({
        what: `The registry cannot be reached at ${at}: ${answer}.`,
        next: 'Try again; when it happens again, make the cluster anew with `k8s-sec-lab cluster down`.',
        exitCode: 3,
      })
    }
    await clock.sleep(100, signal)
  }
}

/** Pushes what a lesson keeps in the add-on registry, one image after the other. Answers the captured digests. */
export const seedRegistry = async (options: {
  readonly lesson: Lesson
  readonly bindings: Bindings
  readonly cluster: Pick<Cluster, 'nodes' | 'processes'>
  readonly probe: Probe
  readonly clock: Clock
  readonly signal?: AbortSignal
}): Promise<Readonly<Record<string, string>>> => {
  const { lesson, bindings, cluster, probe, clock, signal } = options
  if (!lesson.needs.addons.includes('registry')) return {}
  if (cluster.nodes) await openRegistry(probe, signal)
  await awaitAnswer(await registryAt(cluster), clock, signal)
  const images = fillJson((lesson.registry ?? []) as unknown as Json, bindings) as unknown as Lesson['registry']
  const captured: Record<string, string> = {}
  // In their order: a tag that comes again is overwritten.
  for (const { repository, tags, capture, ...contents } of images ?? []) {
    const digest = await pushImage(probe, { repository, tags, image: await makeImage(contents) }, { signal })
    if (capture !== undefined) captured[capture] = digest
  }
  return captured
}
