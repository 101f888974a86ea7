/** Files and services of the nodes before and after a lesson. */
import { UserError } from '../core/errors.ts'
import type { Cluster } from '../core/ports.ts'

/**
 * A line for each file, folder and link where somebody would put one, with mode and content, and for each service of
 * systemd that runs. What the node itself writes all the time is left out:
 * the kubelet makes files such as .123456 for a moment, to write others whole.
 */
const LOOK = `cd / || exit 1
prune='-path /root/.kube -o -path /root/.bash_history -o -path /var/lib/kubelet/pods -o -path /var/lib/kubelet/pki
  -o -path /var/lib/kubelet/plugins* -o -path /var/lib/kubelet/device-plugins -o -path /var/lib/kubelet/checkpoints
  -o -path /var/lib/kubelet/*_state -o -path /var/lib/kubelet/.[0-9]* -o -path /etc/resolv.conf'
set -f
find /etc /opt /root /srv /home /usr/local /var/lib/kubelet -xdev \\( $prune \\) -prune -o -printf '%y %m %p\\n'
find /etc /opt /root /usr/local /var/lib/kubelet -xdev \\( $prune \\) -prune -o -type f -size -512k -exec sha256sum {} +
systemctl list-units --type=service --state=running --no-legend --plain 2>/dev/null | cut -d' ' -f1 | sed 's/^/service /'`

/** Lines by node. */
export type NodePicture = Readonly<Record<string, readonly string[]>>

/** Looks at every node; nothing to see on a backend without nodes. */
export const pictureNodes = async ({ nodes }: Pick<Cluster, 'nodes'>): Promise<NodePicture> => {
  if (!nodes) return {}
  const picture: Record<string, readonly string[]> = {}
  for (const node of await nodes.list()) {
    const { code, stdout, stderr } = await nodes.exec(node, ['sh', '-c', LOOK])
    if (stdout === '') {
      throw new UserError({
        what: `The files of node ${node} cannot be listed (exit code ${code}): ${stderr.trim()}`,
        next: 'See what is wrong with `k8s-sec-lab node`.',
        exitCode: 3,
      })
    }
    picture[node] = stdout.split('\n').filter(Boolean)
  }
  return picture
}

/** What a line is about: the path of a file, or a service. */
const subject = (line: string): string => (line.startsWith('service ') ? line : line.slice(line.indexOf('/')))

/** What is not as it was, each thing once. */
export const nodeLeftovers = (before: NodePicture, now: NodePicture): readonly string[] =>
  Object.entries(now).flatMap(([node, lines]) => {
    const [was, is] = [new Set(before[node]), new Set(lines)]
    const different = [...lines.filter((line) => !was.has(line)), ...[...was].filter((line) => !is.has(line))]
    return [...new Set(different.map(subject))].sort().map((what) => `${what} on node ${node}`)
  })
