import { appendFile, writeFile } from 'node:fs/promises'
import { type RunResult, run } from '../../tools/exec.ts'
import { storageError } from '../files.ts'
import type { Layout } from './layout.ts'
import { troubleIn } from './troubles.ts'

/** A step of `kind create cluster` as kind names it, begun, done or failed. */
export type KindStep = { readonly title: string; readonly state: 'running' | 'done' | 'failed' }

/** Reads a line of kind's output for somebody who is no terminal: " • Preparing nodes 📦  ...", " ✓ …", " ✗ …". */
export const stepIn = (line: string): KindStep | undefined => {
  const [, mark, text] = /^\s*([•✓✗])\s+(.*?)\s*(?:\.\.\.)?\s*$/u.exec(line) ?? []
  const state = mark === '•' ? 'running' : mark === '✓' ? 'done' : mark === '✗' ? 'failed' : undefined
  if (state === undefined || text === undefined) return undefined
  return { title: text.replace(/[^\p{L}\p{N}\p{P}=≤]+$/u, ''), state }
}

/** Longest wait for a node that is not ready yet. */
const WAIT = '180s'

/** The kind command line for one cluster. Everything it says goes into the log of the home, word for word. */
export const createKindCli = (options: {
  readonly program: string
  readonly name: string
  readonly layout: Layout
  readonly env: Readonly<Record<string, string | undefined>>
}) => {
  const { program, name, layout, env } = options
  const call = async (
    args: readonly string[],
    work: {
      readonly signal?: AbortSignal | undefined
      readonly onLine?: (line: string) => void
      readonly env?: Readonly<Record<string, string>>
    } = {},
  ): Promise<RunResult> => {
    const lines: string[] = [`$ kind ${args.join(' ')}`]
    try {
      return await run({
        argv: [program, ...args],
        env: { ...env, ...work.env },
        group: true,
        ...(work.signal ? { signal: work.signal } : {}),
        onLine: (line) => {
          lines.push(line)
          work.onLine?.(line)
        },
      })
    } finally {
      await appendFile(layout.log, `${lines.join('\n')}\n`, { mode: 0o600 }).catch(() => undefined)
    }
  }
  const callOk = async (doing: string, ...[args, work]: Parameters<typeof call>): Promise<RunResult> => {
    const result = await call(args, work)
    if (result.code !== 0) throw troubleIn(result.stdout + result.stderr, { doing, log: layout.log })
    return result
  }
  return {
    /** Creates the cluster and waits until its node is ready. kind itself removes what it made when it fails. */
    create: async (work: {
      readonly image: string
      readonly signal?: AbortSignal | undefined
      readonly onLine: (line: string) => void
    }): Promise<void> => {
      await writeFile(layout.log, '', { mode: 0o600 }).catch((error) => {
        throw storageError(error, layout.log)
      })
      const args = ['create', 'cluster', '--name', name, '--config', layout.kindConfig, '--image', work.image]
      await callOk('kind create cluster', [...args, '--kubeconfig', layout.kubeconfig, '--wait', WAIT], work)
    },
    /** Removes the cluster's containers and volumes; also what a cancelled creation has left. */
    remove: (work?: { readonly signal?: AbortSignal }) =>
      callOk('kind delete cluster', ['delete', 'cluster', '--name', name, '--kubeconfig', layout.kubeconfig], work),
    /** Writes the kubeconfig of the home again. */
    exportKubeconfig: (work?: { readonly signal?: AbortSignal | undefined }) =>
      callOk(
        'kind export kubeconfig',
        ['export', 'kubeconfig', '--name', name, '--kubeconfig', layout.kubeconfig],
        work,
      ),
    loadImages: (images: readonly string[], work?: { readonly signal?: AbortSignal | undefined }) =>
      callOk('kind load docker-image', ['load', 'docker-image', ...images, '--name', name], work),
    loadArchive: (archive: string, work?: { readonly signal?: AbortSignal | undefined }) =>
      callOk('kind load image-archive', ['load', 'image-archive', archive, '--name', name], work),
  }
}
export type KindCli = ReturnType<typeof createKindCli>
