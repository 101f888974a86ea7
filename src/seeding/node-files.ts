/** Files that a lesson has on the nodes: kept as they were before it, written at begin, put back afterwards. */
import { UserError } from '../core/errors.ts'
import type { Bindings, Lesson } from '../core/model.ts'
import type { Cluster, NodeAccess } from '../core/ports.ts'
import { fill } from '../core/template.ts'

/** What a node had at a lesson's paths before it began. */
export type NodeBefore = {
  /** Files and folders of the lesson. */
  readonly paths: readonly string[]
  /** Those of the paths, and of the folders on the way to them, that were not there. */
  readonly missing: readonly string[]
  /** The others, as a compressed tar archive in base64; '' when there are none. */
  readonly kept: string
}
export type NodesBefore = Readonly<Record<string, NodeBefore>>

/** What is kept travels in the lab's own record: a lesson works on files, not on data. */
const LARGEST = 2_000_000

const MISSING = `for path; do
  at=$path
  while [ "$at" != / ]; do
    if [ ! -e "$at" ] && [ ! -L "$at" ]; then printf '%s\\n' "$at"; fi
    at=$(dirname "$at")
  done
done | sort -u`
const KEEP = `set -e; tar -cz -C / -f - -- "$@" | base64 -w0`
const REMOVE = 'rm -rf -- "$@"'
const PUT_BACK = 'base64 -d | tar -xz -p -C / -f -'
/** Only empty folders go like this: what others put there meanwhile stays. */
const REMOVE_FOLDERS = 'for folder; do rmdir -- "$folder" 2>/dev/null || true; done'

type Cancel = { readonly signal?: AbortSignal }

const script = async (
  nodes: NodeAccess,
  options: Cancel & {
    readonly node: string
    readonly text: string
    readonly args: readonly string[]
    readonly stdin?: string
  },
): Promise<string> => {
  const { node, text, args, stdin, signal } = options
  const { code, stdout, stderr } = await nodes.exec(node, ['sh', '-c', text, 'sh', ...args], { stdin, signal })
  if (code === 0) return stdout
  throw new UserError({
    what: `Files on node ${node} could not be looked after: ${stderr.trim() || `exit code ${code}`}`,
    next: 'Make the cluster anew: k8s-sec-lab cluster down, then k8s-sec-lab start.',
    exitCode: 3,
  })
}

const pathsOf = (lesson: Pick<Lesson, 'nodeSeed' | 'nodeFiles'>): readonly string[] => {
  const all = [...new Set([...lesson.nodeFiles, ...lesson.nodeSeed.map(({ path }) => path)])].sort()
  // What lies in a folder of the list comes and goes with it.
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)))
}

const nodesOf = (cluster: Pick<Cluster, 'nodes' | 'backend'>): NodeAccess => {
  if (cluster.nodes) return cluster.nodes
  throw new UserError({
    what: `The ${cluster.backend} backend has no nodes to put files on.`,
    next: 'Run the lesson on another backend: k8s-sec-lab doctor shows which there are.',
    exitCode: 3,
  })
}

/** What the nodes have where the lesson will write; nothing for a lesson without files on nodes. */
export const keepNodeFiles = async (
  cluster: Pick<Cluster, 'nodes' | 'backend'>,
  lesson: Pick<Lesson, 'nodeSeed' | 'nodeFiles'>,
  { signal }: Cancel = {},
): Promise<NodesBefore> => {
  const paths = pathsOf(lesson)
  if (paths.length === 0) return {}
  const nodes = nodesOf(cluster)
  const before: Record<string, NodeBefore> = {}
  for (const node of await nodes.list()) {
    const missing = (await script(nodes, { node, text: MISSING, args: paths, signal })).split('\n').filter(Boolean)
    const there = paths.filter((path) => !missing.includes(path)).map((path) => path.slice(1))
    const kept = there.length === 0 ? '' : await script(nodes, { node, text: KEEP, args: there, signal })
    if (kept.length > LARGEST) {
      throw new UserError({
        what: `${there.map((path) => `/${path}`).join(', ')} on node ${node} is too large to be kept for later.`,
        next: 'Name single files, or a smaller folder, under node-files of the lesson.',
        exitCode: 3,
      })
    }
    before[node] = { paths, missing, kept }
  }
  return before
}

/** Writes seed/node/ onto every node, placeholders filled in. */
export const seedNodes = async (
  cluster: Pick<Cluster, 'nodes' | 'backend'>,
  lesson: Pick<Lesson, 'nodeSeed'>,
  { bindings, signal }: Cancel & { readonly bindings: Bindings },
): Promise<void> => {
  if (lesson.nodeSeed.length === 0) return
  const nodes = nodesOf(cluster)
  for (const node of await nodes.list()) {
    for (const { path, text, mode = 0o644 } of lesson.nodeSeed) {
      await nodes.writeFile(node, path, fill(text, bindings), { mode, signal })
    }
  }
}

/** Puts the lesson's paths back to what they were: removes what came, restores what was there. Safe to repeat. */
export const restoreNodes = async (
  cluster: Pick<Cluster, 'nodes' | 'backend'>,
  before: NodesBefore,
  { signal }: Cancel = {},
): Promise<void> => {
  if (Object.keys(before).length === 0) return
  const nodes = nodesOf(cluster)
  for (const [node, { paths, missing, kept }] of Object.entries(before)) {
    await script(nodes, { node, text: REMOVE, args: paths, signal })
    if (kept !== '') await script(nodes, { node, text: PUT_BACK, args: [], stdin: kept, signal })
    const folders = missing.filter((path) => !paths.includes(path)).sort((a, b) => b.length - a.length)
    if (folders.length > 0) await script(nodes, { node, text: REMOVE_FOLDERS, args: folders, signal })
  }
}
