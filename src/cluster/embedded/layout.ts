import { join } from 'node:path'

/** Named without its folder by those who work there: the path of a socket may not be longer than about 100 bytes. */
export const EGRESS_SOCKET = 'egress.sock'

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
  /** Pods of add-ons that the supervisor runs as processes of this machine, and a folder of its own for each. */
  addOns: join(dir, 'addons'),
  addOnManifest: (name: string) => join(dir, 'addons', `${name}.yaml`),
  addOn: (name: string) => join(dir, 'addons', name),
  /** How the API server reaches those processes when it is asked for their Service: egress.ts. */
  egressConfig: join(dir, 'egress.yaml'),
  egressSocket: join(dir, EGRESS_SOCKET),
})
export type Layout = ReturnType<typeof layoutOf>

/** Components of the embedded control plane, in start order. */
export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager'] as const
export type EmbeddedComponent = (typeof COMPONENTS)[number]

export const isEmbeddedComponent = (name: string): name is EmbeddedComponent =>
  (COMPONENTS as readonly string[]).includes(name)
