import { readIfThere, writeAtomic } from '../files.ts'
import type { Layout } from './layout.ts'
import { PORT_NAMES, type Ports } from './ports.ts'

/** What must be remembered about a cluster: its ports, its programs and its age. The file's presence is the cluster's. */
export type ClusterRecord = {
  readonly version: 1
  readonly dir: string
  readonly createdAt: string
  readonly ports: Ports
  /** Absolute paths of the programs that its manifests name. */
  readonly tools: Readonly<Record<string, string>>
  /** gitVersion of the API server, once it has been up. */
  readonly kubernetes?: string
}

/** The record, or undefined when there is no cluster or its record is damaged. */
export const readRecord = async (layout: Layout): Promise<ClusterRecord | undefined> => {
  try {
    const record = JSON.parse((await readIfThere(layout.record)) ?? '') as ClusterRecord
    const whole = record.version === 1 && PORT_NAMES.every((name) => Number.isInteger(record.ports?.[name]))
    return whole && typeof record.tools === 'object' ? record : undefined
  } catch {
    return undefined
  }
}

export const writeRecord = (layout: Layout, record: ClusterRecord): Promise<void> =>
  writeAtomic(layout.record, `${JSON.stringify(record, undefined, 2)}\n`, 0o600)
