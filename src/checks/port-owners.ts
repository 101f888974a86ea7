/** Whose a port is: the process that listens on it, the Pod that this process belongs to, or the object that publishes it. */
import { list, type Manifest } from '../core/api/objects.ts'
import type { CheckContext, NodeProbe } from '../core/ports.ts'

type Port = { readonly nodePort?: number; readonly hostPort?: number; readonly protocol?: string }
type ServiceParts = { readonly spec?: { readonly ports?: readonly Port[]; readonly healthCheckNodePort?: number } }
type PodParts = {
  readonly spec?: {
    readonly nodeName?: string
    readonly containers?: readonly { readonly ports?: readonly Port[] }[]
    readonly initContainers?: readonly { readonly ports?: readonly Port[] }[]
  }
}

const nameOf = (object: Manifest): string => `${object.metadata?.namespace}/${object.metadata?.name}`
const isTcp = ({ protocol }: Port): boolean => (protocol ?? 'TCP') === 'TCP'

/** Listening sockets with the cgroup of their process, which names the Pod. */
const LISTENERS = `ss -Htlnp | while read -r line; do
  pid=$(printf %s "$line" | sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p')
  printf '%s\\t%s\\n' "$line" "$([ -n "$pid" ] && tr '\\n' ' ' < "/proc/$pid/cgroup" 2>/dev/null)"
done`

/** The UID in the name of a Pod's cgroup; the systemd driver writes it with underscores. */
const podUid = (cgroup: string): string | undefined =>
  /pod([0-9a-f]{8}[-_][0-9a-f_-]{27}|[0-9a-f]{32})/.exec(cgroup)?.[1]?.replaceAll('_', '-')

const listeners = async (
  nodes: NodeProbe,
  node: string,
  signal: AbortSignal,
): Promise<readonly { readonly port: number; readonly process: string; readonly uid: string | undefined }[]> => {
  const { stdout } = await nodes.exec(node, ['sh', '-c', LISTENERS], { timeoutMs: 8000, signal })
  return stdout.split('\n').flatMap((line) => {
    const [socket = '', cgroup = ''] = line.split('\t')
    const local = socket.trim().split(/\s+/)[3] ?? ''
    const port = Number(/:(\d+)$/.exec(local)?.[1])
    if (!port || local.startsWith('127.') || local.startsWith('[::1]')) return []
    return [{ port, process: /\(\("([^"]+)"/.exec(socket)?.[1] ?? '', uid: podUid(cgroup) }]
  })
}

/** What is known of the owners of a node's ports, by port. Best effort: a port without a known owner is left out. */
export const portOwners = async (
  nodes: NodeProbe,
  node: string,
  { probe, signal }: Pick<CheckContext, 'probe' | 'signal'>,
): Promise<Readonly<Record<string, string>>> => {
  const [sockets, services, pods] = await Promise.all([
    listeners(nodes, node, signal),
    list(probe, { apiVersion: 'v1', kind: 'Service' }, { signal }),
    list(probe, { apiVersion: 'v1', kind: 'Pod' }, { signal }),
  ])
  // A static Pod runs under the hash of its file, which its mirror in the API keeps as an annotation.
  const byUid = new Map(
    pods.flatMap((pod) => {
      const annotations = pod.metadata?.annotations as Readonly<Record<string, string>> | undefined
      return [String(pod.metadata?.uid), annotations?.['kubernetes.io/config.hash'] ?? '']
        .filter((uid) => uid !== '')
        .map((uid) => [uid, nameOf(pod)] as const)
    }),
  )
  const published = (services as readonly (Manifest & ServiceParts)[]).flatMap((service) => [
    ...(service.spec?.ports ?? [])
      .filter((port) => port.nodePort && isTcp(port))
      .map(({ nodePort }) => [String(nodePort), `NodePort of Service ${nameOf(service)}`] as const),
    ...(service.spec?.healthCheckNodePort
      ? [[String(service.spec.healthCheckNodePort), `health check of Service ${nameOf(service)}`] as const]
      : []),
  ])
  const hostPorts = (pods as readonly (Manifest & PodParts)[])
    .filter((pod) => pod.spec?.nodeName === node)
    .flatMap((pod) =>
      [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
        .flatMap((container) => container.ports ?? [])
        .filter((port) => port.hostPort && isTcp(port))
        .map(({ hostPort }) => [String(hostPort), `hostPort of Pod ${nameOf(pod)}`] as const),
    )
  const listening = sockets.map(({ port, process, uid }) => {
    const name = uid === undefined ? undefined : byUid.get(uid)
    const words = [process, name === undefined ? '' : `of Pod ${name}`].filter((word) => word !== '')
    return [String(port), words.join(' ')] as const
  })
  return Object.fromEntries([...published, ...hostPorts, ...listening].filter(([, owner]) => owner !== ''))
}
