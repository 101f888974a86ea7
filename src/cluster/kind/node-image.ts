import { UserError } from '../../core/errors.ts'
import type { EngineCli } from './engine-cli.ts'

/** kind's own image of a Kubernetes minor, by the digest that the kind release we use was published with (v0.30.0). */
const PINNED: Readonly<Record<string, string>> = {
  '1.34': 'kindest/node:v1.34.0@sha256:7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a',
}
const DEFAULT_MINOR = '1.34'
/** Oldest Kubernetes that knows the config files the lab starts kube-apiserver with (apiserver.config.k8s.io/v1). */
const OLDEST_MINOR = 34
/** From here on a kubelet refuses cgroup v1 unless told otherwise. */
const CGROUP_V2_MINOR = 35

const DEFAULT = PINNED[DEFAULT_MINOR] as string
/** Under this name scripts/kind build node images, for machines that cannot pull the pinned one. */
const BUILT = 'k8s-sec-lab.local/node'

/** What somebody asked for with `--node-image`, and an environment that may. */
export type Asked = {
  readonly nodeImage?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

const named = ({ nodeImage, env }: Asked): string | undefined => nodeImage || env.K8S_SEC_LAB_NODE_IMAGE || undefined

/** The image that a node is made of where nothing is known of an engine: `--node-image`, K8S_SEC_LAB_NODE_IMAGE, the pinned one. */
export const nodeImageOf = (asked: Asked): string => named(asked) ?? DEFAULT

/**
 * The same, knowing the engine: where it lacks the pinned image and has one that scripts/kind built, that one. Nobody
 * has to name what was made for the lab.
 */
export const nodeImageFor = async (
  asked: Asked,
  engine: Pick<EngineCli, 'imagesHere' | 'tagsOf'>,
  signal?: AbortSignal,
): Promise<string> => {
  if (named(asked) !== undefined || (await engine.imagesHere([DEFAULT], { signal })).length > 0)
    return nodeImageOf(asked)
  const built = await engine.tagsOf(BUILT, { signal })
  return built.find((image) => minorOf(image) === Number(DEFAULT_MINOR.split('.')[1])) ?? DEFAULT
}

/** Minor version in the tag of a node image, when its tag tells one. */
export const minorOf = (image: string): number | undefined => {
  const minor = /:v1\.(\d+)\.\d+/.exec(image)?.[1]
  return minor === undefined ? undefined : Number(minor)
}

/** Throws UserError for an image that cannot work, as far as its tag tells. */
export const refuseUnfit = (image: string, cgroup: 1 | 2 | undefined): void => {
  const minor = minorOf(image)
  if (minor !== undefined && minor < OLDEST_MINOR) {
    throw new UserError({
      what: `The node image ${image} is too old: the lab needs Kubernetes 1.${OLDEST_MINOR} or newer.`,
      next: `Leave \`--node-image\` and K8S_SEC_LAB_NODE_IMAGE away, or name an image of 1.${OLDEST_MINOR} or newer.`,
    })
  }
  if (minor !== undefined && minor >= CGROUP_V2_MINOR && cgroup === 1) {
    throw new UserError({
      what: `This machine uses cgroup v1, and the kubelet of ${image} refuses to run on it (from Kubernetes 1.35 on).`,
      next: `Boot with cgroup v2 (\`systemd.unified_cgroup_hierarchy=1\`), or use the node image that the lab pins: ${DEFAULT}`,
      exitCode: 3,
    })
  }
}
