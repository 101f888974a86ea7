import { join, resolve } from 'node:path'
import envPaths from 'env-paths'

/** Every folder and file the lab writes. Nothing else on the machine is touched. */
export type LabPaths = {
  /** progress.json, attempt.json, lock, log. */
  readonly state: string
  /** Downloaded and built tools, by recipe. Safe to delete, safe to share between homes. */
  readonly cache: string
  /** The learner's folders, one a lesson. */
  readonly workspace: string
  /** Data of the cluster: kubeconfig, manifests, certificates, etcd's data, logs. */
  readonly cluster: string
  /** Links to tools, for the learner's PATH. */
  readonly bin: string
  /** What scanners keep: the lab's vulnerability database, and results of scans. Safe to delete. */
  readonly scanner: string
}

/**
 * Where the lab keeps things: all under `K8S_SEC_LAB_HOME` when it is set, else in the platform's own folders
 * (XDG on Linux, Library on macOS). `K8S_SEC_LAB_CACHE` moves the tool cache alone, for rooms that share one.
 */
export const labPaths = (env: Readonly<Record<string, string | undefined>>): LabPaths => {
  const home = env.K8S_SEC_LAB_HOME
  const cacheOverride = env.K8S_SEC_LAB_CACHE
  if (home) {
    const root = resolve(home)
    return {
      state: join(root, 'state'),
      cache: cacheOverride ? resolve(cacheOverride) : join(root, 'cache'),
      workspace: join(root, 'workspace'),
      cluster: join(root, 'cluster'),
      bin: join(root, 'bin'),
      scanner: join(root, 'scanner'),
    }
  }
  const platform = envPaths('k8s-sec-lab', { suffix: '' })
  return {
    state: platform.log,
    cache: cacheOverride ? resolve(cacheOverride) : platform.cache,
    workspace: join(platform.data, 'workspace'),
    cluster: join(platform.data, 'cluster'),
    bin: join(platform.data, 'bin'),
    scanner: join(platform.data, 'scanner'),
  }
}
