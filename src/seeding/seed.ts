import { apply, describeRef, type Manifest, refOf, waitNamespaceReady } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { UserError } from '../core/errors.ts'
import type { Bindings, Lesson } from '../core/model.ts'
import type { Clock, Cluster, Probe } from '../core/ports.ts'
import { fill, placeholders } from '../core/template.ts'
import { parseYamlAll } from '../lessons/yaml.ts'
import { writeControlPlane } from './control-plane.ts'
import { controlPlaneSeed } from './control-plane-seed.ts'
import { replaceNamespace } from './namespaces.ts'
import { seedNodes } from './node-files.ts'
import { patientProbe } from './patient-probe.ts'

/** The label that every object of a lesson carries; its value is the lesson's id. */
export const LESSON_LABEL = 'k8s-sec-lab.dev/lesson'

const NAMESPACE_MS = 30_000
/** A namespace gets its account within a second; one that waits longer waits for controllers that look elsewhere. */
const PATIENCE_MS = 4000
/** Kinds and namespaces may need a moment to be served; a webhook or policy may need one to be ready. */
const APPLY_MS = 15_000
const POLICY_DENIED = /ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request/

/** The manifests of a lesson with placeholders filled in and the lab's label on them, in the order of the files. */
export const seedManifests = (lesson: Lesson, bindings: Bindings): readonly Manifest[] =>
  lesson.seed.flatMap((file) =>
    parseYamlAll(fill(file.text, bindings)).flatMap((document) => {
      const [mistake] = document.mistakes
      if (mistake) {
        throw new UserError({
          what: `seed/${file.path} of lesson ${lesson.id}: ${mistake.message}`,
          next: 'See all mistakes of the lesson with `k8s-sec-lab lessons lint`.',
        })
      }
      if (document.value === undefined) return []
      const manifest = document.value as Manifest
      const labels = { ...manifest.metadata?.labels, [LESSON_LABEL]: lesson.id }
      return [{ ...manifest, metadata: { ...manifest.metadata, labels } }]
    }),
  )

/** Names of the namespaces that a lesson's seed makes, as far as they are the same in each attempt. */
export const seedNamespaces = (lesson: Lesson): readonly string[] =>
  lesson.seed
    .flatMap((file) => parseYamlAll(file.text))
    .map(({ value }) => value as Manifest | undefined)
    .flatMap((manifest) => (manifest?.kind === 'Namespace' ? (manifest.metadata?.name ?? []) : []))
    .filter((name) => placeholders(name).length === 0)

type Place = { readonly cluster: Cluster; readonly clock: Clock; readonly signal?: AbortSignal }
type Options = { readonly probe: Probe; readonly clock: Clock; readonly signal?: AbortSignal }

const applyOne = async (manifest: Manifest, { probe, clock, signal }: Options): Promise<void> => {
  const end = clock.now() + APPLY_MS
  for (;;) {
    let words: string
    let final = false
    try {
      const reply = await apply(probe, manifest, { signal })
      if (isOk(reply)) return
      words = statusMessage(reply)
      // 422: the API server understood it and says no; waiting changes nothing. A policy says 422 as well, and one that
      // was deleted just now goes on for a moment.
      final = (reply.status === 422 && !POLICY_DENIED.test(words)) || reply.status === 400
    } catch (error) {
      // The kind is not served (yet): its CustomResourceDefinition may be one manifest earlier.
      if (!(error instanceof UserError)) throw error
      words = error.message
    }
    if (final || clock.now() >= end) {
      throw new UserError({
        what: `Could not put ${describeRef(refOf(manifest))} into the cluster: ${words}`,
        next: 'Try again; when it happens again, make the cluster anew with `k8s-sec-lab cluster down`.',
        exitCode: 3,
      })
    }
    await clock.sleep(200, signal)
  }
}

const isNamespace = (manifest: Manifest): boolean => manifest.kind === 'Namespace' && manifest.apiVersion === 'v1'

/**
 * Waits until a namespace can take Pods. Controllers that lost the API server some times in a row look again only after
 * half a minute (back-off of client-go's reflectors, v0.34); started anew, they look at once.
 */
const awaitNamespace = async (name: string, { cluster, clock, signal }: Place): Promise<void> => {
  const probe = await cluster.probe()
  if (await waitNamespaceReady(probe, name, { clock, signal, deadlineMs: PATIENCE_MS })) return
  await cluster.restart('kube-controller-manager', { signal })
  if (await waitNamespaceReady(probe, name, { clock, signal, deadlineMs: NAMESPACE_MS })) return
  throw new UserError({
    what: `Namespace ${name} did not get its default ServiceAccount.`,
    next: 'See kube-controller-manager in `k8s-sec-lab cluster status`.',
    exitCode: 3,
  })
}

/** Applies manifests: namespaces first, the rest in order once their namespaces can take Pods. */
export const applyManifests = async (manifests: readonly Manifest[], place: Place): Promise<void> => {
  const options = { ...place, probe: patientProbe(await place.cluster.probe(), place) }
  const namespaces = manifests.filter(isNamespace)
  for (const manifest of namespaces) {
    await replaceNamespace(manifest, options)
    await applyOne(manifest, options)
  }
  for (const { metadata } of namespaces) await awaitNamespace(metadata?.name ?? '', place)
  for (const manifest of manifests) if (!isNamespace(manifest)) await applyOne(manifest, options)
}

/** Puts a lesson's seed into the cluster: files on nodes, control-plane files that may name them, then manifests. */
export const seedCluster = async (options: {
  readonly lesson: Lesson
  readonly bindings: Bindings
  readonly cluster: Cluster
  readonly clock: Clock
  readonly signal?: AbortSignal
}): Promise<void> => {
  const { lesson, bindings, cluster, clock, signal } = options
  await seedNodes(cluster, lesson, { bindings, signal })
  await writeControlPlane({ cluster, files: await controlPlaneSeed(lesson, bindings, cluster), signal })
  await applyManifests(seedManifests(lesson, bindings), { cluster, clock, signal })
}
