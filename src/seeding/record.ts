import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Manifest } from '../core/api/objects.ts'
import { writeAtomic } from '../store/atomic.ts'
import type { NodesBefore } from './node-files.ts'

/**
 * What the cluster was before a lesson came, and which lesson came. Written before anything is seeded, so that a lab
 * that was killed half-way finds its way back.
 */
export type SeedRecord = {
  readonly version: 1
  /** Fingerprint of the cluster's CA: another one means another cluster, for which this record says nothing. */
  readonly cluster: string
  /** uid of the namespace kube-system: another one means that the cluster lost its objects. */
  readonly storage: string
  /** Address of the API server, which the manifests name: they fit no other. */
  readonly server: string
  readonly takenAt: string // ISO 8601
  /** Normalised objects by key (objects.ts). */
  readonly objects: Readonly<Record<string, Manifest>>
  /** Control-plane files by name. */
  readonly files: Readonly<Record<string, string>>
  /** Names of the Nodes. A record of an older version has none: then every Node is the cluster's. */
  readonly nodes?: readonly string[]
  /** Add-ons that are part of this state. */
  readonly addOns?: readonly string[]
  /** Namespaces that were deleted and let go by hand lately, with Clock milliseconds (namespaces.ts says why). */
  readonly gone?: Readonly<Record<string, number>>
  /** The lesson whose seed is, or may be, in the cluster. */
  readonly active?: {
    readonly lesson: string
    /** startedAt of the attempt. */
    readonly attempt: string
    /** False while begin is still at work. */
    readonly complete: boolean
    /** Files that begin put into the learner's folder: path to SHA-256. What differs is the learner's own. */
    readonly files: Readonly<Record<string, string>>
    /** What the nodes had at the lesson's paths. */
    readonly nodes?: NodesBefore
    /** Add-ons that keep things in memory: another life of one means that it has forgotten the lesson. */
    readonly lives?: Readonly<Record<string, string>>
  }
}

const schema = z.object({
  version: z.literal(1),
  cluster: z.string(),
  storage: z.string(),
  server: z.string(),
  takenAt: z.string(),
  objects: z.record(z.string(), z.looseObject({ apiVersion: z.string(), kind: z.string() })),
  files: z.record(z.string(), z.string()),
  nodes: z.array(z.string()).optional(),
  addOns: z.array(z.string()).optional(),
  gone: z.record(z.string(), z.number()).optional(),
  active: z
    .object({
      lesson: z.string(),
      attempt: z.string(),
      complete: z.boolean(),
      files: z.record(z.string(), z.string()),
      nodes: z
        .record(z.string(), z.object({ paths: z.array(z.string()), missing: z.array(z.string()), kept: z.string() }))
        .optional(),
      lives: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
})

const pathIn = (dir: string): string => join(dir, 'baseline.json')

/** The record of a state folder; undefined when there is none or it cannot be understood. */
export const readRecord = async (dir: string): Promise<SeedRecord | undefined> => {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(pathIn(dir), 'utf8')))
    return parsed.success ? (parsed.data as SeedRecord) : undefined
  } catch {
    return undefined
  }
}

/** Saves the record, readable by its owner alone: the objects may hold Secrets. */
export const writeRecord = (dir: string, record: SeedRecord): Promise<void> =>
  writeAtomic(pathIn(dir), `${JSON.stringify(record)}\n`)
