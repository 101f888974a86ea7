/** What an engine says about itself and its machine. */
export type EngineFacts = {
  readonly version: string
  readonly cgroup?: 1 | 2
  readonly rootless: boolean
  readonly os?: string
  /** Of the machine that runs the containers: another one than ours is a virtual or a remote machine. */
  readonly kernel?: string
  /** Memory of the machine that runs the containers; on macOS and Windows that is a virtual one. */
  readonly memoryBytes?: number
  /** Where images and containers are kept. */
  readonly root?: string
  readonly httpProxy?: string
}

type DockerInfo = {
  readonly ServerVersion?: string
  readonly CgroupVersion?: string
  readonly OSType?: string
  readonly KernelVersion?: string
  readonly MemTotal?: number
  readonly DockerRootDir?: string
  readonly HttpProxy?: string
  readonly HttpsProxy?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly ServerErrors?: readonly string[] | null
}
type PodmanInfo = {
  readonly host?: {
    readonly cgroupVersion?: string
    readonly os?: string
    readonly kernel?: string
    readonly memTotal?: number
    readonly security?: { readonly rootless?: boolean }
  }
  readonly store?: { readonly graphRoot?: string }
  readonly version?: { readonly Version?: string }
}

/**
 * Reads `info --format json` of docker, nerdctl, finch and podman. Undefined when it is none; `error` when the client
 * answered for a server that did not.
 */
export const parseInfo = (text: string): (EngineFacts & { readonly error?: string }) | undefined => {
  let info: DockerInfo & PodmanInfo
  try {
    info = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof info !== 'object' || info === null) return undefined
  if (info.host) return podmanFacts(info)
  if (!info.ServerVersion)
    return { version: '', rootless: false, error: info.ServerErrors?.[0] ?? 'no server answered' }
  const proxy = info.HttpsProxy || info.HttpProxy
  return {
    version: info.ServerVersion,
    ...cgroupOf(info.CgroupVersion),
    rootless: (info.SecurityOptions ?? []).some((option) => option.includes('rootless')),
    ...(info.OSType ? { os: info.OSType } : {}),
    ...(info.KernelVersion ? { kernel: info.KernelVersion } : {}),
    ...(info.MemTotal ? { memoryBytes: info.MemTotal } : {}),
    ...(info.DockerRootDir ? { root: info.DockerRootDir } : {}),
    ...(proxy ? { httpProxy: proxy } : {}),
  }
}

const podmanFacts = ({ host, store, version }: PodmanInfo): EngineFacts => ({
  version: version?.Version ?? '',
  ...cgroupOf(host?.cgroupVersion),
  rootless: host?.security?.rootless === true,
  ...(host?.os ? { os: host.os } : {}),
  ...(host?.kernel ? { kernel: host.kernel } : {}),
  ...(host?.memTotal ? { memoryBytes: host.memTotal } : {}),
  ...(store?.graphRoot ? { root: store.graphRoot } : {}),
})

const cgroupOf = (version: string | undefined): Pick<EngineFacts, 'cgroup'> => {
  const digit = version?.replace(/^v/, '')
  return digit === '1' ? { cgroup: 1 } : digit === '2' ? { cgroup: 2 } : {}
}
