/** Which backends have a cluster in this home, as one small file beside the progress: the first is the one in use. */
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Backend, Capability } from '../core/model.ts'
import { writeAtomic } from './atomic.ts'
import type { LabPaths } from './paths.ts'

export type KnownCluster = {
  readonly backend: Backend
  /** What this very cluster turned out to have besides what its backend always has. */
  readonly extra?: readonly Capability[]
}

type Folders = Pick<LabPaths, 'state' | 'cluster'>

const pathIn = (paths: Folders): string => join(paths.state, 'clusters.json')

const isKnown = (value: unknown): value is KnownCluster =>
  typeof value === 'object' &&
  value !== null &&
  'backend' in value &&
  ['embedded', 'kind'].includes(String(value.backend))

/** The clusters of a home, the one in use first. Each exists, or was begun and perhaps never finished. */
export const knownClusters = async (paths: Folders): Promise<readonly KnownCluster[]> => {
  try {
    const file = JSON.parse(await readFile(pathIn(paths), 'utf8')) as { readonly clusters?: readonly unknown[] }
    return (file.clusters ?? []).filter(isKnown)
  } catch {
    // A home from before there was a choice, or one whose file was lost: its cluster speaks for itself.
    const records = { embedded: 'cluster.json', kind: join('kind', 'cluster.json') } as const
    const has = (backend: Backend) => existsSync(join(paths.cluster, records[backend]))
    return (['embedded', 'kind'] as const).filter(has).map((backend) => ({ backend }))
  }
}

/** Remembers exactly these; none leaves no file. */
export const rememberClusters = async (paths: Folders, clusters: readonly KnownCluster[]): Promise<void> => {
  if (JSON.stringify(clusters) === JSON.stringify(await knownClusters(paths))) return
  if (clusters.length === 0) await rm(pathIn(paths), { force: true })
  else await writeAtomic(pathIn(paths), `${JSON.stringify({ version: 1, clusters })}\n`)
}
