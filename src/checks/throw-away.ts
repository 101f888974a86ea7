/** Objects that the grader makes for the length of one check. */
import { pathIn, resourceOf } from '../core/api/discovery.ts'
import { create, type Manifest, read, refOf, remove } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { BugError } from '../core/errors.ts'
import type { Json } from '../core/model.ts'
import type { ApiReply, Clock, Probe } from '../core/ports.ts'

/** Label of every throw-away object; its value names the process that made it. */
export const THROW_AWAY_LABEL = 'k8s-sec-lab.dev/throw-away'

/** A reserved nonce that a kind can name its own throw-away objects with; the grader supplies it. */
export const THROW_AWAY_NONCE = 'throw-away'

/** Label value of this process. */
export const throwAwayOwner = (): string => `p${process.pid}`

/** The process that made a throw-away object, by its label; undefined when the label is not one of ours. */
export const throwAwayPid = (object: Manifest): number | undefined => {
  const match = /^p(\d+)$/.exec(object.metadata?.labels?.[THROW_AWAY_LABEL] ?? '')
  return match ? Number(match[1]) : undefined
}

/** True for objects that some grader made and will remove. */
export const isThrowAway = (object: Manifest): boolean => object.metadata?.labels?.[THROW_AWAY_LABEL] !== undefined

/** What went wrong while throw-away objects were put in place: the API server's reply to one of them. */
export class ThrowAwayRefused extends Error {
  override readonly name = 'ThrowAwayRefused'
  readonly reply: ApiReply
  readonly manifest: Manifest

  constructor(manifest: Manifest, reply: ApiReply) {
    super(`${manifest.kind} ${manifest.metadata?.name ?? ''}: ${statusMessage(reply)}`)
    this.reply = reply
    this.manifest = manifest
  }
}

type World = { readonly probe: Probe; readonly clock: Clock; readonly signal: AbortSignal }

/**
 * Creates objects in order, runs `body`, and removes them in reverse, whatever happens: also when cancelled.
 * Throws ThrowAwayRefused when one of them is not taken.
 */
export const withThrowAways = async <T>(
  manifests: readonly Manifest[],
  world: World,
  body: () => Promise<T>,
): Promise<T> => {
  const made: Manifest[] = []
  try {
    for (const manifest of manifests) {
      const labelled = withLabel(manifest)
      // Noted before it is asked for: a cancelled request may still have arrived.
      made.push(labelled)
      const reply = await createWhole(labelled, world)
      if (!isOk(reply)) throw new ThrowAwayRefused(labelled, reply)
      if (manifest.kind === 'Namespace' && manifest.metadata?.name) await waitUsable(manifest.metadata.name, world)
    }
    return await body()
  } finally {
    for (const manifest of made.reverse()) await discard(manifest, world.probe)
  }
}

const withLabel = (manifest: Manifest): Manifest => {
  if (!manifest.metadata?.name) throw new BugError(`a throw-away ${manifest.kind} has no name`)
  const labels = { ...manifest.metadata.labels, [THROW_AWAY_LABEL]: throwAwayOwner() }
  return { ...manifest, metadata: { ...manifest.metadata, labels } }
}

/** Ephemeral containers are refused in a new Pod; they come with a request of their own. */
const createWhole = async (manifest: Manifest, world: World): Promise<ApiReply> => {
  const { ephemeralContainers, ...spec } = (manifest.spec ?? {}) as { readonly ephemeralContainers?: Json }
  if (manifest.kind !== 'Pod' || ephemeralContainers === undefined) return createWhenReady(manifest, world)
  const reply = await createWhenReady({ ...manifest, spec }, world)
  if (!isOk(reply)) return reply
  const { probe, signal } = world
  const path = `${pathIn(await resourceOf(probe, manifest, { signal }), refOf(manifest))}/ephemeralcontainers`
  const contentType = 'application/merge-patch+json'
  return probe.api({ method: 'PATCH', path, contentType, body: { spec: { ephemeralContainers } }, signal })
}

/** Pods are refused for a moment until their namespace's ServiceAccount exists, which is nobody's policy. */
const createWhenReady = async (manifest: Manifest, { probe, clock, signal }: World): Promise<ApiReply> => {
  const end = clock.now() + 5000
  for (;;) {
    const reply = await create(probe, manifest, { signal })
    if (reply.status !== 403 || !/serviceaccount ".*" not found/.test(statusMessage(reply)) || clock.now() > end)
      return reply
    await clock.sleep(100, signal)
  }
}

/** A controller gives each new namespace its `default` ServiceAccount; admission of pods needs it. */
const waitUsable = async (namespace: string, { probe, clock, signal }: World): Promise<void> => {
  const end = clock.now() + 5000
  while (clock.now() < end) {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' }
    if (await read(probe, account, { signal })) return
    await clock.sleep(50, signal)
  }
}

/** Removal does not listen to the check's own cancellation; what cannot be removed now is swept later. */
const discard = async (manifest: Manifest, probe: Probe): Promise<void> => {
  try {
    await remove(probe, refOf(manifest), { timeoutMs: 5000, graceSeconds: 0 })
  } catch {
    // The next grading sweeps what is left.
  }
}
