import { readFile, statfs } from 'node:fs/promises'
import { release } from 'node:os'
import type { ToolStatus } from '../../core/ports.ts'
import { availableMemory } from '../../tools/machine/system.ts'
import { engineOf, type ReadyEngine } from './engine.ts'
import { createEngineCli } from './engine-cli.ts'
import { isHere, type KindFacts } from './machine-findings.ts'
import { type Asked, nodeImageFor, nodeImageOf } from './node-image.ts'

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

/** The image that the node would be made of, and whether the engine has it, when it says so. */
export const nodeImageHere = async (
  engine: Pick<ReadyEngine, 'command'>,
  asked: Asked,
  signal: AbortSignal | undefined,
): Promise<KindFacts['image']> => {
  const cli = createEngineCli(engine.command, asked.env)
  try {
    const name = await nodeImageFor(asked, cli, signal)
    return { name, present: (await cli.imagesHere([name], { signal, timeoutMs: PATIENCE_MS })).length > 0 }
  } catch {
    signal?.throwIfAborted()
    return { name: nodeImageOf(asked) }
  }
}

/** Reads what kind depends on from this machine and its container engine. Starts nothing, pulls nothing. */
export const readKindFacts = async (options: {
  readonly env: Environment
  readonly nodeImage?: string | undefined
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
  const [image, disk] = await Promise.all([
    ready ? nodeImageHere(ready, { env, nodeImage }, signal) : { name: nodeImageOf({ env, nodeImage }) },
    ready?.root && isHere(here, ready) ? freeAt(ready.root) : undefined,
  ])
  return {
    ...here,
    engine,
    ...(watches === undefined || instances === undefined ? {} : { inotify: { watches, instances } }),
    memory,
    ...(disk === undefined ? {} : { disk }),
    image,
    tools,
    downloadsAnswer,
  }
}
