import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createEmbeddedCluster } from '../../src/cluster/embedded/cluster.ts'
import { createKindCluster } from '../../src/cluster/kind/cluster.ts'
import type { Cluster, Probe, Tools } from '../../src/core/ports.ts'
import { type LabPaths, labPaths } from '../../src/store/paths.ts'
import { testBackend } from './backends.ts'

/** What the global set-up hands to the tests. */
export type SharedCluster = {
  /** Home of the one cluster that is up for all contract tests. */
  readonly home: string
  /** Command that runs a supervisor, without the folder. */
  readonly supervisorArgv: readonly string[]
  /** Absolute paths of etcd, kube-apiserver, kube-controller-manager and kubectl. */
  readonly tools: Readonly<Record<string, string>>
  /** What kind makes nodes of; undefined where it cannot make any. */
  readonly nodeImage?: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    sharedCluster: SharedCluster
  }
}

/** Tools that are known already: no search, no build. */
export const fixedTools = (paths: Readonly<Record<string, string>>): Tools => ({
  list: async () => [],
  ensure: async (names) => Object.fromEntries(names.map((name) => [name, paths[name] ?? name])),
  binDir: '',
})

/** The embedded cluster of a home. */
export const clusterIn = (
  shared: Pick<SharedCluster, 'supervisorArgv' | 'tools'>,
  home: string,
): { readonly cluster: Cluster; readonly paths: LabPaths } => {
  const paths = labPaths({ K8S_SEC_LAB_HOME: home })
  const { supervisorArgv, tools } = shared
  return { cluster: createEmbeddedCluster({ paths, tools: fixedTools(tools), supervisorArgv }), paths }
}

/** The kind cluster of a home, of the node image that is here. */
export const kindClusterIn = (
  shared: Pick<SharedCluster, 'tools' | 'nodeImage'>,
  home: string,
  ours: Readonly<Record<string, string | undefined>> = process.env,
): { readonly cluster: Cluster; readonly paths: LabPaths } => {
  if (shared.nodeImage === undefined) throw new Error('there is no kind here')
  const env = {
    ...ours,
    K8S_SEC_LAB_HOME: home,
    K8S_SEC_LAB_NODE_IMAGE: shared.nodeImage,
  }
  const paths = labPaths(env)
  return { cluster: createKindCluster({ paths, tools: fixedTools(shared.tools), env }), paths }
}

/** Where the one kind cluster of a run lives; the global set-up takes it down. */
export const kindHome = (shared: Pick<SharedCluster, 'home'>): string => join(shared.home, 'on-kind')

/**
 * The one real cluster of this run and this backend, on kind brought up when the first test asks for it. It is shared:
 * leave nothing behind in it, use names of your own, and use `ownCluster` to stop anything. Its control-plane files
 * may be changed only by a test that puts them back: test files run one after the other.
 */
export const testCluster = async (
  backend = testBackend,
): Promise<
  SharedCluster & {
    readonly cluster: Cluster
    readonly probe: Probe
    readonly paths: LabPaths
    readonly kubectl: string
  }
> => {
  const shared = inject('sharedCluster')
  const { cluster, paths } =
    backend === 'kind' ? kindClusterIn(shared, kindHome(shared)) : clusterIn(shared, shared.home)
  if (backend === 'kind') await cluster.up({ report: () => undefined })
  return { ...shared, cluster, paths, probe: await cluster.probe(), kubectl: shared.tools.kubectl ?? 'kubectl' }
}

/** A home for a cluster of the test's own, not up yet. `remove` takes it down and deletes the home. */
export const ownCluster = (): SharedCluster & {
  readonly cluster: Cluster
  readonly paths: LabPaths
  readonly remove: () => Promise<void>
} => {
  const shared = inject('sharedCluster')
  const home = join(tmpdir(), `k8s-sec-lab-own-${randomUUID().slice(0, 8)}`)
  const { cluster, paths } = (testBackend === 'kind' ? kindClusterIn : clusterIn)(shared, home)
  return {
    ...shared,
    home,
    cluster,
    paths,
    remove: async () => {
      await cluster.down({ report: () => undefined })
      rmSync(home, { recursive: true, force: true })
    },
  }
}
