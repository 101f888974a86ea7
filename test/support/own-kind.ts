/** A kind cluster for one test file, where this machine can make one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKindCluster } from '../../src/cluster/kind/cluster.ts'
import type { Cluster, Probe } from '../../src/core/ports.ts'
import { type LabPaths, labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { kindHere } from './kind-here.ts'
import { toolCache } from './tool-cache.ts'

/** A cluster in a home of its own, up and ready. `remove` takes it down and deletes the home. */
export const ownKindCluster = async (): Promise<{
  readonly home: string
  readonly cluster: Cluster
  readonly probe: Probe
  readonly paths: LabPaths
  /** The reference under which this cluster has the lessons' busybox. */
  readonly busybox: string
  readonly remove: () => Promise<void>
}> => {
  const here = await kindHere()
  if (here.kind === 'no') throw new Error(here.reason)
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-kind-'))
  const env = {
    ...process.env,
    K8S_SEC_LAB_HOME: home,
    K8S_SEC_LAB_NODE_IMAGE: here.image,
    K8S_SEC_LAB_CACHE: toolCache(),
    K8S_SEC_LAB_TOOL_SOURCES: process.env.K8S_SEC_LAB_TOOL_SOURCES ?? 'cache,path,build',
  }
  const paths = labPaths(env)
  const tools = createTools({ paths, env, log: { event: () => undefined } })
  const cluster = createKindCluster({ paths, tools, env })
  const report = () => undefined
  const remove = async (): Promise<void> => {
    await cluster.down({ report })
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await cluster.up({ report })
    const { busybox = '' } = await cluster.images()
    return { home, cluster, probe: await cluster.probe(), paths, busybox, remove }
  } catch (error) {
    await remove()
    throw error
  }
}
