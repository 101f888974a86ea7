/** Wrong answers that are wrong for every lesson, made on the cluster itself. */
import { type ApiResource, pathIn } from '../core/api/discovery.ts'
import { apply, create, type Manifest } from '../core/api/objects.ts'
import { orThrow } from '../core/api/reply.ts'
import type { Clock, Probe } from '../core/ports.ts'
import { compare } from '../seeding/baseline.ts'
import { labValues } from '../seeding/begin.ts'
import { type Found, keyOf, listCluster, normalise } from '../seeding/objects.ts'
import { readRecord } from '../seeding/record.ts'
import { removeAll } from '../seeding/remove-all.ts'
import { applyManifests, LESSON_LABEL, seedManifests } from '../seeding/seed.ts'
import type { Bench } from './bench-lesson.ts'

const manifestsOf = async (bench: Bench): Promise<readonly Manifest[]> => {
  const { vars, captured, images: image } = bench.attempt()
  return seedManifests(bench.lesson, {
    vars,
    captured,
    image,
    nonce: {},
    lab: await labValues(await bench.place(), bench.lesson),
  })
}

/** What is in the cluster beside the baseline: the seed and what was made since. */
const addedSince = async (bench: Bench): Promise<readonly Found[]> => {
  const { cluster, stateDir } = await bench.place()
  const record = await readRecord(stateDir)
  return record ? compare(record, await listCluster(await cluster.probe())).added : []
}

/** Deletes what the seed put into namespaces; with `whole`, the namespaces themselves. */
export const deleteTargets = async (bench: Bench, whole: boolean, clock: Clock): Promise<void> => {
  const probe = await (await bench.place()).cluster.probe()
  const seed = await manifestsOf(bench)
  const key = ({ kind, metadata }: Manifest): string => `${kind} ${metadata?.namespace ?? ''}/${metadata?.name}`
  const namespaces = seed.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata?.name)
  const named = new Set(seed.filter(({ metadata }) => metadata?.namespace !== undefined).map(key))
  const doomed = (await addedSince(bench)).filter(({ object }) =>
    whole
      ? namespaces.includes(object.kind === 'Namespace' ? object.metadata?.name : object.metadata?.namespace)
      : named.has(key(object)),
  )
  await removeAll(doomed, { probe, clock })
}

/** Gives everybody, strangers included, every right: whatever the lesson closes must not pass like this. */
export const allowEverything = async (bench: Bench): Promise<void> => {
  const probe = await (await bench.place()).cluster.probe()
  const groups = ['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts']
  const reply = await apply(probe, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'k8s-sec-lab-everything-allowed', labels: { [LESSON_LABEL]: bench.lesson.id } },
    subjects: groups.map((name) => ({ kind: 'Group', name, apiGroup: 'rbac.authorization.k8s.io' })),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  })
  orThrow(reply, 'allow everything')
}

/** Applies the seed once more on top of itself. */
export const seedAgain = async (bench: Bench, clock: Clock): Promise<void> => {
  const { cluster } = await bench.place()
  await applyManifests(await manifestsOf(bench), { cluster, clock })
}

/** Words of every text in what the checks ask for: a name that stands among them is one that they look for. */
const wordsOfChecks = (bench: Bench): ReadonlySet<string> => {
  const words = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value === 'string') for (const word of value.split(/[^A-Za-z0-9.-]+/)) words.add(word)
    else if (value !== null && typeof value === 'object') for (const each of Object.values(value)) visit(each)
  }
  const { vars } = bench.attempt()
  for (const check of bench.checks) {
    const text = JSON.stringify(check.with).replace(/\(\(vars\.([\w-]+)\)\)/g, (_, name: string) => vars[name] ?? '')
    visit(JSON.parse(text))
  }
  return words
}

/** Objects that belong to others, or whose name is not theirs to choose. */
const NOT_RENAMED = ['Namespace', 'Node', 'Pod', 'CustomResourceDefinition', 'CertificateSigningRequest']

const isOwned = ({ object }: Found): boolean =>
  ((object.metadata?.ownerReferences ?? []) as readonly unknown[]).length > 0

const recreate = async (probe: Probe, resource: ApiResource, object: Manifest, name: string): Promise<void> => {
  const { resourceVersion: _, uid: __, ...metadata } = (object.metadata ?? {}) as Record<string, unknown>
  const copy = { ...normalise(object), metadata: { ...normalise({ ...object, metadata }).metadata, name } } as Manifest
  orThrow(await create(probe, withoutAddress(copy)), `make ${object.kind} ${name}`)
  const { namespace, name: before } = object.metadata ?? {}
  orThrow(
    await probe.api({ method: 'DELETE', path: pathIn(resource, { namespace, name: before }) }),
    `delete ${object.kind} ${before}`,
  )
}

/** A Service's address cannot be had twice. */
const withoutAddress = (manifest: Manifest): Manifest => {
  if (manifest.kind !== 'Service') return manifest
  const { clusterIP: _, clusterIPs: __, ...spec } = (manifest.spec ?? {}) as Record<string, unknown>
  return { ...manifest, spec }
}

/**
 * Gives every object that the checks name another name, in the solved state: the right thing in the wrong place.
 * Answers what was renamed; nothing when the checks name no object.
 */
export const renameTargets = async (bench: Bench): Promise<readonly string[]> => {
  const probe = await (await bench.place()).cluster.probe()
  const words = wordsOfChecks(bench)
  const found = (await addedSince(bench)).filter(
    (each) =>
      words.has(each.object.metadata?.name ?? '') &&
      !NOT_RENAMED.includes(each.resource.kind) &&
      !isOwned(each) &&
      // Made by the controllers in every namespace, and made again at once.
      !['default', 'kube-root-ca.crt'].includes(each.object.metadata?.name ?? ''),
  )
  for (const { resource, object } of found) {
    await recreate(probe, resource, object, `${object.metadata?.name}-other`)
  }
  return found.map(({ resource, object }) => keyOf(resource, object))
}

/** Objects that have nothing to do with the lesson: a learner may have them, and no check may mind. */
export const addUnrelated = async (bench: Bench, clock: Clock): Promise<void> => {
  const { cluster } = await bench.place()
  const name = `bystander-${clock.now().toString(36).slice(-6)}`
  const metadata = { name, namespace: name }
  await applyManifests(
    [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { colour: 'blue' } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata,
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata,
        // Hardened, so that a strict admission of the lesson's own making has no reason to refuse it.
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'main',
              image: 'registry.lab.local/bystander:1.0',
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              resources: { limits: { cpu: '10m', memory: '16Mi' } },
            },
          ],
        },
      },
    ],
    { cluster, clock },
  )
}
