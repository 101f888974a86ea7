import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ImageNames, type LessonImage, lessonImages, publicImages } from '../lesson-images.ts'
import type { Making } from './context.ts'
import type { EngineCli } from './engine-cli.ts'
import type { KindCli } from './kind-cli.ts'
import { execOnNode } from './node.ts'
import type { Step } from './steps.ts'
import { troubleIn } from './troubles.ts'

/**
 * Loads the lessons' own images into the node when the engine has them, or finds them there already. Answers which
 * reference works for each name.
 */
export const loadLessonImages = async (
  job: Making,
  { step, signal }: { readonly step: Step; readonly signal?: AbortSignal | undefined },
): Promise<ImageNames> => {
  const wanted = lessonImages().filter(({ addOn }) => addOn === undefined)
  const names = await provideImages(job, wanted, {
    signal,
    onLoad: (images, state) => step('images', state, state === 'done' ? images.join(', ') : undefined),
  })
  return { ...publicImages(), ...names }
}

/** The same for some images; `onLoad` hears of those that have to be loaded. */
export const provideImages = async (
  job: Pick<Making, 'cli' | 'kind' | 'node'>,
  wanted: readonly LessonImage[],
  work: {
    readonly signal?: AbortSignal | undefined
    readonly onLoad?: (images: readonly string[], state: 'running' | 'done') => void
  },
): Promise<ImageNames> => {
  const { signal, onLoad } = work
  const onNode = await imagesOnNode(job, signal)
  const missing = wanted.map(({ local }) => local).filter((local) => !onNode.has(local))
  const loadable = await job.cli.imagesHere(missing, { signal })
  if (loadable.length > 0) {
    onLoad?.(loadable, 'running')
    await loadImages(job, loadable, signal)
    onLoad?.(loadable, 'done')
  }
  const isLocal = (image: LessonImage) => onNode.has(image.local) || loadable.includes(image.local)
  return Object.fromEntries(wanted.map((image) => [image.name, isLocal(image) ? image.local : image.public]))
}

/** A node that boots may be asked before its container runtime listens; a slow machine takes its time. */
const RUNTIME_MS = 60_000

const imagesOnNode = async (
  { cli, node }: Pick<Making, 'cli' | 'node'>,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> => {
  const end = Date.now() + RUNTIME_MS
  for (;;) {
    const argv = ['ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet']
    const { code, stdout, stderr } = await execOnNode(cli, node, argv, { signal })
    if (code === 0) return new Set(stdout.split('\n'))
    if (Date.now() >= end) throw troubleIn(stderr, { doing: `Asking the node ${node} for its images` })
    await sleep(500, undefined, { signal })
  }
}

/** Loads images of the engine into the node. */
export const loadImages = async (
  { cli, kind }: { readonly cli: EngineCli; readonly kind: KindCli },
  images: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> => {
  const archives = images.filter((image) => image.endsWith('.tar'))
  const references = images.filter((image) => !image.endsWith('.tar'))
  for (const archive of archives) await kind.loadArchive(archive, { signal })
  if (references.length === 0) return
  if (cli.command === 'docker') {
    await kind.loadImages(references, { signal })
    return
  }
  // kind asks docker for images by name; of the other engines it takes what they have saved.
  const archive = join(tmpdir(), `k8s-sec-lab-images-${crypto.randomUUID()}.tar`)
  try {
    const saved = await cli.call(['save', '--output', archive, ...references], { signal, timeoutMs: 600_000 })
    if (saved.code !== 0) throw troubleIn(saved.stderr, { doing: `${cli.command} save` })
    await kind.loadArchive(archive, { signal })
  } finally {
    await rm(archive, { force: true })
  }
}
