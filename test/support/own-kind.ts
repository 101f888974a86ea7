/** A kind cluster for one test file, where this machine has a container engine. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKindCluster } from '../../src/cluster/kind/cluster.ts'
import { engineOf } from '../../src/cluster/kind/engine.ts'
import { lessonImages } from '../../src/cluster/lesson-images.ts'
import type { Cluster } from '../../src/core/ports.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { toolCache } from './tool-cache.ts'

/**
 * Undefined where kind can run, else why not: to be printed, and the tests skipped. With K8S_SEC_LAB_REQUIRE_KIND=1 a
 * missing engine is an error.
 */
export const whyNoKind = async (): Promise<string | undefined> => {
  const engine = await engineOf(process.env)
  if (engine.kind === 'ready') return undefined
  const reason = `no container engine answers here (${engine.kind})`
  if (process.env.K8S_SEC_LAB_REQUIRE_KIND === '1') throw new Error(`kind is required, but ${reason}`)
  return reason
}

/** A cluster in a home of its own, up and ready. `image` is the busybox that its lessons use. */
export const ownKindCluster = async (): Promise<{
  readonly cluster: Cluster
  readonly busybox: string
  readonly remove: () => Promise<void>
}> => {
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-kind-'))
  const env = {
    ...process.env,
    K8S_SEC_LAB_HOME: home,
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
    const [node = ''] = (await cluster.nodes?.list()) ?? []
    const here = await cluster.nodes?.exec(node, ['ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet'])
    const names = lessonImages().find(({ name }) => name === 'busybox')
    const local = names && here?.stdout.split('\n').includes(names.local)
    return { cluster, busybox: (local ? names?.local : names?.public) ?? '', remove }
  } catch (error) {
    await remove()
    throw error
  }
}
