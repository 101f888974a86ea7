import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, readIfThere, writeAtomic } from '../files.ts'
import { renderConfig, renderKubeconfig } from './config.ts'
import { writeEgressConfig } from './egress.ts'
import { COMPONENTS, type Layout } from './layout.ts'
import { renderManifests } from './manifests.ts'
import { ensurePki } from './pki.ts'
import { choosePorts, PORT_NAMES, type Ports, takenPorts } from './ports.ts'
import { readProfile } from './profile.ts'
import { type ClusterRecord, readRecord, writeRecord } from './record.ts'

/** Folders of the cluster; 0700, as keys lie below. */
export const makeFolders = async (layout: Layout): Promise<void> => {
  for (const folder of [layout.dir, layout.manifests, layout.addOns, layout.config, layout.pki, layout.logs]) {
    await makeFolder(folder)
  }
}

/**
 * Makes whatever is missing of certificates, config files, manifests and kubeconfigs, keeps what the learner edited,
 * and answers the record, not yet written. Call it while none of the cluster's processes runs.
 */
export const provision = async (
  layout: Layout,
  tools: Readonly<Record<string, string>>,
): Promise<{ readonly record: ClusterRecord; readonly notes: readonly string[] }> => {
  const notes: string[] = []
  const before = await readRecord(layout)
  const [profile, ports, renewed] = await Promise.all([readProfile(), portsFor(before, notes), ensurePki(layout.pki)])
  if (before && renewed.length > 0) notes.push(`made anew: ${renewed.join(', ')}`)
  const record: ClusterRecord = {
    version: 1,
    dir: layout.dir,
    createdAt: before?.createdAt ?? new Date().toISOString(),
    ports,
    tools: Object.fromEntries(COMPONENTS.map((name) => [name, tools[name] ?? name])),
    ...(before?.kubernetes === undefined ? {} : { kubernetes: before.kubernetes }),
  }
  const manifests = renderManifests(profile, { layout, ports })
  const config = renderConfig(profile, { layout, ports })
  await Promise.all([
    ...Object.entries(config).map(([name, text]) => writeUnlessThere(join(layout.config, name), text)),
    ...COMPONENTS.map(async (name) => {
      const there = await readIfThere(layout.manifest(name))
      const text = there === undefined || !before ? manifests[name] : moved(there, before, record)
      if (text !== there) await writeAtomic(layout.manifest(name), text)
    }),
    writeKubeconfigs(layout, ports),
    writeEgressConfig(layout),
  ])
  await writeRecord(layout, record)
  return { record, notes }
}

const portsFor = async (before: ClusterRecord | undefined, notes: string[]): Promise<Ports> => {
  if (!before) return choosePorts()
  const taken = await takenPorts(before.ports)
  if (taken.length === 0) return before.ports
  const fresh = await choosePorts()
  notes.push(`ports taken by other programs, new ones chosen: ${taken.map((name) => before.ports[name]).join(', ')}`)
  return { ...before.ports, ...Object.fromEntries(taken.map((name) => [name, fresh[name]])) }
}

/** The learner's manifest with the folder and the ports of today; everything else as it was. */
const moved = (text: string, before: ClusterRecord, now: ClusterRecord): string => {
  const relocated = before.dir === now.dir ? text : text.replaceAll(`${before.dir}/`, `${now.dir}/`)
  return PORT_NAMES.reduce(
    (all, name) =>
      before.ports[name] === now.ports[name]
        ? all
        : all.replace(new RegExp(`\\b${before.ports[name]}\\b`, 'g'), String(now.ports[name])),
    relocated,
  )
}

const writeKubeconfigs = async (layout: Layout, ports: Ports): Promise<void> => {
  const pem = (file: string) => readFile(join(layout.pki, file), 'utf8')
  const ca = await pem('ca.crt')
  const write = async (path: string, file: string, user: string) => {
    const [cert, key] = await Promise.all([pem(`${file}.crt`), pem(`${file}.key`)])
    const text = renderKubeconfig({ server: `https://127.0.0.1:${ports.apiserver}`, ca, cert, key, user })
    if ((await readIfThere(path)) !== text) await writeAtomic(path, text, 0o600)
  }
  await Promise.all([
    write(layout.kubeconfig, 'admin', 'kubernetes-admin'),
    write(layout.controllerManagerConf, 'controller-manager', 'system:kube-controller-manager'),
  ])
}

const writeUnlessThere = async (path: string, text: string): Promise<void> => {
  if ((await readIfThere(path)) === undefined) await writeAtomic(path, text, 0o600)
}
