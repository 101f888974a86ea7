import { createHash } from 'node:crypto'
import { list } from '../core/api/objects.ts'
import { orThrow } from '../core/api/reply.ts'
import { UserError } from '../core/errors.ts'
import type { Clock, Cluster, Probe } from '../core/ports.ts'
import { keepParameters } from './keep-parameters.ts'
import { type Found, isSame, listCluster, normalise } from './objects.ts'
import { isNode, isOfCluster, ownersOf } from './of-cluster.ts'
import { patientProbe } from './patient-probe.ts'
import type { SeedRecord } from './record.ts'

type Options = { readonly cluster: Cluster; readonly clock: Clock; readonly signal?: AbortSignal }

const SETTLE_MS = 30_000

/** What tells this cluster from every other, also while nothing answers. */
export const clusterId = (probe: Probe): string => createHash('sha256').update(probe.ca).digest('hex').slice(0, 32)

/** uid of kube-system, which is as old as what the cluster stores. */
export const storageId = async (probe: Probe, signal?: AbortSignal): Promise<string> => {
  const reply = await probe.api({ method: 'GET', path: '/api/v1/namespaces/kube-system', signal })
  const object = orThrow(reply, 'read Namespace kube-system').json as { metadata?: { uid?: string } }
  return object.metadata?.uid ?? ''
}

/** Waits until the controllers have made what they make in every namespace. A young cluster is not itself yet. */
const settle = async (probe: Probe, { clock, signal }: Options): Promise<void> => {
  const end = clock.now() + SETTLE_MS
  for (;;) {
    const [namespaces, accounts, maps] = await Promise.all([
      list(probe, { apiVersion: 'v1', kind: 'Namespace' }, { signal }),
      list(probe, { apiVersion: 'v1', kind: 'ServiceAccount' }, { signal, fieldSelector: 'metadata.name=default' }),
      list(probe, { apiVersion: 'v1', kind: 'ConfigMap' }, { signal, fieldSelector: 'metadata.name=kube-root-ca.crt' }),
    ])
    const has = (objects: typeof maps, name: string): boolean =>
      objects.some((each) => each.metadata?.namespace === name)
    const names = namespaces.map((each) => each.metadata?.name ?? '')
    const ready =
      ['default', 'kube-system', 'kube-public', 'kube-node-lease'].every((name) => names.includes(name)) &&
      names.every((name) => has(accounts, name) && has(maps, name))
    if (ready) return
    if (clock.now() >= end) {
      throw new UserError({
        what: 'The cluster did not get its default ServiceAccounts: the controllers seem not to work.',
        next: 'See kube-controller-manager in `k8s-sec-lab cluster status`.',
        exitCode: 3,
      })
    }
    await clock.sleep(50, signal)
  }
}

/** Looks at the whole cluster and its control-plane files: what every lesson is to leave behind again. */
export const takeBaseline = async (options: Options): Promise<SeedRecord> => {
  const { cluster, clock, signal } = options
  const probe = patientProbe(await cluster.probe(), options)
  await settle(probe, options)
  await keepParameters(probe, { signal })
  const [storage, found, files] = await Promise.all([
    storageId(probe, signal),
    listCluster(probe, { signal }),
    Promise.all(cluster.files().map(async ({ name }) => [name, await cluster.readFile(name)] as const)),
  ])
  return {
    version: 1,
    cluster: clusterId(probe),
    storage,
    server: probe.server,
    takenAt: new Date(clock.now()).toISOString(),
    objects: Object.fromEntries(
      // Owned objects come and go with their owner: a Pod that is replaced has another name.
      found
        .filter((each) => !isOfCluster(each) && ownersOf(each).length === 0)
        .map(({ key, object }) => [key, normalise(object)]),
    ),
    files: Object.fromEntries(files),
    nodes: found.filter(isNode).map(({ object }) => object.metadata?.name ?? ''),
  }
}

/** How a cluster differs from its baseline. */
export type Difference = {
  /** Objects that the baseline does not have. */
  readonly added: readonly Found[]
  /** Keys of the baseline that are gone. */
  readonly missing: readonly string[]
  /** Objects of the baseline that say something else now. */
  readonly changed: readonly Found[]
}

/** Compares the whole cluster with its baseline. What an object of the baseline, or a node, owns counts as its own. */
export const compare = (record: SeedRecord, found: readonly Found[]): Difference => {
  const known = new Set(Object.keys(record.objects))
  const uid = ({ object }: Found): string => String(object.metadata?.uid ?? '')
  const isOurs = (each: Found): boolean => known.has(each.key) || isOfCluster(each, record.nodes)
  const kept = new Set(found.filter(isOurs).map(uid))
  let rest = found.filter((each) => !isOurs(each))
  for (;;) {
    const owned = rest.filter((each) => ownersOf(each).some((owner) => kept.has(owner)))
    if (owned.length === 0) break
    for (const each of owned) kept.add(uid(each))
    rest = rest.filter((each) => !owned.includes(each))
  }
  const present = new Set(found.map(({ key }) => key))
  return {
    added: rest,
    missing: [...known].filter((key) => !present.has(key)),
    changed: found.filter((each) => {
      const before = record.objects[each.key]
      return before !== undefined && !isSame(before, normalise(each.object))
    }),
  }
}
