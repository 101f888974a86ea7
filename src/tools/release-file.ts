import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { fetchText } from './download.ts'
import { runOk } from './exec.ts'
import { findGo, goEnvironment } from './go.ts'
import { toolSources } from './sources.ts'
import { WayFailed } from './way-failed.ts'

/** A text that a project puts out with a release, such as its CustomResourceDefinitions. Never part of the lab itself. */
export type ReleaseFile = {
  readonly name: string
  /** The file at the tag of the release. */
  readonly url: string
  /** Of the file in the Go module of that release, which is what the checksum database vouches for; else at its tag. */
  readonly sha256: string
  readonly module?: { readonly path: string; readonly version: string; readonly file: string }
}

type Options = {
  readonly cache: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const fromModule = async ({ module }: ReleaseFile, { env, signal }: Options): Promise<string> => {
  if (!module) throw new WayFailed({ what: 'no Go module has it' })
  const go = await findGo(env, signal)
  if (!go) throw new WayFailed({ what: 'there is no go on PATH' })
  const { stdout } = await runOk({
    argv: [go.path, 'mod', 'download', '-json', `${module.path}@${module.version}`],
    env: goEnvironment(env),
    cwd: '/', // outside of every module
    ...(signal ? { signal } : {}),
    what: `Could not fetch the Go module ${module.path} ${module.version}`,
    next: 'Check that GOPROXY answers (`go env GOPROXY`), and try again.',
  })
  const { Dir } = JSON.parse(stdout) as { Dir: string }
  return readFile(join(Dir, module.file), 'utf8')
}

/**
 * The text of a release's file: from the lab's cache, else downloaded, else out of its Go module, in the order of
 * K8S_SEC_LAB_TOOL_SOURCES. Whatever the way, its checksum must be the one compiled in.
 */
export const releaseFile = async (file: ReleaseFile, options: Options): Promise<string> => {
  const { cache, env, signal } = options
  const kept = join(cache, 'files', `${file.sha256.slice(0, 12)}-${file.name}`)
  const tried: string[] = []
  for (const source of toolSources(env)) {
    if (source === 'path') continue
    try {
      const text =
        source === 'cache'
          ? await readFile(kept, 'utf8')
          : source === 'download'
            ? await fetchText({ url: file.url, ...(signal ? { signal } : {}) })
            : await fromModule(file, options)
      if (sumOf(text) !== file.sha256) throw new WayFailed({ what: `its checksum is another one: ${sumOf(text)}` })
      if (source !== 'cache') await keep(kept, text)
      return text
    } catch (error) {
      signal?.throwIfAborted()
      tried.push(`${source}: ${source === 'cache' ? 'not in the cache' : (error as Error).message}`)
    }
  }
  throw new UserError({
    what: `Could not get ${file.name} (${tried.join('; ')}).`,
    next: 'Connect to the internet, or install Go with a module proxy it can reach, and try again.',
    exitCode: 3,
  })
}

const keep = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.${randomUUID().slice(0, 8)}`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(draft, text)
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
