import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CONFIG_FILES } from '../control-plane-files.ts'
import { COMPONENTS, type Layout } from './layout.ts'
import { stopSupervision } from './supervision.ts'

/**
 * Stops everything and deletes what the cluster made, and nothing else: a file that somebody else put into the folder
 * stays, and so does the folder then.
 */
export const tearDown = async (layout: Layout): Promise<void> => {
  await stopSupervision(layout)
  // The record goes first: from here on there is no cluster, even if the rest is interrupted.
  await rm(layout.record, { force: true })
  const files = [
    layout.kubeconfig,
    layout.controllerManagerConf,
    layout.status,
    layout.supervisorLock,
    layout.egressConfig,
    layout.egressSocket,
    ...COMPONENTS.flatMap((name) => [layout.manifest(name), layout.restartRequest(name)]),
    ...CONFIG_FILES.map((name) => join(layout.config, name)),
  ]
  await Promise.all(files.map((path) => rm(path, { force: true })))
  await Promise.all(
    [layout.addOns, layout.etcd, layout.pki, layout.logs].map((path) => rm(path, { recursive: true, force: true })),
  )
  for (const folder of [layout.manifests, layout.config]) await removeIfEmpty(folder)
  // The lock of whoever tears down lies in it still; released before the last folder goes.
  await rm(layout.workLock, { force: true })
  await removeIfEmpty(layout.dir)
}

const removeIfEmpty = async (folder: string): Promise<void> => {
  try {
    await rmdir(folder)
  } catch {
    // not empty, or not there
  }
}
