import { type BeginOptions, type Begun, begin, type Place } from './begin.ts'
import { readRecord } from './record.ts'
import { type Swept, sweep } from './sweep.ts'
import { clearSeeded } from './workspace-files.ts'

/**
 * Takes a lesson out of the cluster again: everything since the baseline goes, control-plane files are put back, and
 * so are add-ons; the attempt is forgotten. In the learner's folder only what the lab put there untouched is removed.
 */
export const leave = async (place: Place): Promise<Swept> => {
  const record = await readRecord(place.stateDir)
  const files = record?.active?.files
  const swept = await sweep(place)
  if (swept.kind === 'swept') await place.addOns?.putBack(record?.addOns ?? [], { signal: place.signal })
  if (files) await clearSeeded(place.workspace, files)
  await place.store.saveAttempt(undefined)
  return swept
}

/** Back to the seed, with fresh values: the learner's files are kept aside, and the answer's note says where. */
export const reset = (options: Omit<BeginOptions, 'resume'>): Promise<Begun> => begin(options)
