import { pathIn, resourceOf } from '../core/api/discovery.ts'
import { create, type Manifest, read, refOf } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { isAbort, UnreachableError, UserError } from '../core/errors.ts'
import type { Clock, Cluster, Probe, Report } from '../core/ports.ts'
import { clusterId, compare, type Difference, storageId, takeBaseline } from './baseline.ts'
import { changedFiles, ENCRYPTION_FILE, writeControlPlane } from './control-plane.ts'
import { encryptedKeys, putBack, takeOut } from './encrypted.ts'
import { CONTROLLER_DONE_MS, clearNotes, isMadeEverywhere, isNamespace } from './namespaces.ts'
import { restoreNodes } from './node-files.ts'
import { describeKey, eachOf, type Found, listCluster } from './objects.ts'
import { patientProbe } from './patient-probe.ts'
import { readRecord, type SeedRecord, writeRecord } from './record.ts'
import { type Removed, removeAll } from './remove-all.ts'

export type SweepOptions = {
  readonly cluster: Cluster
  /** The lab's state folder, where the baseline lies. */
  readonly stateDir: string
  readonly clock: Clock
  readonly report: Report
  readonly signal?: AbortSignal
  /** Names of namespaces that the next seed makes: emptied, and kept if they are there. */
  readonly keep?: readonly string[]
}

/** What sweeping came to: `rebuilt` when the cluster had to be made anew, with the reason. */
export type Swept = { readonly kind: 'swept' } | { readonly kind: 'rebuilt'; readonly why: string }

/** Puts an object back to what the baseline says; one that cannot be changed in place is made anew. */
const restore = async (probe: Probe, wanted: Manifest, signal?: AbortSignal): Promise<void> => {
  const ref = refOf(wanted)
  const resource = await resourceOf(probe, wanted, { signal })
  const path = pathIn(resource, ref)
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const now = await read(probe, ref, { signal })
    if (now === undefined) {
      const reply = await create(probe, wanted, { signal })
      if (isOk(reply)) return
      if (reply.status === 409) continue
      throw new UserError({ ...undoable(`make ${describe(wanted)} again`, statusMessage(reply)) })
    }
    const body = { ...wanted, metadata: { ...wanted.metadata, resourceVersion: now.metadata?.resourceVersion } }
    const reply = await probe.api({ method: 'PUT', path, body, signal })
    if (isOk(reply)) return
    if (reply.status === 409) continue
    if (reply.status !== 422) throw new UserError({ ...undoable(`restore ${describe(wanted)}`, statusMessage(reply)) })
    await probe.api({ method: 'DELETE', path, signal })
  }
}

const describe = (manifest: Manifest): string =>
  `${manifest.kind} ${manifest.metadata?.namespace ? `${manifest.metadata.namespace}/` : ''}${manifest.metadata?.name}`

const undoable = (what: string, words: string) => ({
  what: `Could not ${what}: ${words}`,
  next: 'Make the cluster anew: k8s-sec-lab cluster down, then k8s-sec-lab start.',
  exitCode: 3 as const,
})

const isClean = ({ added, missing, changed }: Difference): boolean =>
  added.length + missing.length + changed.length === 0

/** Namespaces that stay for the next seed: those asked for, unless somebody is deleting them. */
const keptNamespaces = (difference: Difference, keep: readonly string[]): ReadonlySet<string> =>
  new Set(
    difference.added
      .filter((each) => isNamespace(each) && each.object.metadata?.deletionTimestamp === undefined)
      .flatMap(({ object }) => object.metadata?.name ?? [])
      .filter((name) => keep.includes(name)),
  )

