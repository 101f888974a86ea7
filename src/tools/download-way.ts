import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { withLock } from '../store/lock.ts'
import { extractProgram } from './archive.ts'
import { downloadFolder, publish, readCached, toolsFolder, withDraft } from './cache.ts'
import type { Download, ToolEntry } from './catalogue/entry.ts'
import { expectedChecksum, recordChecksum } from './checksum.ts'
import { fetchFile } from './download.ts'
import { WayFailed } from './way-failed.ts'
import { type Outcome, tryProgram, type Workshop } from './workshop.ts'

type Wish = { readonly entry: ToolEntry; readonly download: Download }

/** File of the checksums recorded at first use: in the lab's state, so that emptying the cache keeps them. */
export const checksumRecordPath = (state: string): string => join(state, 'tool-checksums.json')

/**
 * Which file serves which tool: each tool takes its first download, unless a later one is fetched for another tool
 * anyway. Groups are by address.
 */
export const planDownloads = (
  entries: readonly ToolEntry[],
  platform: Workshop['platform'],
): ReadonlyMap<string, readonly Wish[]> => {
  const offers = (entry: ToolEntry) => entry.downloads[platform] ?? []
  const certain = new Set(entries.filter((entry) => offers(entry).length === 1).map((entry) => offers(entry)[0]?.url))
  const groups = new Map<string, Wish[]>()
  for (const entry of entries) {
    const download = offers(entry).find(({ url }) => certain.has(url)) ?? offers(entry)[0]
    if (!download) continue
    groups.set(download.url, [...(groups.get(download.url) ?? []), { entry, download }])
  }
  return groups
}

/** Downloads what the publishers offer, each file once, files side by side. */
export const downloadTools = async (
  entries: readonly ToolEntry[],
  workshop: Workshop,
): Promise<ReadonlyMap<string, Outcome>> => {
  const outcomes = new Map<string, Outcome>()
  for (const entry of entries) {
    outcomes.set(entry.name, { failed: `nobody releases ${entry.name} for ${workshop.platform}` })
  }
  const groups = [...planDownloads(entries, workshop.platform)]
  const settled = await Promise.allSettled(groups.map(([url, wishes]) => downloadGroup(url, wishes, workshop)))
  for (const [index, result] of settled.entries()) {
    const wishes = groups[index]?.[1] ?? []
    if (result.status === 'fulfilled') {
      for (const [name, outcome] of result.value) outcomes.set(name, outcome)
    } else if (result.reason instanceof WayFailed) {
      const { message } = result.reason
      for (const { entry } of wishes) outcomes.set(entry.name, { failed: message, cause: result.reason })
    } else {
      throw result.reason
    }
  }
  return outcomes
}

const downloadGroup = async (
  url: string,
  wishes: readonly Wish[],
  workshop: Workshop,
): Promise<ReadonlyMap<string, Outcome>> => {
  const { paths, signal, unreachable, step } = workshop
  const { host } = new URL(url)
  const known = unreachable.get(host)
  if (known) throw new WayFailed({ what: known, unreachableHost: host })
  const each = (change: Parameters<typeof step>[1]) => {
    for (const { entry } of wishes) step(entry, change)
  }
  each({ state: 'running', detail: `asking ${host}` })
  const key = createHash('sha256').update(url).digest('hex').slice(0, 12)
  const lock = join(toolsFolder(paths.cache), 'locks', `download-${key}`)
  const onWait = (pid: number) => each({ state: 'waiting', detail: `another lab (process ${pid}) is downloading it` })
  try {
    return await withLock({ path: lock, onWait, ...(signal ? { signal } : {}) }, () =>
      fetchAndKeep(url, wishes, workshop),
    )
  } catch (error) {
    if (error instanceof WayFailed && error.unreachableHost) unreachable.set(error.unreachableHost, error.message)
    throw error
  }
}

const fetchAndKeep = async (
  url: string,
  wishes: readonly Wish[],
  workshop: Workshop,
): Promise<ReadonlyMap<string, Outcome>> => {
  const { paths, platform, signal, step } = workshop
  const outcomes = new Map<string, Outcome>()
  const missing: Wish[] = []
  for (const wish of wishes) {
    const { entry, download } = wish
    const there = await readCached(downloadFolder(paths.cache, { entry, platform, download }), entry.name)
    if (there)
      outcomes.set(entry.name, { found: { path: there.path, version: there.origin.version, source: 'download' } })
    else missing.push(wish)
  }
  const [first] = missing
  if (!first) return outcomes
  const { checksum } = first.download
  const recordPath = checksumRecordPath(paths.state)
  await withDraft(paths.cache, async (draft) => {
    const cancel = signal ? { signal } : {}
    const wanted = await expectedChecksum({ download: first.download, recordPath, ...cancel })
    const file = join(draft, 'file')
    const detail = `downloading from ${new URL(url).host}`
    const actual = await fetchFile({
      url,
      to: file,
      algorithm: checksum.algorithm,
      ...cancel,
      onProgress: inSteps(({ done, total }) => {
        for (const { entry } of missing) {
          step(entry, { state: 'running', detail, done, unit: 'bytes', ...(total ? { total } : {}) })
        }
      }),
    })
    if (actual !== wanted) throw mismatch(url, checksum.algorithm)
    await recordChecksum({ url, checksum, hex: actual, recordPath, now: new Date() })
    for (const { entry, download } of missing) {
      step(entry, { state: 'running', detail: 'unpacking' })
      const [unpacked, ready] = [join(draft, `unpack-${entry.name}`), join(draft, `ready-${entry.name}`)]
      await mkdir(unpacked)
      await mkdir(ready)
      try {
        const program = join(ready, entry.name)
        await extractProgram({ file, download, folder: unpacked, to: program, ...cancel })
        await tryProgram({ path: program, entry, version: download.version }, workshop)
        const folder = downloadFolder(paths.cache, { entry, platform, download })
        const origin = {
          tool: entry.name,
          version: download.version,
          source: 'download',
          checksum: checksum.kind,
          url,
        } as const
        const kept = await publish({ draft: ready, folder, origin })
        outcomes.set(entry.name, { found: { path: kept.path, version: download.version, source: 'download' } })
      } catch (error) {
        if (!(error instanceof WayFailed)) throw error
        outcomes.set(entry.name, { failed: error.message, cause: error })
      }
    }
  })
  return outcomes
}

const mismatch = (url: string, algorithm: string): UserError =>
  new UserError({
    what: `The file from ${url} does not have the ${algorithm} checksum its publisher announced; it was deleted.`,
    next: 'Try again; when it happens again, something between you and the publisher changes downloads (a proxy, a hotel Wi-Fi): use another network.',
    exitCode: 3,
  })

const REPORT_EVERY_BYTES = 256 * 1024

/** Passes on progress at most once per 256 KiB, and at the end. */
const inSteps = (report: (progress: { done: number; total: number | undefined }) => void) => {
  let reported = 0
  return (progress: { done: number; total: number | undefined }) => {
    if (progress.done - reported < REPORT_EVERY_BYTES && progress.done !== progress.total) return
    reported = progress.done
    report(progress)
  }
}
