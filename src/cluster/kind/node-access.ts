import { UserError } from '../../core/errors.ts'
import type { NodeAccess } from '../../core/ports.ts'
import { lessonImages } from '../lesson-images.ts'
import type { Context } from './context.ts'
import { createKindCli } from './kind-cli.ts'
import { loadImages, provideImages } from './lesson-images.ts'
import { execOnNode, onlyNode } from './node.ts'
import { readNodeFile, writeNodeFile } from './node-files.ts'

/** The node of a kind cluster, for the learner and for seeding. */
export const createNodeAccess = (
  context: Context & { readonly tool: (name: string) => Promise<string> },
): NodeAccess => {
  const { node, engine, layout, name: cluster, env } = context
  const known = (name: string): string => onlyNode(node, name)
  return {
    list: async () => ((await (await engine()).node(node))?.running ? [node] : []),
    exec: async (name, argv, { stdin, signal } = {}) =>
      execOnNode(await engine(), known(name), argv, { stdin, signal }),
    foreground: async (name, argv, { tty }) => [
      (await engine()).command,
      'exec',
      '--interactive',
      ...(tty ? ['--tty'] : []),
      known(name),
      ...(argv.length === 0 ? ['bash', '-l'] : argv),
    ],
    readFile: async (name, path) => {
      const file = await readNodeFile(await engine(), known(name), path)
      if (file) return file.text
      throw new UserError({
        what: `There is no file ${path} on the node ${node}.`,
        next: 'Check the path; `k8s-sec-lab node` opens a shell on the node.',
        exitCode: 3,
      })
    },
    writeFile: async (name, path, text, { mode, signal } = {}) =>
      writeNodeFile(await engine(), known(name), { path, text, mode }, { signal }),
    published: async (port) => (await (await engine()).node(node))?.published[port],
    loadImages: async (images, { report, signal } = { report: () => undefined }) => {
      const step = { id: 'images', title: 'Images for the node', detail: images.join(', ') }
      report({ ...step, state: 'running' })
      const kind = createKindCli({ program: await context.tool('kind'), name: cluster, layout, env })
      await loadImages({ cli: await engine(), kind }, images, signal)
      report({ ...step, state: 'done' })
    },
    provideImages: async (names, { signal } = {}) => {
      const kind = createKindCli({ program: await context.tool('kind'), name: cluster, layout, env })
      const wanted = lessonImages().filter((image) => names.includes(image.name))
      return provideImages({ cli: await engine(), kind, node }, wanted, { signal })
    },
  }
}
