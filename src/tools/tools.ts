import type { Log, ToolStatus, Tools } from '../core/ports.ts'
import type { LabPaths } from '../store/paths.ts'
import { goObjection } from './build-way.ts'
import { findCached } from './cache.ts'
import { findEntry, catalogue as fullCatalogue } from './catalogue/catalogue.ts'
import type { ToolEntry } from './catalogue/entry.ts'
import { readRecord } from './checksum.ts'
import { checksumRecordPath } from './download-way.ts'
import { obtain } from './ensure.ts'
import { findOnPath } from './find.ts'
import { findGo, type Go } from './go.ts'
import { linkTool } from './links.ts'
import { type PlatformName, platformOf, requirePlatform } from './platform.ts'
import { toolSources } from './sources.ts'
import { diskError } from './way-failed.ts'
import type { Workshop } from './workshop.ts'

export type ToolsOptions = {
  readonly paths: LabPaths
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log?: Log
  /** Another catalogue and platform than the lab's own and this machine's. */
  readonly catalogue?: readonly ToolEntry[]
  readonly os?: string
  readonly arch?: string
}

/**
 * The tools of the lab: found in the cache or on PATH, downloaded from their publishers, or built from Go modules, in
 * the order of `K8S_SEC_LAB_TOOL_SOURCES`. `list` asks programs on PATH for their version, and starts nothing else; of a
 * cached tool it tells how it was come by in the first place.
 */
export const createTools = (options: ToolsOptions): Tools => {
  const { paths, env, log, catalogue = fullCatalogue, os = process.platform, arch = process.arch } = options

  const list: Tools['list'] = async () => {
    const platform = platformOf(os, arch)
    if (!('name' in platform)) {
      const unavailable = `${platform.what} ${platform.next}`
      return catalogue.map(({ name, version, neededBy }) => ({ name, version, neededBy, ways: [], unavailable }))
    }
    const [go, record] = await Promise.all([findGo(env), readRecord(checksumRecordPath(paths.state))])
    return Promise.all(catalogue.map((entry) => statusOf({ entry, platform: platform.name, go, record })))
  }

  const statusOf = async (about: {
    entry: ToolEntry
    platform: PlatformName
    go: Go | undefined
    record: Awaited<ReturnType<typeof readRecord>>
  }): Promise<ToolStatus> => {
    const { entry, platform, go, record } = about
    const sources = toolSources(env)
    const [download] = entry.downloads[platform] ?? []
    const objection = goObjection(entry, go)
    const ways = sources.filter(
      (source) => (source === 'download' && download !== undefined) || (source === 'build' && !objection),
    ) as ('download' | 'build')[]
    const found = await findFor(entry, platform)
    const checksum =
      download && (download.checksum.kind === 'publisher' && record[download.url] ? 'recorded' : download.checksum.kind)
    const none = `${download ? 'downloads are switched off' : `nobody releases it for ${platform}`}, and ${objection ?? 'building is switched off'}.`
    return {
      name: entry.name,
      version: entry.version,
      neededBy: entry.neededBy,
      ways,
      ...(found ? { found } : {}),
      ...(checksum ? { checksum } : {}),
      ...(!found && ways.length === 0
        ? { unavailable: `${none} Install Go ${entry.build.set.go} or newer, or check K8S_SEC_LAB_TOOL_SOURCES.` }
        : {}),
    }
  }

  const findFor = async (entry: ToolEntry, platform: PlatformName): Promise<ToolStatus['found']> => {
    for (const source of toolSources(env)) {
      if (source === 'cache') {
        const cached = await findCached(paths.cache, entry, platform)
        if (cached) return { path: cached.path, version: cached.origin.version, source: cached.origin.source }
      }
      if (source === 'path') {
        const { found } = await findOnPath({ entry, env, except: [paths.bin] })
        if (found) return { ...found, source: 'path' }
      }
    }
    return undefined
  }

  const ensure: Tools['ensure'] = async (names, { signal, report }) => {
    const platform = requirePlatform(os, arch)
    const sources = toolSources(env)
    const entries = [...new Set(names)].map((name) => findEntry(catalogue, name))
    const workshop: Workshop = {
      paths,
      env,
      platform,
      catalogue,
      log,
      signal,
      unreachable: new Map(),
      passedOver: new Map(),
      step: (entry, change) => report({ id: `tool:${entry.name}`, title: `${entry.name} ${entry.version}`, ...change }),
    }
    try {
      const obtained = await obtain(entries, sources, workshop)
      const result: Record<string, string> = {}
      for (const entry of entries) {
        const found = obtained.get(entry.name)
        if (!found) continue
        if (entry.forLearners) await linkTool(paths.bin, entry.name, found.path)
        result[entry.name] = found.path
      }
      return result
    } catch (error) {
      throw diskError(error, paths.cache) ?? error
    }
  }

  return { list, ensure, binDir: paths.bin }
}
