/** What stands between this machine and a kind cluster: facts in, findings out. machine-facts.ts reads the facts. */
import type { ToolStatus } from '../../core/ports.ts'
import { type Finding, note, ok, problem } from '../../tools/machine/finding.ts'
import { gibibytes } from '../../tools/machine/system.ts'
import type { Engine, ReadyEngine } from './engine.ts'
import { minorOf } from './node-image.ts'

export type KindFacts = {
  /** The kernel of this machine. */
  readonly release: string
  readonly engine: Engine
  /** Limits of this kernel; undefined when it does not tell. */
  readonly inotify?: { readonly watches: number; readonly instances: number }
  /** Bytes that programs can still get here. */
  readonly memory: number
  /** Free bytes where the engine keeps its images; undefined when that cannot be seen from here. */
  readonly disk?: number
  readonly image: { readonly name: string; readonly present?: boolean }
  readonly tools: readonly ToolStatus[]
  /** Whether the publishers of missing tools answer. */
  readonly downloadsAnswer: boolean
}

const GIB = 1024 ** 3
/** One node with its control plane takes some 0.6 GiB, and what lessons run in it has to fit too. */
const MEMORY = 1.5 * GIB
/** The node image unpacked, and the node's own data. */
const DISK_WITH_PULL = 3 * GIB
const DISK = 1 * GIB
/** What kind's own list of known issues recommends. */
const INOTIFY = { watches: 524_288, instances: 512 } as const

/** Whether the engine's containers run on the very kernel that this process runs on. */
export const isHere = (facts: Pick<KindFacts, 'release'>, engine: ReadyEngine): boolean =>
  engine.kernel === undefined || engine.kernel === facts.release

const engineFinding = (facts: KindFacts): Finding => {
  const title = 'Container engine'
  const { engine } = facts
  if (engine.kind !== 'ready') return problem('engine', title, { found: engine.what, fix: engine.next })
  const kind = [engine.rootless ? 'rootless' : '', isHere(facts, engine) ? '' : 'in a machine of its own']
  return ok('engine', title, [`${engine.command} ${engine.version} answers`, ...kind.filter(Boolean)].join(', '))
}

const cgroupFinding = (facts: KindFacts, engine: ReadyEngine): Finding | undefined => {
  const title = 'Control groups'
  if (engine.cgroup === undefined) return undefined
  if (engine.cgroup === 2) return ok('cgroup', title, 'v2')
  const minor = minorOf(facts.image.name)
  if (minor !== undefined && minor >= 35) {
    return problem('cgroup', title, {
      found: `v1, and the kubelet of Kubernetes 1.${minor} refuses that`,
      fix: 'Boot the machine with cgroup v2 (systemd.unified_cgroup_hierarchy=1), or use a node image of Kubernetes 1.34: --node-image kindest/node:v1.34.0',
    })
  }
  return note('cgroup', title, 'v1: Kubernetes 1.34 runs on it, 1.35 and later refuse it')
}

const inotifyFinding = ({ inotify }: KindFacts): Finding | undefined => {
  if (inotify === undefined) return undefined
  const { watches, instances } = inotify
  const found = `${watches} watches, ${instances} instances`
  if (watches >= INOTIFY.watches && instances >= INOTIFY.instances) return ok('inotify', 'inotify limits', found)
  return note(
    'inotify',
    'inotify limits',
    `${found}: enough for one node on a quiet machine, not for several`,
    `When Pods fail with “too many open files”: sudo sysctl fs.inotify.max_user_watches=${INOTIFY.watches} fs.inotify.max_user_instances=${INOTIFY.instances}`,
  )
}

const memoryFinding = (facts: KindFacts, engine: ReadyEngine): Finding => {
  const title = 'Memory, for a node'
  const there = isHere(facts, engine) ? facts.memory : (engine.memoryBytes ?? facts.memory)
  const found = isHere(facts, engine) ? `${gibibytes(there)} available` : `${gibibytes(there)} in the engine's machine`
  if (there >= MEMORY) return ok('memory-node', title, found)
  return problem('memory-node', title, {
    found: `${found}; a node needs ${gibibytes(MEMORY)}`,
    fix: isHere(facts, engine)
      ? 'Close other programs, or give this machine more memory.'
      : "Give the engine's machine more memory in its settings.",
  })
}

const diskFinding = ({ disk, image }: KindFacts, engine: ReadyEngine): Finding | undefined => {
  if (disk === undefined) return undefined
  const title = 'Disk, for images and nodes'
  const needs = image.present ? DISK : DISK_WITH_PULL
  if (disk >= needs) return ok('disk-node', title, `${gibibytes(disk)} free at ${engine.root}`)
  return problem('disk-node', title, {
    found: `${gibibytes(disk)} free at ${engine.root}; ${gibibytes(needs)} may be needed`,
    fix: `Free some space; \`${engine.command} system prune\` removes what no container uses.`,
  })
}

const imageFinding = ({ image }: KindFacts): Finding => {
  const title = 'Node image'
  if (image.present) return ok('node-image', title, `${image.name} is there`)
  return note(
    'node-image',
    title,
    `${image.name} will be pulled at first start (some 400 MB)`,
    'Without internet: load one into the engine beforehand and name it with --node-image; clusters/kind/README.md says how to build one.',
  )
}

const toolFinding = ({ tools, downloadsAnswer }: KindFacts): Finding => {
  const title = 'Tools for kind'
  const missing = tools.filter((tool) => !tool.found)
  if (missing.length === 0)
    return ok('tools-kind', title, tools.map((tool) => `${tool.name} ${tool.found?.version}`).join(', '))
  const names = missing.map((tool) => tool.name).join(', ')
  const lost = missing.find(
    (tool) => !tool.ways.includes('build') && !(tool.ways.includes('download') && downloadsAnswer),
  )
  if (lost === undefined) {
    return note(
      'tools-kind',
      title,
      `${names} will be fetched at first start`,
      'k8s-sec-lab tools install kind kubectl',
    )
  }
  return problem('tools-kind', title, {
    found: `${names} cannot be had here: ${lost.unavailable ?? 'no download answers, and there is no Go to build it'}`,
    fix: 'Connect to the internet, or install Go, or put kind on PATH yourself (kind.sigs.k8s.io).',
  })
}

/** What matters for kind alone, in the order in which it would fail. Behind the engine nothing can be asked without one. */
export const kindFindings = (facts: KindFacts): readonly Finding[] => {
  const { engine } = facts
  const behind =
    engine.kind === 'ready'
      ? [
          cgroupFinding(facts, engine),
          isHere(facts, engine) ? inotifyFinding(facts) : undefined,
          memoryFinding(facts, engine),
          diskFinding(facts, engine),
          imageFinding(facts),
        ]
      : []
  return [engineFinding(facts), toolFinding(facts), ...behind]
    .filter((finding) => finding !== undefined)
    .map((finding) => ({ ...finding, for: 'kind' as const }))
}
