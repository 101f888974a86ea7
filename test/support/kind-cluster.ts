import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKindCluster } from '../../src/cluster/kind/cluster.ts'
import { engineOf } from '../../src/cluster/kind/engine.ts'
import type { Cluster, Probe } from '../../src/core/ports.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { toolCache } from './tool-cache.ts'

/** Why no kind cluster can be made here, or undefined: no container engine answers. */
export const noEngine = async (): Promise<string | undefined> => {
  const engine = await engineOf(process.env)
  return engine.kind === 'ready' ? undefined : `no container engine answers here (${engine.kind})`
}

/** A kind cluster of the test's own, up. `remove` takes it down and deletes its home. */
export const ownKindCluster = async (): Promise<{
  readonly cluster: Cluster
  readonly probe: Probe
  /** The reference under which this cluster has the lessons' busybox. */
  readonly busybox: string
  readonly remove: () => Promise<void>
}> => {
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-kind-'))
  const report = () => undefined
  const env = {
    ...process.env,
    K8S_SEC_LAB_HOME: home,
    K8S_SEC_LAB_CACHE: toolCache(),
    K8S_SEC_LAB_TOOL_SOURCES: process.env.K8S_SEC_LAB_TOOL_SOURCES ?? 'cache,path,build',
  }
  const paths = labPaths(env)
  const cluster = createKindCluster({ paths, env, tools: createTools({ paths, env, log: { event: () => undefined } }) })
  const remove = async () => {
    await cluster.down({ report })
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await cluster.up({ report })
    const images = await cluster.images()
    return { cluster, probe: await cluster.probe(), busybox: images.busybox ?? '', remove }
  } catch (error) {
    await remove()
    throw error
  }
}
