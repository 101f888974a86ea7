import { ToolError, UserError } from '../../core/errors.ts'

type Trouble = { readonly sign: RegExp; readonly what: string; readonly next: string }

const EMBEDDED = 'or use `--backend embedded`, which needs no containers'

/**
 * What kind and container engines say when it does not work, and what helps. The first sign that is found decides, so
 * causes stand before their consequences. Each was seen, or is quoted from kind's known issues and the engines' sources.
 */
export const TROUBLES: readonly Trouble[] = [
  {
    sign: /cannot connect to the docker daemon|is the docker daemon running|cannot connect to podman|unable to connect to podman|connection refused.*podman\.sock|cannot access containerd socket|rootless containerd not running/i,
    what: 'The container engine does not answer.',
    next: `Start it (Linux: \`sudo systemctl start docker\`; macOS and Windows: open Docker Desktop, or \`podman machine start\`), ${EMBEDDED}.`,
  },
  {
    sign: /permission denied while trying to connect to the docker|dial unix \S+: connect: permission denied|open \S*docker\.sock: permission denied/i,
    what: 'You may not use the container engine: permission denied on its socket.',
    next: `Add yourself to the group docker (\`sudo usermod -aG docker $USER\`, then log in again), or use rootless Docker or Podman, ${EMBEDDED}.`,
  },
  {
    sign: /proxyconnect|proxy authentication required|proxy setup error/i,
    what: 'The container engine goes through a proxy that does not let it pass.',
    next: 'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the engine itself (Docker: its systemd unit or Docker Desktop > Resources > Proxies).',
  },
  {
    sign: /failed to pull image|error pulling image|pull access denied|manifest (for \S+ )?(unknown|not found)|failed to resolve reference|toomanyrequests|unable to find image|error reading from server|repository does not exist/i,
    what: 'The node image could not be had from its registry.',
    next: 'Check the network and its proxy (`docker pull` with the image shows more), or name an image that is already here: `--node-image` or K8S_SEC_LAB_NODE_IMAGE.',
  },
  {
    sign: /too many open files|inotify_(init|add_watch)|failed to (create|allocate).*inotify|inotify.*no space left/i,
    what: 'The machine ran out of inotify watches or instances (too many open files): every node needs some.',
    next: 'Raise them: `sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512`, and write both into /etc/sysctl.conf to keep them.',
  },
  {
    sign: /no space left on device|disk quota exceeded|disk pressure|reclaim ephemeral-storage/i,
    what: 'The disk of the container engine is full.',
    next: 'Make room, about 3 GB: `docker system df` shows what is used, `docker system prune` removes what nobody needs.',
  },
  {
    sign: /port is already allocated|address already in use|ports are not available|bind for \S+ failed/i,
    what: 'A port that the cluster needs is taken by another program.',
    next: 'End that program (the original output names the port), or start afresh: `k8s-sec-lab cluster down`, then `cluster up` chooses free ports.',
  },
  {
    sign: /could not find an available,? non-overlapping|pool overlaps with other one|all predefined address pools have been fully subnetted/i,
    what: 'The container engine has no address range left for the network of kind.',
    next: 'Remove networks that nobody uses: `docker network prune`.',
  },
  {
    sign: /mounts denied|is not shared from the host|path \S+ is not shared|not shared from OS X/i,
    what: 'The container engine may not mount the folder of the lab.',
    next: 'Share it in Docker Desktop (Settings > Resources > File sharing), or set K8S_SEC_LAB_HOME to a folder that is shared.',
  },
  {
    sign: /kubelet is configured to not run on a host using cgroup v1|cgroup v1 support is (unsupported|deprecated)/i,
    what: 'This machine uses cgroup v1, and the kubelet of this node image refuses to run on it (from Kubernetes 1.35 on).',
    next: 'Boot with cgroup v2 (`systemd.unified_cgroup_hierarchy=1`), or use a node image of Kubernetes 1.34.',
  },
  {
    sign: /rootless provider requires (cgroup v2|setting systemd property)/i,
    what: 'The container engine runs without root, and lacks what kind needs for that.',
    next: 'See https://kind.sigs.k8s.io/docs/user/rootless/: cgroup v2, and "Delegate=yes" for your user in systemd.',
  },
  {
    sign: /cannot allocate memory|out of memory|oom-?kill|signal: killed/i,
    what: 'The machine of the container engine ran out of memory.',
    next: `Give it 2 GB or more (Docker Desktop > Settings > Resources), or close other programs, ${EMBEDDED}.`,
  },
  {
    sign: /unable to apply caps|kernel does not support cgroup namespaces|error mounting "cgroup"/i,
    what: 'The container engine may not start privileged containers here, which nodes are.',
    next: `Run the engine with full privileges or on another machine, ${EMBEDDED}.`,
  },
  {
    sign: /could not find a log line that matches|alternative telinit implementation/i,
    what: 'The node started, but systemd in it did not come up.',
    next: 'Often inotify limits (`sudo sysctl fs.inotify.max_user_instances=512`), "init": true in /etc/docker/daemon.json, or cgroup v1 with a new node image.',
  },
  {
    sign: /node\(s\) already exist for a cluster with the name|container name "?\S+"? is already in use/i,
    what: 'There is a container of that cluster already.',
    next: 'Remove it: `k8s-sec-lab cluster down`, and bring the cluster up again.',
  },
  {
    sign: /kubelet is not (running|healthy)|kubelet check|wait-control-plane|timed out waiting for the condition|failed to init node with kubeadm/i,
    what: 'The node started, but Kubernetes in it did not come up.',
    next: `Often memory, disk or inotify limits: \`k8s-sec-lab doctor\` looks at them, ${EMBEDDED}.`,
  },
]

/**
 * The UserError for what an engine or kind said, with all of it as its cause. `log` is the file that holds all of it; the last line is quoted, so
 * that nobody has to guess what was meant.
 */
export const troubleIn = (output: string, where: { readonly doing: string; readonly log?: string }): UserError => {
  const known = TROUBLES.find(({ sign }) => sign.test(output))
  const words = tellingLine(output)
  const said = words === '' ? '' : ` It said: ${words}`
  const cause = new ToolError({ what: `${where.doing} failed.`, next: '', argv: [], output })
  const read = where.log === undefined ? '' : ` All of it: ${where.log}`
  if (known) return new UserError({ what: `${known.what}${said}`, next: `${known.next}${read}`, exitCode: 3, cause })
  return new UserError({
    what: `${where.doing} failed.${said}`,
    next: `${where.log === undefined ? 'Run `k8s-sec-lab doctor`.' : `Read what it said: ${where.log}`}`,
    exitCode: 3,
    cause,
  })
}

/** The line that says most: of a failed command inside kind its own output, else the error, else the last line. */
export const tellingLine = (output: string): string => {
  const lines = output.split('\n').map((line) => line.trim())
  const filled = lines.filter((line) => line !== '' && !/^(stack trace|run .* --help|see .* --help)/i.test(line))
  const line =
    filled.findLast((one) => /^Command Output:\s*(?!I\d{4} )\S/.test(one)) ??
    filled.findLast((one) => /Error response from daemon/.test(one)) ??
    filled.findLast((one) => /^(ERROR|Error|error)[: ]/.test(one)) ??
    filled.at(-1) ??
    ''
  return line.replace(/^Command Output:\s*/, '').slice(0, 400)
}
