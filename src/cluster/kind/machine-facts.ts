import { readFile, statfs } from 'node:fs/promises'
import { release } from 'node:os'
import type { ToolStatus } from '../../core/ports.ts'
import { run } from '../../tools/exec.ts'
import { availableMemory } from '../../tools/machine/system.ts'
import { engineOf, type ReadyEngine } from './engine.ts'
import { isHere, type KindFacts } from './machine-findings.ts'

type Environment = Readonly<Record<string, string | undefined>>

const PATIENCE_MS = 5_000

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

/** Whether the engine has this image already; undefined when it does not say. */
export const hasImage = async (
  engine: Pick<ReadyEngine, 'command'>,
  options: { readonly image: string; readonly env: Environment; readonly signal?: AbortSignal },
): Promise<boolean | undefined> => {
  const { image, env, signal } = options
  try {
    const argv = [engine.command, 'image', 'inspect', image]
    return (await run({ argv, env, timeoutMs: PATIENCE_MS, ...(signal ? { signal } : {}) })).code === 0
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}

/** Reads what kind depends on from this machine and its container engine. Starts nothing, pulls nothing. */
export const readKindFacts = async (options: {
  readonly env: Environment
  readonly nodeImage: string
  readonly tools: readonly ToolStatus[]
  readonly downloadsAnswer: boolean
  readonly signal?: AbortSignal
}): Promise<KindFacts> => {
  const { env, nodeImage, tools, downloadsAnswer, signal } = options
  const here = { release: release() }
  const [engine, watches, instances, memory] = await Promise.all([
    engineOf(env, signal),
    limit('max_user_watches'),
    limit('max_user_instances'),
    availableMemory(),
  ])
  const ready = engine.kind === 'ready' ? engine : undefined
  const cancel = signal ? { signal } : {}
  const [present, disk] = await Promise.all([
    ready ? hasImage(ready, { image: nodeImage, env, ...cancel }) : undefined,
    ready?.root && isHere(here, ready) ? freeAt(ready.root) : undefined,
  ])
  return {
    ...here,
    engine,
    ...(watches === undefined || instances === undefined ? {} : { inotify: { watches, instances } }),
    memory,
    ...(disk === undefined ? {} : { disk }),
    image: { name: nodeImage, ...(present === undefined ? {} : { present }) },
    tools,
    downloadsAnswer,
  }
}