/** Deletes, restores and makes again until the objects are those of the baseline. Answers what was let go by hand. */
const sweepObjects = async (record: SeedRecord, options: SweepOptions): Promise<Removed['byHand']> => {
  const { cluster, clock, signal, keep = [] } = options
  const probe = patientProbe(await cluster.probe(), options)
  const look = async (): Promise<Difference> => compare(record, await listCluster(probe, { signal }))
  const first = await look()
  const kept = keptNamespaces(first, keep)
  const isKept = (each: Found): boolean => isNamespace(each) && kept.has(each.object.metadata?.name ?? '')
  // Made anew by the controllers as soon as the first round took them, and as new as the rest.
  const isRemade = (each: Found): boolean => isMadeEverywhere(each) && kept.has(each.object.metadata?.namespace ?? '')
  const withoutKept = (difference: Difference): Difference => ({
    ...difference,
    added: difference.added.filter((each) => !isKept(each) && !isRemade(each)),
  })
  let byHand: Removed['byHand'] = {}
  let difference: Difference = { ...first, added: first.added.filter((each) => !isKept(each)) }
  for (let round = 0; round < 6 && !isClean(difference); round += 1) {
    const removed = await removeAll(difference.added, { probe, clock, signal, recent: { ...record.gone, ...byHand } })
    byHand = { ...byHand, ...removed.byHand }
    const again = [...difference.missing, ...difference.changed.map(({ key }) => key)].flatMap(
      (key) => record.objects[key] ?? [],
    )
    for (const wanted of again.filter(({ kind }) => kind === 'Namespace')) await restore(probe, wanted, signal)
    await eachOf(
      again.filter(({ kind }) => kind !== 'Namespace'),
      (wanted) => restore(probe, wanted, signal),
    )
    difference = withoutKept(await look())
  }
  await eachOf([...kept], (name) => clearNotes(name, { probe, clock, signal }))
  if (isClean(difference)) return byHand
  const left = [...difference.added, ...difference.changed].map(({ key }) => describeKey(key))
  const lost = difference.missing.map(describeKey)
  throw new UserError({ ...undoable('put the cluster back', `${[...left, ...lost].join(', ')} differ from before`) })
}

/** Makes the cluster anew: the last way back, when what is stored can no longer be read or served. */
const rebuild = async (options: SweepOptions, why: string): Promise<Swept> => {
  const { cluster, report, signal, stateDir } = options
  await cluster.down({ report, signal })
  await cluster.up({ report, signal })
  await writeRecord(stateDir, await takeBaseline(options))
  return { kind: 'rebuilt', why }
}

const sweepTo = async (
  record: SeedRecord,
  options: SweepOptions,
): Promise<Swept & { readonly byHand?: Removed['byHand'] }> => {
  const { cluster, signal } = options
  if ((await cluster.probe()).server !== record.server) {
    return rebuild(options, 'the cluster has moved to other ports since the lesson began')
  }
  const files = await changedFiles(cluster, record.files)
  const others = files.filter((name) => name !== ENCRYPTION_FILE)
  try {
    const wanted = Object.fromEntries(others.map((name) => [name, record.files[name] ?? '']))
    await writeControlPlane({ cluster, files: wanted, signal })
    await restoreNodes(cluster, record.active?.nodes ?? {}, { signal })
    // The keys go last: without them, the lesson's objects could be neither read nor deleted.
    const byHand = await sweepObjects(record, options)
    if (files.includes(ENCRYPTION_FILE)) {
      const probe = patientProbe(await cluster.probe(), options)
      const secrets = await takeOut(probe, await encryptedKeys(probe, { signal }), { signal })
      if (!secrets) {
        return await rebuild(options, 'objects of the cluster itself are encrypted with a key that goes away')
      }
      await writeControlPlane({ cluster, files: { [ENCRYPTION_FILE]: record.files[ENCRYPTION_FILE] ?? '' }, signal })
      await putBack(patientProbe(await cluster.probe(), options), secrets, { signal })
    }
    return { kind: 'swept', byHand }
  } catch (error) {
    if (isAbort(error) || !(error instanceof UserError || error instanceof UnreachableError)) throw error
    return rebuild(options, error.message)
  }
}

/**
 * Puts the cluster back to what it was before the lesson: control-plane files, then every object that is not in the
 * baseline, was changed or is missing. Nothing to do without a baseline, or when it is another cluster's. What cannot
 * be put back any more is made anew with the whole cluster.
 */
export const sweep = async (options: SweepOptions): Promise<Swept> => {
  const { report, stateDir, signal } = options
  const record = await readRecord(stateDir)
  const probe = await options.cluster.probe()
  if (!record || record.cluster !== clusterId(probe)) return { kind: 'swept' }
  const step = { id: 'sweep', title: 'Put the cluster back' } as const
  report({ ...step, state: 'running' })
  try {
    const { byHand = {}, ...swept } = await sweepTo(record, options)
    if (swept.kind === 'swept') {
      const { active, ...rest } = record
      const storage = await storageId(await options.cluster.probe(), signal)
      const lately = Object.entries({ ...record.gone, ...byHand }).filter(
        ([, at]) => options.clock.now() - at < CONTROLLER_DONE_MS,
      )
      // A namespace that was kept for the next seed is no part of the baseline, should that seed never come.
      const still = options.keep && active ? { active: { ...active, complete: false } } : {}
      await writeRecord(stateDir, { ...rest, storage, gone: Object.fromEntries(lately), ...still })
    }
    report({ ...step, state: 'done', ...(swept.kind === 'rebuilt' ? { detail: 'made anew' } : {}) })
    return swept
  } catch (error) {
    report({ ...step, state: 'failed' })
    throw error
  }
}
