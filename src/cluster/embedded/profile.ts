import type { ConfigFile } from '../control-plane-files.ts'
import { fillPlaceholders } from '../placeholders.ts'
import { readConfigProfile, readProfileFile } from '../profile-files.ts'
import { COMPONENTS, type EmbeddedComponent, type Layout } from './layout.ts'
import type { Ports } from './ports.ts'

/** The files of a cluster profile as they lie in clusters/, placeholders included. */
export type Profile = {
  readonly manifests: Readonly<Record<EmbeddedComponent, string>>
  readonly config: Readonly<Record<ConfigFile, string>>
}

/** Reads the profile that comes with the program. Throws UserError when a file of it is missing. */
export const readProfile = async (): Promise<Profile> => {
  const [manifests, config] = await Promise.all([
    Promise.all(COMPONENTS.map(async (name) => [name, await readProfileFile(`embedded/manifests/${name}.yaml`)])),
    readConfigProfile(),
  ])
  return { manifests: Object.fromEntries(manifests), config }
}

/** The text of a profile file with this cluster's folders and ports in place of ((dir.x)) and ((port.x)). */
export const fillProfile = (
  text: string,
  at: { readonly layout: Layout; readonly ports: Ports; readonly file: string },
): string => fillPlaceholders(text, { values: valuesOf(at.layout, at.ports), file: `clusters/${at.file}` })

const valuesOf = (layout: Layout, ports: Ports): ReadonlyMap<string, string> =>
  new Map([
    ['dir.cluster', layout.dir],
    ['dir.pki', layout.pki],
    ['dir.config', layout.config],
    ['dir.etcd', layout.etcd],
    ['dir.logs', layout.logs],
    ['port.apiserver', String(ports.apiserver)],
    ['port.controller-manager', String(ports.controllerManager)],
    ['port.etcd', String(ports.etcd)],
    ['port.etcd-peer', String(ports.etcdPeer)],
    ['port.etcd-metrics', String(ports.etcdMetrics)],
  ])
