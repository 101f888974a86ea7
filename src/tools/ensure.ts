import { ToolError, UserError } from '../core/errors.ts'
import { isRunning } from '../store/process-identity.ts'
import { buildTools } from './build-way.ts'
import { findCached, sweepDrafts } from './cache.ts'
import type { ToolEntry } from './catalogue/entry.ts'
import { downloadTools } from './download-way.ts'
import { throwIfAborted } from './exec.ts'
import { findOnPath } from './find.ts'
import { isNewEnough } from './go.ts'
import type { Source } from './sources.ts'
import type { Found, Outcome, Workshop } from './workshop.ts'

type Ways = Record<Source, (entries: readonly ToolEntry[], workshop: Workshop) => Promise<ReadonlyMap<string, Outcome>>>

const oneByOne =
  (look: (entry: ToolEntry, workshop: Workshop) => Promise<Outcome>) =>
  async (entries: readonly ToolEntry[], workshop: Workshop) =>
    new Map(await Promise.all(entries.map(async (entry) => [entry.name, await look(entry, workshop)] as const)))

const WAYS: Ways = {
  cache: oneByOne(async (entry, { paths, platform }) => {
    const cached = await findCached(paths.cache, entry, platform)
    if (!cached) return { failed: 'not in the cache' }
    return { found: { path: cached.path, version: cached.origin.version, source: 'cache' } }
  }),
  path: oneByOne(async (entry, { paths, env, signal }) => {
    const { found, rejected } = await findOnPath({ entry, env, except: [paths.bin], ...(signal ? { signal } : {}) })
    if (found) return { found: { ...found, source: 'path' } }
    return { failed: rejected.length > 0 ? `not usable: ${rejected.join('; ')}` : 'not on PATH' }
  }),
  download: downloadTools,
  build: buildTools,
}

/** How a tool was come by, for the detail of its step. */
const foundDetail = (found: Found): string => {
  switch (found.source) {
    case 'cache':
      return 'from the cache'
    case 'path':
      return `from PATH (${found.path})`
    case 'download':
      return 'downloaded, checksum verified'
    case 'build':
      return 'built from Go modules'
  }
}

/**
 * Gets every tool by the first source that can give it. Throws UserError (exit code 3) that says for each missing
 * tool what was tried and why it did not work; what was come by stays in the cache.
 */
export const obtain = async (
  entries: readonly ToolEntry[],
  sources: readonly Source[],
  workshop: Workshop,
): Promise<ReadonlyMap<string, Found>> => {
  const { step, log, paths, signal, passedOver } = workshop
  const obtained = new Map<string, Found>()
  const attempts = new Map<string, string[]>(entries.map((entry) => [entry.name, []]))
  let cause: unknown
  for (const entry of entries) step(entry, { state: 'waiting' })
  if (sources.some((source) => source === 'download' || source === 'build')) await sweepDrafts(paths.cache, isRunning)
  for (const source of sources) {
    throwIfAborted(signal)
    const pending = entries.filter((entry) => !obtained.has(entry.name))
    if (pending.length === 0) break
    for (const [name, outcome] of await WAYS[source](pending, workshop)) {
      const entry = pending.find((candidate) => candidate.name === name)
      if (!entry) continue
      if ('found' in outcome) {
        obtained.set(name, outcome.found)
        log?.event('tool.found', { name, ...outcome.found })
        step(entry, { state: 'done', detail: foundDetail(outcome.found) })
      } else {
        attempts.get(name)?.push(`${source}: ${outcome.failed}`)
        log?.event('tool.not-from', { name, source, why: outcome.failed })
        if (outcome.cause) cause = outcome.cause
        if (source !== 'cache') passedOver.set(name, outcome.failed)
        step(entry, { state: 'waiting', detail: outcome.failed })
      }
    }
  }
  const missing = entries.filter((entry) => !obtained.has(entry.name))
  if (missing.length === 0) return obtained
  const reasons = missing.map((entry) => {
    const tried = attempts.get(entry.name) ?? []
    step(entry, { state: 'failed', detail: tried.at(-1) ?? 'no source allowed' })
    return `${entry.name} ${entry.version} (${tried.join('; ')})`
  })
  throw new UserError({
    what: `Could not get ${reasons.join(', and ')}.`,
    next: nextStep(missing, sources, workshop.env),
    exitCode: 3,
    cause: cause instanceof Error && cause.cause instanceof ToolError ? cause.cause : cause,
  })
}

const nextStep = (missing: readonly ToolEntry[], sources: readonly Source[], env: Workshop['env']): string => {
  const names = missing.map((entry) => entry.name).join(' ')
  if (!sources.includes('build') && !sources.includes('download')) {
    return `Allow more sources in K8S_SEC_LAB_TOOL_SOURCES, or put ${names} on PATH.`
  }
  const needs = missing.map((entry) => entry.build.set.go)
  const go = needs.reduce((newest, need) => (isNewEnough(newest, need) ? newest : need), '1.0')
  const behindProxy = sources.includes('download') && (env.HTTPS_PROXY ?? env.https_proxy)
  return [
    `Connect to the internet, or install Go ${go} or newer with a module proxy it can reach,`,
    `then run: k8s-sec-lab tools install ${names}`,
    ...(behindProxy ? ['(downloads do not go through HTTPS_PROXY; those of Go do)'] : []),
  ].join(' ')
}
