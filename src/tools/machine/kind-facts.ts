import { readFile, statfs } from 'node:fs/promises'
import { release } from 'node:os'
import type { ToolStatus } from '../../core/ports.ts'
import { chosenEngine, hasImage, lookAtEngines } from './engine.ts'
import type { Environment } from './finding.ts'
import { isHere, type KindFacts } from './kind-findings.ts'
import { availableMemory } from './system.ts'

const limit = async (name: string): Promise<number | undefined> => {
  const text = await readFile(`/proc/sys/fs/inotify/${name}`, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Number(text)
}

const freeAt = async (folder: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return undefined
  }
}

/** Reads what kind depends on from this machine and its container engine. Starts nothing, pulls nothing. */
export const readKindFacts = async (options: {
  readonly env: Environment
  readonly os: string
  readonly nodeImage: string
  readonly tools: readonly ToolStatus[]
  readonly downloadsAnswer: boolean
  readonly signal?: AbortSignal
}): Promise<KindFacts> => {
  const { env, os, nodeImage, tools, downloadsAnswer, signal } = options
  const here = { release: release() }
  const [engines, watches, instances, memory] = await Promise.all([
    lookAtEngines(env, signal),
    limit('max_user_watches'),
    limit('max_user_instances'),
    availableMemory(),
  ])
  const engine = chosenEngine(engines, env)
  const cancel = signal ? { signal } : {}
  const [present, disk] = await Promise.all([
    engine ? hasImage(engine, { image: nodeImage, env, ...cancel }) : undefined,
    engine?.root && isHere(here, engine) ? freeAt(engine.root) : undefined,
  ])
  return {
    env,
    os,
    ...here,
    engines,
    ...(watches === undefined || instances === undefined ? {} : { inotify: { watches, instances } }),
    memory,
    ...(disk === undefined ? {} : { disk }),
    image: { name: nodeImage, ...(present === undefined ? {} : { present }) },
    tools,
    downloadsAnswer,
  }
}
