import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../core/errors.ts'
import { programFolder } from '../../store/program-folder.ts'
import { COMPONENTS, CONFIG_FILES, type ConfigFile, type EmbeddedComponent, type Layout } from './layout.ts'
import type { Ports } from './ports.ts'

/** The files of a cluster profile as they lie in clusters/, placeholders included. */
export type Profile = {
  readonly manifests: Readonly<Record<EmbeddedComponent, string>>
  readonly config: Readonly<Record<ConfigFile, string>>
}

/** Reads the profile that comes with the program. Throws UserError when a file of it is missing. */
export const readProfile = async (): Promise<Profile> => {
  const folder = join(programFolder(), 'clusters', 'embedded')
  const [manifests, config] = await Promise.all([
    Promise.all(COMPONENTS.map(async (name) => [name, await read(join(folder, 'manifests', `${name}.yaml`))])),
    Promise.all(CONFIG_FILES.map(async (name) => [name, await read(join(folder, 'config', name))])),
  ])
  return { manifests: Object.fromEntries(manifests), config: Object.fromEntries(config) }
}

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UserError({
      what: `A file of the lab itself cannot be read: ${path}`,
      next: 'Install the lab again: npx k8s-sec-lab@latest start',
      exitCode: 3,
      cause: error,
    })
  }
}

const PATTERN = /\(\(\s*(dirs?|ports?)\.([A-Za-z][A-Za-z0-9_-]*)\s*\)\)/g

/**
 * The text of a profile file with this cluster's folders and ports in place of ((dir.x)) and ((port.x)). An item of a
 * list is put in quotes where a folder's name makes that necessary; everything else stays as it was written. `file` is
 * for the UserError about a placeholder that does not exist.
 */
export const fillProfile = (
  text: string,
  at: { readonly layout: Layout; readonly ports: Ports; readonly file: string },
): string => {
  const values = valuesOf(at.layout, at.ports)
  const fill = (part: string): string =>
    part.replace(PATTERN, (placeholder: string, namespace: string, name: string) => {
      const value = values.get(`${namespace}.${name}`)
      if (value !== undefined) return value
      throw new UserError({
        what: `clusters/embedded/${at.file}: ${placeholder} has no value`,
        next: `Known: ${[...values.keys()].join(', ')}.`,
      })
    })
  const fillLine = (line: string): string => {
    const [, dash, item] = /^(\s*- )(.*)$/.exec(line) ?? []
    return dash === undefined || item === undefined ? fill(line) : dash + scalar(fill(item))
  }
  return text
    .split('\n')
    .map((line) => (line.search(PATTERN) < 0 ? line : fillLine(line)))
    .join('\n')
}

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

// Plain where YAML allows it: a folder of the learner's choice may hold characters that it does not.
const scalar = (text: string): string => (/: | #|:$|["'\\]|\p{Cc}/u.test(text) ? JSON.stringify(text) : text)
