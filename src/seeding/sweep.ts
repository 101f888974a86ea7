import { pathIn, resourceOf } from '../core/api/discovery.ts'
import { create, type Manifest, read, refOf } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { isAbort, UnreachableError, UserError } from '../core/errors.ts'
import type { Clock, Cluster, Probe, Report } from '../core/ports.ts'
import { clusterId, compare, type Difference, storageId, takeBaseline } from './baseline.ts'
import { changedFiles, ENCRYPTION_FILE, writeControlPlane } from './control-plane.ts'
import { describeKey, eachOf, listCluster } from './objects.ts'
import { patientProbe } from './patient-probe.ts'
import { readRecord, type SeedRecord, writeRecord } from './record.ts'
import { removeAll } from './remove-all.ts'

export type SweepOptions = {
  readonly cluster: Cluster
  /** The lab's state folder, where the baseline lies. */
  readonly stateDir: string
  readonly clock: Clock
  readonly report: Report
  readonly signal?: AbortSignal
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

/** Deletes, restores and makes again until the objects are those of the baseline. */
const sweepObjects = async (record: SeedRecord, options: SweepOptions): Promise<void> => {
  const { cluster, clock, signal } = options
  const probe = patientProbe(await cluster.probe(), options)
  let difference = compare(record, await listCluster(probe, { signal }))
  for (let round = 0; round < 4 && !isClean(difference); round += 1) {
    await removeAll(difference.added, { probe, clock, signal })
    const again = [...difference.missing, ...difference.changed.map(({ key }) => key)]
      .flatMap((key) => record.objects[key] ?? [])
      .sort((a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'))
    for (const wanted of again.filter(({ kind }) => kind === 'Namespace')) await restore(probe, wanted, signal)
    await eachOf(
      again.filter(({ kind }) => kind !== 'Namespace'),
      (wanted) => restore(probe, wanted, signal),
    )
    difference = compare(record, await listCluster(probe, { signal }))
  }
  if (isClean(difference)) return
  const left = [...difference.added, ...difference.changed].map(({ key }) => describeKey(key))
  const lost = difference.missing.map(describeKey)
  throw new UserError({ ...undoable('put the cluster back', `${[...left, ...lost].join(', ')} differ from before`) })
}

/** True when some stored object needs a key to be read. */
const hasEncrypted = async (probe: Probe, signal?: AbortSignal): Promise<boolean> => {
  const stored = await probe.etcd('/registry/', { signal })
  return stored.some(({ value }) => Buffer.from(value.subarray(0, 8)).toString('latin1') === 'k8s:enc:')
}

/** Makes the cluster anew: the last way back, when what is stored can no longer be read or served. */
const rebuild = async (options: SweepOptions, why: string): Promise<Swept> => {
  const { cluster, report, signal, stateDir } = options
  await cluster.down({ report, signal })
  await cluster.up({ report, signal })
  await writeRecord(stateDir, await takeBaseline(options))
  return { kind: 'rebuilt', why }
}

const sweepTo = async (record: SeedRecord, options: SweepOptions): Promise<Swept> => {
  const { cluster, signal } = options
  if ((await cluster.probe()).server !== record.server) {
    return rebuild(options, 'the cluster has moved to other ports since the lesson began')
  }
  const files = await changedFiles(cluster, record.files)
  const others = files.filter((name) => name !== ENCRYPTION_FILE)
  try {
    const wanted = Object.fromEntries(others.map((name) => [name, record.files[name] ?? '']))
    await writeControlPlane({ cluster, files: wanted, signal })
    // The keys go last: without them, the lesson's objects could be neither read nor deleted.
    await sweepObjects(record, options)
    if (files.includes(ENCRYPTION_FILE)) {
      if (await hasEncrypted(await cluster.probe(), signal)) {
        return await rebuild(options, 'objects of the cluster itself are encrypted with a key that goes away')
      }
      await writeControlPlane({ cluster, files: { [ENCRYPTION_FILE]: record.files[ENCRYPTION_FILE] ?? '' }, signal })
    }
  } catch (error) {
    if (isAbort(error) || !(error instanceof UserError || error instanceof UnreachableError)) throw error
    return rebuild(options, error.message)
  }
  return { kind: 'swept' }
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
    const swept = await sweepTo(record, options)
    if (swept.kind === 'swept') {
      const { active: _, ...rest } = record
      const storage = await storageId(await options.cluster.probe(), signal)
      await writeRecord(stateDir, { ...rest, storage })
    }
    report({ ...step, state: 'done', ...(swept.kind === 'rebuilt' ? { detail: 'made anew' } : {}) })
    return swept
  } catch (error) {
    report({ ...step, state: 'failed' })
    throw error
  }
}
