import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { BuildRecipe, Download, ToolEntry } from './catalogue/entry.ts'
import type { PlatformName } from './platform.ts'

/** What is kept beside a cached program: where it came from. */
export type Origin = {
  readonly tool: string
  readonly version: string
  readonly source: 'download' | 'build'
  readonly size: number // bytes
  readonly checksum?: 'compiled-in' | 'publisher'
  readonly url?: string
  readonly goVersion?: string
}

export type Cached = { readonly path: string; readonly origin: Origin }

const ORIGIN_FILE = 'origin.json'
/** Folders of unfinished work: machine, process, something of its own. Machines may share a cache. */
const DRAFT = /^draft-([0-9a-f]+)-(\d+)-/
const ABANDONED_AFTER_MS = 24 * 3600 * 1000

const shortHash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12)

const machine = (): string => shortHash(hostname())

/** Folder of the tool cache inside the lab's cache. */
export const toolsFolder = (cache: string): string => join(cache, 'tools')

/** Folder of a downloaded program. Another address, checksum or platform is another folder. */
export const downloadFolder = (
  cache: string,
  options: { entry: ToolEntry; platform: PlatformName; download: Download },
): string => {
  const { entry, platform, download } = options
  const hash = shortHash(['download', platform, download.url, download.member, download.checksum])
  return join(toolsFolder(cache), entry.name, `${download.version}-${hash}`)
}

/** Folder of a built program. Another recipe or platform is another folder; another Go is not. */
export const buildFolder = (
  cache: string,
  options: { entry: ToolEntry; platform: PlatformName; build: BuildRecipe },
): string => {
  const { entry, platform, build } = options
  return join(toolsFolder(cache), entry.name, `${entry.version}-${shortHash(['build', platform, build])}`)
}

/** The program in that folder, or undefined when there is none or it is not the one that was put there. */
export const readCached = async (folder: string, name: string): Promise<Cached | undefined> => {
  const path = join(folder, name)
  try {
    const origin = JSON.parse(await readFile(join(folder, ORIGIN_FILE), 'utf8')) as Origin
    const info = await stat(path)
    const whole = info.isFile() && info.size === origin.size && (info.mode & 0o100) !== 0
    return whole ? { path, origin } : undefined
  } catch {
    return undefined
  }
}

/** The first of the tool's possible folders that holds a program: what was downloaded goes before what was built. */
export const findCached = async (
  cache: string,
  entry: ToolEntry,
  platform: PlatformName,
): Promise<Cached | undefined> => {
  const folders = [
    ...(entry.downloads[platform] ?? []).map((download) => downloadFolder(cache, { entry, platform, download })),
    buildFolder(cache, { entry, platform, build: entry.build }),
  ]
  for (const folder of folders) {
    const cached = await readCached(folder, entry.name)
    if (cached) return cached
  }
  return undefined
}

/** Runs `work` with a folder of its own in the cache, and removes that folder whatever happens. */
export const withDraft = async <T>(cache: string, work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = join(toolsFolder(cache), `draft-${machine()}-${process.pid}-${randomUUID().slice(0, 8)}`)
  await mkdir(folder, { recursive: true })
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/**
 * Puts a finished program (in a folder of its own inside a draft) at its place in the cache with one rename, so that
 * it is there in whole or not at all.
 */
export const publish = async (options: {
  draft: string
  folder: string
  origin: Omit<Origin, 'size'>
}): Promise<Cached> => {
  const { draft, folder, origin } = options
  const { size } = await stat(join(draft, origin.tool))
  const whole: Origin = { ...origin, size }
  await writeFile(join(draft, ORIGIN_FILE), `${JSON.stringify(whole, undefined, 2)}\n`)
  await mkdir(join(folder, '..'), { recursive: true })
  // Whatever lies there did not pass `readCached`, or another process has put the same program there just now.
  await rm(folder, { recursive: true, force: true })
  await rename(draft, folder)
  return { path: join(folder, origin.tool), origin: whole }
}

/** Removes what killed processes left behind: drafts of processes of this machine that are gone, and day-old ones. */
export const sweepDrafts = async (cache: string, isRunning: (pid: number) => boolean): Promise<void> => {
  const root = toolsFolder(cache)
  for (const name of await readdir(root).catch(() => [])) {
    const [, host, pid] = DRAFT.exec(name) ?? []
    if (!host) continue
    const path = join(root, name)
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now())
    const gone = host === machine() && !isRunning(Number(pid))
    if (gone || age > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true })
  }
}
