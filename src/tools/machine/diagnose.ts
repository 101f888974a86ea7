import { release } from 'node:os'
import type { Backend } from '../../core/model.ts'
import type { ToolStatus, Tools } from '../../core/ports.ts'
import type { LabPaths } from '../../store/paths.ts'
import { catalogue, EMBEDDED_TOOLS } from '../catalogue/catalogue.ts'
import { platformOf } from '../platform.ts'
import { type Environment, type Finding, note, ok, problem } from './finding.ts'
import { loopbackFinding, publishersFinding } from './network.ts'
import { engineFinding, goFinding, systemProgramsFinding } from './programs.ts'
import { diskFindings, homeFinding } from './storage.ts'
import { kernelFinding, memoryFinding, nodeFinding, platformFinding } from './system.ts'

export type BackendOutlook = { readonly backend: Backend; readonly works: boolean; readonly why: string }

export type Diagnosis = {
  readonly findings: readonly Finding[]
  readonly backends: readonly BackendOutlook[]
}

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

/** Looks at this machine: what the lab needs and what is there, and which backend would work. Writes nothing. */
export const diagnose = async (options: {
  tools: Tools
  paths: LabPaths
  env: Environment
  signal?: AbortSignal
  os?: string
  arch?: string
  nodeVersion?: string
}): Promise<Diagnosis> => {
  const { tools, paths, env, signal, os = process.platform, arch = process.arch } = options
  const { nodeVersion = process.versions.node } = options
  const platform = platformFinding({ os, arch, release: release() })
  const node = nodeFinding(nodeVersion)
  const statuses = await tools.list()
  const needed = statuses.filter((tool) => EMBEDDED_TOOLS.includes(tool.name))
  const missing = needed.filter((tool) => !tool.found)
  const downloadable = missing.filter((tool) => tool.ways.includes('download')).map((tool) => tool.name)
  const [memory, disks, home, loopback, go, programs, engine, downloads, kernel] = await Promise.all([
    memoryFinding(missing.length > 0),
    diskFindings(paths, { toolsMissing: missing.length > 0 }),
    homeFinding(paths),
    loopbackFinding(),
    goFinding(env),
    systemProgramsFinding(env),
    engineFinding(env),
    publishersFinding(hostsFor(downloadable, os, arch), signal),
    kernelFinding({ os, release: release(), env }),
  ])
  const controlPlane = toolsFinding(needed, { downloadsAnswer: downloads?.state === 'ok' })
  const findings = [platform, node, memory, ...disks, home, loopback, controlPlane, go.finding]
    .concat(downloads ?? [])
    .concat(programs, engine.finding, kernel ?? [])
  const problems = findings.filter((finding) => finding.state === 'problem')
  return {
    findings,
    backends: [
      {
        backend: 'embedded',
        works: problems.length === 0,
        why:
          problems.length === 0
            ? 'Everything it needs is here or can be had here.'
            : `In the way: ${problems.map((finding) => finding.title).join(', ')}.`,
      },
      {
        backend: 'kind',
        works: false,
        why: engine.engine
          ? `This version of the lab has no kind backend yet; ${engine.engine} would be there for it.`
          : 'This version of the lab has no kind backend yet; it will need a container engine.',
      },
    ],
  }
}
