import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'

/** Where the files of the kind cluster of one home lie: beside those of the embedded one, in a folder of their own. */
export const layoutOf = (clusterFolder: string) => {
  const dir = join(clusterFolder, 'kind')
  return {
    dir,
    /** Whose it is and how far it has come; its presence means that the cluster is meant to exist. */
    record: join(dir, 'cluster.json'),
    kubeconfig: join(dir, 'kubeconfig'),
    /** What kind is started with. */
    kindConfig: join(dir, 'kind.yaml'),
    /** What kind and the engine said, word for word. */
    log: join(dir, 'kind.log'),
    /** Mounted into the node: see NODE. */
    config: join(dir, 'config'),
    /** Copies of the files on the node as they were at first: what goes missing is put back from here. */
    first: join(dir, 'first'),
    /** The API server's client certificate for etcd, for etcdctl. */
    etcdPki: join(dir, 'etcd'),
    /** Held while `up` or `down` works. */
    workLock: join(dir, 'work.lock'),
  }
}
export type Layout = ReturnType<typeof layoutOf>

/** Places on the node. */
export const NODE = {
  manifests: '/etc/kubernetes/manifests',
  config: '/etc/kubernetes/k8s-sec-lab',
  pki: '/etc/kubernetes/pki',
  logs: '/var/log/kubernetes',
  kubeletConfig: '/var/lib/kubelet/config.yaml',
  manifest: (component: string) => `/etc/kubernetes/manifests/${component}.yaml`,
} as const

/** Static Pods of the node, in start order. */
export const STATIC_PODS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const
export type StaticPodName = (typeof STATIC_PODS)[number]
export const COMPONENTS = ['kubelet', ...STATIC_PODS] as const
export type KindComponent = (typeof COMPONENTS)[number]

export const isKindComponent = (name: string): name is KindComponent => (COMPONENTS as readonly string[]).includes(name)
export const isStaticPod = (name: string): name is StaticPodName => (STATIC_PODS as readonly string[]).includes(name)

/** kind's name for the cluster of a home: the plain one for the default home, so that two homes never share a cluster. */
export const clusterName = (env: Readonly<Record<string, string | undefined>>): string => {
  const home = env.K8S_SEC_LAB_HOME
  if (!home) return 'k8s-sec-lab'
  return `k8s-sec-lab-${createHash('sha256').update(resolve(home)).digest('hex').slice(0, 8)}`
}

/** Name of the only node: of its container, and of the Node object. */
export const nodeName = (cluster: string): string => `${cluster}-control-plane`
