import { mkdir } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import { editableFiles } from '../app/editable.ts'
import { runForeground } from '../app/foreground.ts'
import { UserError } from '../core/errors.ts'
import { wrap } from '../text/wrap.ts'
import type { CommandContext } from './context.ts'
import { type Editing, editControlPlaneFile, editorsOf } from './edit.ts'
import { editNodeFile, nodePath } from './edit-node-file.ts'
import type { ExitCode } from './io.ts'
import { learnerPlace, type Place } from './learner-place.ts'
import { nodesOf } from './node.ts'

const ANY_NODE_FILE = 'node:/absolute/path: any file on the node'

type Flags = { from?: string; print?: boolean }

/**
 * `edit [file]`: a control-plane file by its name, a file on the node (node:/absolute/path), or a file of the lesson;
 * without a name, what there is.
 */
export const editFile = async (context: CommandContext, flags: Flags, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const [name] = args
  const cluster = await services.cluster()
  if (name === undefined) return listFiles(context)
  const wanted = name.endsWith('.yaml') ? name : `${name}.yaml`
  const known = cluster.files().find((file) => file.name === name || file.name === wanted)
  const place = await learnerPlace(io, services)
  const editing: Editing = {
    ...flags,
    env: io.env,
    run: (argv) => inForeground(context, argv, place),
    readStdin: async () => {
      const chunks: Buffer[] = []
      for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk))
      return Buffer.concat(chunks).toString('utf8')
    },
    write: io.out,
    signal: io.signal,
  }
  if (known) return editControlPlaneFile({ ...editing, cluster, name: known.name })
  const path = nodePath(name)
  return path === undefined
    ? editOwn(context, place, { name, ...flags })
    : editNodeFile({ ...editing, nodes: nodesOf(cluster), path })
}

const inForeground = async (context: CommandContext, argv: readonly string[], place: Place): Promise<number> => {
  const release = context.io.holdSignals()
  try {
    return await runForeground({ argv, cwd: place.folder, env: { ...context.io.env, ...place.env } })
  } finally {
    release()
  }
}

const listFiles = async (context: CommandContext): Promise<ExitCode> => {
  const { io, services } = context
  const place = await learnerPlace(io, services)
  const cluster = await services.cluster()
  const own = place.lesson ? await (await services.workspace(place.lesson)).list() : []
  const files = editableFiles({ lesson: place.lesson, controlPlane: cluster.files(), workspace: own })
  const lines = files.flatMap((file) =>
    wrap(`${file.name}: ${file.about}`, { width: io.columns(), first: '  ', rest: '    ' }),
  )
  if (cluster.nodes) lines.push(...wrap(ANY_NODE_FILE, { width: io.columns(), first: '  ', rest: '    ' }))
  io.out(`${['Files that k8s-sec-lab edit opens:', ...lines].join('\n')}\n`)
  return 0
}

const editOwn = async (context: CommandContext, place: Place, what: Flags & { name: string }): Promise<ExitCode> => {
  const path = resolve(place.folder, what.name)
  const inside = relative(place.folder, path)
  if (!place.lesson || inside.startsWith(`..${sep}`) || inside === '..' || inside === '') {
    const names = (await context.services.cluster()).files().map((file) => file.name)
    throw new UserError({
      what: `There is no file called ${what.name} to edit.`,
      next: `Name one of ${names.join(', ')}, or a file in your folder of a lesson that has begun.`,
    })
  }
  if (what.print || what.from !== undefined) {
    throw new UserError({
      what: `${what.name} is a file of your own; --print and --from are for control-plane files.`,
      next: `You find it at ${path}.`,
    })
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const editors = editorsOf(context.io.env)
  for (const [index, editor] of editors.entries()) {
    try {
      const code = await inForeground(context, [...editor, path], place)
      return code === 0 ? 0 : 3
    } catch (error) {
      if (index === editors.length - 1 || !(error instanceof UserError)) throw error // not installed: the next one
    }
  }
  return 3
}
