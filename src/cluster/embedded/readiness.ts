import type { Clock, FileOutcome, Probe } from '../../core/ports.ts'
import { isApiReady } from '../api-ready.ts'
import { lastWords } from '../last-words.ts'
import type { EmbeddedComponent, Layout } from './layout.ts'
import { readStatus, type UnitStatus } from './status-file.ts'

export const unitOf = async (layout: Layout, name: EmbeddedComponent): Promise<UnitStatus | undefined> =>
  (await readStatus(layout.status))?.components.find((one) => one.name === name)

export const POLL_MS = 50

/**
 * Waits for what becomes of a component after `isNew` holds for its status: ready again, or ended with its own words.
 */
export const outcomeOf = async (options: {
  readonly layout: Layout
  readonly probe: Probe
  readonly name: EmbeddedComponent
  readonly isNew: (unit: UnitStatus) => boolean
  readonly rejectedBy?: string // fingerprint of the manifest whose rejection is of interest
  readonly clock: Clock
  readonly deadlineMs: number
  readonly signal?: AbortSignal
}): Promise<FileOutcome> => {
  const { layout, probe, name, clock, signal } = options
  const begun = clock.now()
  for (;;) {
    const unit = await unitOf(layout, name)
    if (unit && options.isNew(unit)) {
      const isRejected = options.rejectedBy !== undefined && unit.manifest === options.rejectedBy
      if (isRejected && (unit.state === 'stale' || (unit.state === 'absent' && unit.lastError !== undefined))) {
        return { kind: 'rejected', error: unit.lastError ?? 'The manifest was rejected.' }
      }
      const runs = unit.state === 'running' || unit.state === 'stale'
      if (unit.exits > 0 && !runs) {
        return { kind: 'crashing', error: unit.lastError ?? `${name} ended without a word.` }
      }
      if (runs && (await isApiReady(probe, { signal }))) {
        return { kind: 'applied', seconds: (clock.now() - begun) / 1000 }
      }
    }
    if (clock.now() - begun > options.deadlineMs) {
      // One that starts and never gets ready ends without a last word, but its log says what it waits for.
      const said = unit?.lastError || (await lastWords(layout.log(name), 0))
      const words = said ? ` It said: ${said}` : ''
      return {
        kind: 'crashing',
        error: `${name} was not ready within ${Math.round(options.deadlineMs / 1000)} s.${words}`,
      }
    }
    await clock.sleep(POLL_MS, signal)
  }
}
