import type { Log, StepReport } from '../core/ports.ts'
import type { LabPaths } from '../store/paths.ts'
import type { ToolEntry } from './catalogue/entry.ts'
import type { PlatformName } from './platform.ts'
import type { Source } from './sources.ts'
import { probeVersion } from './versions.ts'
import { WayFailed } from './way-failed.ts'

/** What all ways of getting tools share during one `ensure`. */
export type Workshop = {
  readonly paths: LabPaths
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: PlatformName
  readonly catalogue: readonly ToolEntry[]
  readonly log: Log | undefined
  readonly signal: AbortSignal | undefined
  /** Hosts that gave no answer during this call, with the reason; nobody waits for them twice. */
  readonly unreachable: Map<string, string>
  /** Why the source before did not have a tool, by its name: said while the next one is tried. */
  readonly passedOver: Map<string, string>
  readonly step: (entry: ToolEntry, change: Omit<StepReport, 'id' | 'title'>) => void
}

export type Found = { readonly path: string; readonly version: string; readonly source: Source }

/** What one way came to, for each tool it was asked for. */
export type Outcome = { readonly found: Found } | { readonly failed: string; readonly cause?: unknown }

/** Starts a new program once, before it is kept: it must run here and be what the catalogue says it is. */
export const tryProgram = async (
  options: { path: string; entry: ToolEntry; version: string },
  workshop: Workshop,
): Promise<void> => {
  const { path, entry, version } = options
  const { env, signal } = workshop
  const answer = await probeVersion({ path, entry, env, ...(signal ? { signal } : {}) })
  if ('reason' in answer) throw new WayFailed({ what: `the new ${entry.name} does not work here: ${answer.reason}` })
  if (answer.version !== version) {
    throw new WayFailed({ what: `the new ${entry.name} says it is ${answer.version}, not ${version}` })
  }
}
