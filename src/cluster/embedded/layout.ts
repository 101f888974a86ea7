import { join } from 'node:path'

/** Where the files of one embedded cluster lie, all under its folder. */
export const layoutOf = (dir: string) => ({
  dir,
  /** Ports, tools and age of the cluster; its presence means that the cluster exists. */
  record: join(dir, 'cluster.json'),
  kubeconfig: join(dir, 'kubeconfig'),
  controllerManagerConf: join(dir, 'controller-manager.conf'),
  manifests: join(dir, 'manifests'),
  config: join(dir, 'config'),
  pki: join(dir, 'pki'),
  etcd: join(dir, 'etcd'),
  logs: join(dir, 'logs'),
  /** Written by the supervisor alone. */
  status: join(dir, 'status.json'),
  supervisorLock: join(dir, 'supervisor.lock'),
  supervisorLog: join(dir, 'logs', 'supervisor.log'),
  /** Held while `up` or `down` works on the folder. */
  workLock: join(dir, 'work.lock'),
  /** Its appearance asks the supervisor for a restart of the component. */
  restartRequest: (component: string) => join(dir, `restart-${component}`),
  log: (component: string) => join(dir, 'logs', `${component}.log`),
  manifest: (component: string) => join(dir, 'manifests', `${component}.yaml`),
})
export type Layout = ReturnType<typeof layoutOf>

/** Components of the embedded control plane, in start order. */
export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const
export type EmbeddedComponent = (typeof COMPONENTS)[number]

export const isEmbeddedComponent = (name: string): name is EmbeddedComponent =>
  (COMPONENTS as readonly string[]).includes(name)
