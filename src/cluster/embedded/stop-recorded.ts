import type { Layout } from './layout.ts'
import { COMPONENTS } from './layout.ts'
import { findProcesses, stopProcesses } from './processes.ts'
import { readStatus } from './status-file.ts'

/**
 * Ends every process of a cluster that no supervisor runs any more: those of the status file, and those that can be
 * seen when the file is lost. Add-ons and control plane together: nobody is left to wait for the other.
 */
export const stopRecorded = async (layout: Layout): Promise<void> => {
  const status = await readStatus(layout.status)
  const recorded = [...(status?.components ?? []), ...(status?.addOns ?? [])].flatMap(({ pid, identity }) =>
    pid !== undefined && identity !== undefined ? [{ pid, identity }] : [],
  )
  const found = await findProcesses({ programs: COMPONENTS, dir: layout.dir, below: layout.addOns })
  await stopProcesses([...recorded, ...found], 5000)
}
