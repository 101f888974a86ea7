import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { networkName } from './create.ts'
import type { EngineCli } from './engine-cli.ts'
import type { KindCli } from './kind-cli.ts'
import type { Layout } from './layout.ts'
import { readRecord } from './record.ts'

/**
 * Removes the node with its volumes, kind's network when the lab made it and nobody else uses it, and the files of the
 * home. Nothing else: another cluster of kind stays as it is.
 */
export const tearDown = async (options: {
  readonly layout: Layout
  readonly node: string
  readonly kind: KindCli
  readonly cli: EngineCli
  readonly env: Readonly<Record<string, string | undefined>>
}): Promise<void> => {
  const { cli, layout, env } = options
  const record = await readRecord(layout)
  await removeContainers(options)
  if (record?.madeNetwork) await cli.removeUnusedNetwork(networkName(env))
  await removeFiles(layout)
}

/** Until the engine knows none any more: what a killed kind had just asked for may come up a moment later. */
const removeContainers = async ({ kind, cli, node }: { kind: KindCli; cli: EngineCli; node: string }) => {
  await kind.remove()
  if (await cli.node(node)) await kind.remove()
}

/** The files of the home alone: for when no engine is left that could know of a container. */
export const removeFiles = async (layout: Layout): Promise<void> => {
  // The record goes first: from here on there is no cluster, even if the rest is interrupted.
  for (const path of [layout.record, layout.kubeconfig, `${layout.kubeconfig}.lock`, layout.kindConfig, layout.log]) {
    await rm(path, { force: true })
  }
  for (const folder of [layout.config, layout.first, layout.etcdPki]) await rm(folder, { recursive: true, force: true })
  await rm(layout.workLock, { force: true })
  for (const folder of [layout.dir, dirname(layout.dir)]) await rmdir(folder).catch(() => undefined)
}
