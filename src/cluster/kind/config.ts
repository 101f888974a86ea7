import { parse, stringify } from 'yaml'
import type { ConfigFile } from '../control-plane-files.ts'
import { fillPlaceholders } from '../placeholders.ts'
import { readConfigProfile, readProfileFile } from '../profile-files.ts'
import { type Layout, NODE } from './layout.ts'

/** What a profile's control-plane.yaml says of one component. */
type Extra = {
  readonly extraArgs?: Readonly<Record<string, string>>
  readonly extraVolumes?: readonly Readonly<Record<string, unknown>>[]
}
export type ControlPlaneExtras = Readonly<Record<string, Extra>>

export const KUBEADM_VERSIONS = ['v1beta3', 'v1beta4'] as const
export type KubeadmVersion = (typeof KUBEADM_VERSIONS)[number]

/**
 * A patch of kubeadm's ClusterConfiguration. Flags are a map in v1beta3 and a list of names and values in v1beta4;
 * one in the place of the other is not understood.
 */
export const kubeadmPatch = (extras: ControlPlaneExtras, version: KubeadmVersion): string =>
  stringify({
    apiVersion: `kubeadm.k8s.io/${version}`,
    kind: 'ClusterConfiguration',
    ...Object.fromEntries(
      Object.entries(extras).map(([component, extra]) => [
        component,
        version === 'v1beta3' || !extra.extraArgs
          ? extra
          : { ...extra, extraArgs: Object.entries(extra.extraArgs).map(([name, value]) => ({ name, value })) },
      ]),
    ),
  })

/**
 * kind's config for the cluster of a home. It carries the patch for either version of kubeadm's config: kind writes the
 * version that the node's Kubernetes takes, applies the patch of that version and passes over the other.
 */
export const renderKindConfig = async (layout: Pick<Layout, 'config'>): Promise<string> => {
  const values = new Map([
    ['dir.home-config', layout.config],
    ['dir.config', NODE.config],
    ['dir.logs', NODE.logs],
  ])
  const [cluster, extras] = await Promise.all(
    ['kind/cluster.yaml', 'kind/control-plane.yaml'].map(async (name) =>
      fillAll(parse(await readProfileFile(name)), { values, file: `clusters/${name}` }),
    ),
  )
  const patches = KUBEADM_VERSIONS.map((version) => kubeadmPatch(extras as ControlPlaneExtras, version))
  return stringify({ ...(cluster as object), kubeadmConfigPatches: patches })
}

/** First contents of kube-apiserver's config files on the node. */
export const renderConfig = async (): Promise<Readonly<Record<ConfigFile, string>>> => {
  const values = new Map([
    ['dir.config', NODE.config],
    ['dir.pki', NODE.pki],
    ['dir.logs', NODE.logs],
  ])
  const profile = await readConfigProfile()
  return Object.fromEntries(
    Object.entries(profile).map(([name, text]) => [name, fillPlaceholders(text, { values, file: `config/${name}` })]),
  ) as Record<ConfigFile, string>
}

// Filled after parsing, not before: a home may have any name, and no text of it is to be read as YAML.
const fillAll = (value: unknown, at: Parameters<typeof fillPlaceholders>[1]): unknown => {
  if (typeof value === 'string') return fillPlaceholders(value, at)
  if (Array.isArray(value)) return value.map((item) => fillAll(item, at))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillAll(item, at)]))
}
