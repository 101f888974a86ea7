import { release } from 'node:os'
import type { Backend } from '../../core/model.ts'
import type { ToolStatus, Tools } from '../../core/ports.ts'
import type { LabPaths } from '../../store/paths.ts'
import { catalogue, EMBEDDED_TOOLS, KIND_TOOLS } from '../catalogue/catalogue.ts'
import { platformOf } from '../platform.ts'
import { type Environment, type Finding, note, ok, problem } from './finding.ts'
import { loopbackFinding, publishersFinding } from './network.ts'
import { goFinding, systemProgramsFinding } from './programs.ts'
import { proxyFinding } from './proxy.ts'
import { diskFindings, homeFinding } from './storage.ts'
import { kernelFinding, memoryFinding, nodeFinding, platformFinding } from './system.ts'

export type BackendOutlook = { readonly backend: Backend; readonly works: boolean; readonly why: string }

export type Diagnosis = {
  readonly findings: readonly Finding[]
  readonly backends: readonly BackendOutlook[]
}

/**
 * What the kind backend says of this machine; it knows engines and images, which tools do not. `engineProxy`: what the
 * engine pulls through, '' for nothing; absent when no engine answers.
 */
export type LookAtKind = (about: {
  readonly tools: readonly ToolStatus[]
  readonly downloadsAnswer: boolean
}) => Promise<{ readonly findings: readonly Finding[]; readonly engineProxy?: string }>

/** Hosts that the missing tools would be downloaded from on this platform. */
const hostsFor = (names: readonly string[], os: string, arch: string): readonly string[] => {
  const platform = platformOf(os, arch)
  if (!('name' in platform)) return []
  const urls = catalogue
    .filter((entry) => names.includes(entry.name))
    .flatMap((entry) => entry.downloads[platform.name]?.[0]?.url ?? [])
  return [...new Set(urls.map((url) => new URL(url).host))]
}

const toolsFinding = (needed: readonly ToolStatus[], options: { downloadsAnswer: boolean }): Finding => {
  const title = 'Tools of the control plane'
  const missing = needed.filter((tool) => !tool.found)
  if (missing.length === 0) {
    return ok('tools', title, needed.map((tool) => `${tool.name} ${tool.found?.version}`).join(', '))
  }
  const names = missing.map((tool) => tool.name)
  const impossible = missing.filter(
    (tool) => !tool.ways.includes('build') && !(tool.ways.includes('download') && options.downloadsAnswer),
  )
  if (impossible.length > 0) {
    const reasons = impossible.map(
      (tool) => tool.unavailable ?? `${tool.name} can only be downloaded, and its publisher does not answer`,
    )
    return problem('tools', title, {
      found: `${impossible.map((tool) => tool.name).join(', ')} cannot be had here: ${reasons[0]}`,
      fix: 'Connect to the internet, or install Go 1.24 or newer, then run: k8s-sec-lab tools install needed',
    })
  }
  const ways =
    missing.every((tool) => tool.ways.includes('download')) && options.downloadsAnswer
      ? 'downloaded'
      : 'built from Go modules (some minutes)'
  return note(
    'tools',
    title,
    `${names.join(', ')} will be ${ways} at first start`,
    `Get them now with: k8s-sec-lab tools install needed`,
  )
}

const mine = (findings: readonly Finding[], backend: Backend): readonly Finding[] =>
  findings.filter((finding) => finding.for === undefined || finding.for === backend)

/** A backend works when nothing that is about it, or about all, is a problem. */
const outlook = (backend: Backend, findings: readonly Finding[]): BackendOutlook => {
  const problems = mine(findings, backend).filter((finding) => finding.state === 'problem')
  return {
    backend,
    works: problems.length === 0,
    why:
      problems.length === 0
        ? 'Everything it needs is here or can be had here.'
        : `In the way: ${problems.map((finding) => finding.title).join(', ')}.`,
  }
}

/** Looks at this machine: what the lab needs and what is there, and which backend would work. Writes nothing. */
export const diagnose = async (options: {
  tools: Tools
  paths: LabPaths
  env: Environment
  lookAtKind: LookAtKind
  signal?: AbortSignal
  os?: string
  arch?: string
  nodeVersion?: string
}): Promise<Diagnosis> => {
  const { tools, paths, env, lookAtKind, signal, os = process.platform, arch = process.arch } = options
  const { nodeVersion = process.versions.node } = options
  const platform = platformFinding({ os, arch, release: release() })
  const node = nodeFinding(nodeVersion)
  const statuses = await tools.list()
  const named = (names: readonly string[]) => statuses.filter((tool) => names.includes(tool.name))
  const needed = named(EMBEDDED_TOOLS)
  const forKind = named(KIND_TOOLS)
  const missing = needed.filter((tool) => !tool.found)
  const downloadable = [...new Set([...missing, ...forKind.filter((tool) => !tool.found)])]
    .filter((tool) => tool.ways.includes('download'))
    .map((tool) => tool.name)
  const [memory, disks, home, loopback, go, programs, downloads, kernel] = await Promise.all([
    memoryFinding(missing.length > 0),
    diskFindings(paths, { toolsMissing: missing.length > 0 }),
    homeFinding(paths),
    loopbackFinding(),
    goFinding(env),
    systemProgramsFinding(env),
    publishersFinding(hostsFor(downloadable, os, arch), signal),
    kernelFinding({ os, release: release(), env }),
  ])
  const downloadsAnswer = downloads?.state === 'ok'
  const kind = await lookAtKind({ tools: forKind, downloadsAnswer })
  const controlPlane = toolsFinding(needed, { downloadsAnswer })
  const findings: readonly Finding[] = [
    ...[platform, node, home, ...disks, loopback, go.finding, ...(downloads ? [downloads] : [])],
    ...[programs, proxyFinding(env, kind.engineProxy), ...(kernel ? [kernel] : [])],
    { ...memory, for: 'embedded' },
    { ...controlPlane, for: 'embedded' },
    ...kind.findings,
  ]
  return { findings, backends: [outlook('embedded', findings), outlook('kind', findings)] }
}
