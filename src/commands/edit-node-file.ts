import { basename } from 'node:path'
import { UserError } from '../core/errors.ts'
import type { NodeAccess } from '../core/ports.ts'
import { type Editing, newText } from './edit.ts'
import { firstNode } from './node.ts'

const PREFIX = 'node:'

/** The path in `node:/etc/hosts`, undefined when the name is of no file on a node. Throws UserError when it is unclear. */
export const nodePath = (name: string): string | undefined => {
  if (!name.startsWith(PREFIX)) return undefined
  const path = name.slice(PREFIX.length)
  if (/^\/.*[^/]$/.test(path)) return path
  throw new UserError({
    what: `${name} names no file on the node.`,
    next: 'Give its whole path: k8s-sec-lab edit node:/etc/hosts',
  })
}

/** Mode of a file on the node; undefined when there is none. Throws UserError when it is something else than a file. */
const modeOf = async (
  nodes: NodeAccess,
  at: { readonly node: string; readonly path: string; readonly signal?: AbortSignal },
): Promise<number | undefined> => {
  const { node, path, signal } = at
  const { code, stdout } = await nodes.exec(node, ['stat', '-L', '-c', '%a %F', '--', path], { signal })
  if (code !== 0) return undefined
  const [, mode = '', kind = ''] = /^(\d+) (.*)/.exec(stdout) ?? []
  if (kind.startsWith('regular')) return Number.parseInt(mode, 8)
  throw new UserError({
    what: `${path} on the node is no file: it is a ${kind}.`,
    next: 'Look around with `k8s-sec-lab node`.',
  })
}

/**
 * `edit node:/path`: a copy is opened in the editor and written back in one piece, with the mode it had; a file that is
 * not there yet is made, for root alone. `from` and `print` as for control-plane files.
 */
export const editNodeFile = async (
  options: Editing & { readonly nodes: NodeAccess; readonly path: string },
): Promise<0> => {
  const { nodes, path, write, signal } = options
  const node = await firstNode(nodes)
  const mode = await modeOf(nodes, { node, path, signal })
  if (options.print) {
    write(await nodes.readFile(node, path))
    return 0
  }
  const before = mode === undefined ? undefined : await nodes.readFile(node, path)
  const after = await newText({ ...options, copy: basename(path) }, before ?? '')
  if (after === (before ?? '')) {
    write(`${path}: nothing changed.\n`)
    return 0
  }
  await nodes.writeFile(node, path, after, { mode: mode ?? 0o600, signal })
  write(`${path}: ${before === undefined ? 'made' : 'written'} on node ${node}.\n`)
  return 0
}
