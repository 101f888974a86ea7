import { readIfThere, writeAtomic } from '../files.ts'
import type { Layout } from './layout.ts'

/** What must be remembered about a kind cluster. */
export type ClusterRecord = {
  readonly version: 1
  readonly name: string
  readonly nodeImage: string
  readonly createdAt: string
  /** The engine's network did not exist before: it is ours to remove when nobody else uses it. */
  readonly madeNetwork: boolean
  /** False from the first step until the cluster was usable once: what is left of it then is only half made. */
  readonly whole: boolean
  /** gitVersion of the API server. */
  readonly kubernetes?: string
  /** Ports on 127.0.0.1. */
  readonly etcdPort?: number
  /** Names of the lesson images that were loaded, by the names that lessons write. */
  readonly images?: Readonly<Record<string, string>>
}

/** The record, or undefined when there is no cluster or its record is damaged. */
export const readRecord = async (layout: Layout): Promise<ClusterRecord | undefined> => {
  try {
    const record = JSON.parse((await readIfThere(layout.record)) ?? '') as ClusterRecord
    return record.version === 1 && typeof record.name === 'string' ? record : undefined
  } catch {
    return undefined
  }
}

export const writeRecord = (layout: Layout, record: ClusterRecord): Promise<void> =>
  writeAtomic(layout.record, `${JSON.stringify(record, undefined, 2)}\n`, 0o600)
