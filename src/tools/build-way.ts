import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from '../store/lock.ts'
import { buildProgram, prepareModule } from './build.ts'
import { buildFolder, publish, readCached, toolsFolder, withDraft } from './cache.ts'
import type { ModuleSet, ToolEntry } from './catalogue/entry.ts'
import { throwIfAborted } from './exec.ts'
import { findGo, type Go, isNewEnough } from './go.ts'
import { WayFailed } from './way-failed.ts'
import { type Outcome, tryProgram, type Workshop } from './workshop.ts'

/** Why this Go cannot build that tool, or undefined when it can. */
export const goObjection = (entry: ToolEntry, go: Go | undefined): string | undefined => {
  const need = entry.build.set.go
  if (!go) return `building it needs Go ${need} or newer, and there is no go on PATH`
  if (!isNewEnough(go.version, need)) return `building it needs Go ${need} or newer, and this is Go ${go.version}`
  return undefined
}

/**
 * Builds tools from their Go modules, one after the other: a build uses all processors by itself. One lock for the
 * whole cache, so that two labs do not do the same work at once.
 */
export const buildTools = async (
  entries: readonly ToolEntry[],
  workshop: Workshop,
): Promise<ReadonlyMap<string, Outcome>> => {
  const { paths, env, signal, step } = workshop
  const outcomes = new Map<string, Outcome>()
  const go = await findGo(env, signal)
  const possible: ToolEntry[] = []
  for (const entry of entries) {
    const objection = goObjection(entry, go)
    if (objection) outcomes.set(entry.name, { failed: objection })
    else possible.push(entry)
  }
  if (!go || possible.length === 0) return outcomes
  const lock = join(toolsFolder(paths.cache), 'locks', 'build')
  const onWait = (pid: number) => {
    for (const entry of possible) {
      step(entry, { state: 'waiting', detail: `another lab (process ${pid}) is building tools` })
    }
  }
  await withLock({ path: lock, onWait, ...(signal ? { signal } : {}) }, async () => {
    for (const set of new Set(possible.map((entry) => entry.build.set))) {
      const members = possible.filter((entry) => entry.build.set === set)
      for (const [name, outcome] of await buildSet({ set, entries: members, go }, workshop)) outcomes.set(name, outcome)
    }
  })
  return outcomes
}

const buildSet = async (
  options: { set: ModuleSet; entries: readonly ToolEntry[]; go: Go },
  workshop: Workshop,
): Promise<ReadonlyMap<string, Outcome>> => {
  const { set, entries, go } = options
  const { paths, platform, env, signal, step, passedOver } = workshop
  const outcomes = new Map<string, Outcome>()
  const missing: ToolEntry[] = []
  for (const entry of entries) {
    const there = await readCached(buildFolder(paths.cache, { entry, platform, build: entry.build }), entry.name)
    if (there) outcomes.set(entry.name, { found: { path: there.path, version: there.origin.version, source: 'build' } })
    else missing.push(entry)
  }
  if (missing.length === 0) return outcomes
  try {
    await withDraft(paths.cache, async (draft) => {
      const folder = join(draft, 'module')
      await mkdir(folder)
      const context = (about: readonly ToolEntry[]) => ({
        go,
        env,
        folder,
        cache: paths.cache,
        ...(signal ? { signal } : {}),
        onProgress: (progress: { detail: string; done?: number; total?: number; line?: string }) => {
          for (const entry of about) {
            const before = passedOver.get(entry.name)
            step(entry, {
              state: 'running',
              ...progress,
              detail: before ? `${before}, so ${progress.detail}` : progress.detail,
              ...(progress.total === undefined ? {} : { unit: 'packages' }),
            })
          }
        },
      })
      await prepareModule(set, context(missing))
      for (const [index, entry] of missing.entries()) {
        for (const later of missing.slice(index + 1)) step(later, { state: 'waiting', detail: `after ${entry.name}` })
        const ready = join(draft, `ready-${entry.name}`)
        try {
          await buildProgram(entry.build, join(ready, entry.name), context([entry]))
          throwIfAborted(signal)
          await tryProgram({ path: join(ready, entry.name), entry, version: entry.version }, workshop)
        } catch (error) {
          if (!(error instanceof WayFailed)) throw error
          outcomes.set(entry.name, { failed: error.message, cause: error })
          continue
        }
        const kept = await publish({
          draft: ready,
          folder: buildFolder(paths.cache, { entry, platform, build: entry.build }),
          origin: { tool: entry.name, version: entry.version, source: 'build', goVersion: go.version },
        })
        outcomes.set(entry.name, { found: { path: kept.path, version: entry.version, source: 'build' } })
        // Told at once: the next program of this module may take minutes.
        step(entry, { state: 'done', detail: 'built from Go modules' })
      }
    })
  } catch (error) {
    if (!(error instanceof WayFailed)) throw error
    for (const entry of missing) {
      if (!outcomes.has(entry.name)) outcomes.set(entry.name, { failed: error.message, cause: error })
    }
  }
  return outcomes
}
