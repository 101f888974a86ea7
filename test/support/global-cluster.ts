import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import type { TestProject } from 'vitest/node'
import { createEmbeddedCluster } from '../../src/cluster/embedded/cluster.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { fixedTools, kindClusterIn, kindHome } from './cluster.ts'
import { kindHere } from './kind-here.ts'
import { toolCache } from './tool-cache.ts'

/** Brings one real cluster up for all contract tests, from the sources as they are, and takes it down after them. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-contract-'))
  const report = () => undefined
  const env = {
    ...process.env,
    K8S_SEC_LAB_HOME: home,
    K8S_SEC_LAB_CACHE: toolCache(),
    K8S_SEC_LAB_TOOL_SOURCES: process.env.K8S_SEC_LAB_TOOL_SOURCES ?? 'cache,path,build',
  }
  const paths = labPaths(env)
  const here = await kindHere()
  const onKind = here.kind === 'yes' ? ['kind'] : []
  const nodeImage = here.kind === 'yes' ? { nodeImage: here.image } : {}
  const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl', ...onKind]
  const log = { event: () => undefined }
  const tools = await createTools({ paths, env, log }).ensure(names, { report })
  const supervisorArgv = [process.execPath, await bundleSupervisor(home)]
  const cluster = createEmbeddedCluster({ paths, tools: fixedTools(tools), supervisorArgv })
  const remove = async () => {
    await cluster.down({ report })
    if (existsSync(kindHome({ home }))) {
      await kindClusterIn({ tools, ...nodeImage }, kindHome({ home })).cluster.down({ report })
    }
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await cluster.up({ report })
  } catch (error) {
    await remove()
    throw error
  }
  project.provide('sharedCluster', { home, supervisorArgv, tools, ...nodeImage })
  return remove
}

// Node 20 cannot run TypeScript, and the built program may be older than the sources.
const bundleSupervisor = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'supervise.mjs')
  await build({
    entryPoints: [resolve(import.meta.dirname, 'supervise-main.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  })
  return outfile
}
