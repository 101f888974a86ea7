import { realpath } from 'node:fs/promises'
import { delimiter, resolve } from 'node:path'
import type { ToolEntry } from './catalogue/entry.ts'
import { whichAll } from './exec.ts'
import { isAcceptable, probeVersion } from './versions.ts'

type Environment = Readonly<Record<string, string | undefined>>

export type OnPath = { readonly path: string; readonly version: string }

/**
 * Looks for a usable program in the folders of PATH, in order; folders in `except` (the lab's own links) are passed
 * over. Answers the first with an acceptable version, and why others were not taken.
 */
export const findOnPath = async (options: {
  entry: ToolEntry
  env: Environment
  except: readonly string[]
  signal?: AbortSignal
}): Promise<{ readonly found?: OnPath; readonly rejected: readonly string[] }> => {
  const { entry, env, except, signal } = options
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder && !except.includes(resolve(folder)))
  const rejected: string[] = []
  const seen = new Set<string>()
  for (const path of await whichAll(entry.name, folders.join(delimiter))) {
    const real = await realpath(path).catch(() => path)
    if (seen.has(real)) continue
    seen.add(real)
    const answer = await probeVersion({ path, entry, env, ...(signal ? { signal } : {}) })
    if ('reason' in answer) {
      rejected.push(`${path}: ${answer.reason}`)
    } else if (isAcceptable({ found: answer.version, wanted: entry.version, accept: entry.probe.accept })) {
      return { found: { path, version: answer.version }, rejected }
    } else if (entry.probe.accept === 'own-build') {
      rejected.push(`${path}: it cannot tell its version`)
    } else {
      rejected.push(`${path}: ${answer.version}, wanted ${entry.version}`)
    }
  }
  return { rejected }
}
