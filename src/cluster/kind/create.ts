import { copyFile, mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CONFIG_FILES } from '../control-plane-files.ts'
import { makeFolder, readIfThere, writeAtomic } from '../files.ts'
import type { ImageNames } from '../lesson-images.ts'
import { renderConfig, renderKindConfig } from './config.ts'
import type { Making } from './context.ts'
import { stepIn } from './kind-cli.ts'
import { NODE, STATIC_PODS } from './layout.ts'
import { loadLessonImages } from './lesson-images.ts'
import { readNodeFiles, writeNodeFile } from './node-files.ts'
import { readRecord, writeRecord } from './record.ts'
import { restartKubelet } from './restart-kubelet.ts'
import type { Step } from './steps.ts'

/** The engine's network that kind puts its nodes into. */
export const networkName = (env: Making['env']): string => env.KIND_EXPERIMENTAL_DOCKER_NETWORK || 'kind'

/**
 * Makes the cluster from nothing: config files, kind's config, then kind itself. Answers the images of the lessons, which
 * are loaded while kubeadm waits for its control plane.
 */
export const create = async (
  job: Making & { readonly image: string },
  work: { readonly step: Step; readonly line: (text: string) => void; readonly signal?: AbortSignal | undefined },
): Promise<ImageNames> => {
  const { layout, cli, kind, image, signal } = { ...job, ...work }
  for (const folder of [layout.dir, layout.config, layout.first, layout.etcdPki]) await makeFolder(folder)
  const [config, kindConfig, hadNetwork] = await Promise.all([
    renderConfig(),
    renderKindConfig(layout),
    cli.hasNetwork(networkName(job.env), { signal }),
  ])
  await Promise.all([
    ...CONFIG_FILES.map((name) => writeAtomic(join(layout.config, name), config[name], 0o600, false)),
    writeAtomic(layout.kindConfig, kindConfig, 0o600, false),
    rm(layout.kubeconfig, { force: true }),
  ])
  await writeRecord(layout, {
    version: 1,
    name: job.name,
    nodeImage: image,
    createdAt: new Date().toISOString(),
    madeNetwork: !hadNetwork,
    whole: false,
  })
  const images = atLine('Starting control-plane', () => loadLessonImages(job, work))
  const first = atLine('Installing CNI', () => keepFirst(job))
  const onLine = (text: string): void => {
    work.line(text)
    images.hear(text)
    first.hear(text)
  }
  try {
    await kind.create({ image, signal, onLine })
  } catch (error) {
    await Promise.all([images.settled(), first.settled()])
    throw error
  }
  await first.result()
  return await images.result()
}

/**
 * Work that can begin when kind names a step: the one before it is done then. `result` waits for it, and begins it when
 * kind never named that step; a failure is told there and nowhere else.
 */
const atLine = <T>(title: string, work: () => Promise<T>) => {
  let begun: Promise<T> | undefined
  const begin = (): Promise<T> => {
    begun ??= work()
    begun.catch(() => undefined)
    return begun
  }
  return {
    hear: (text: string): void => {
      if (stepIn(text)?.title.startsWith(title)) begin()
    },
    result: begin,
    settled: async (): Promise<void> => void (await begun?.catch(() => undefined)),
  }
}

const FIRST = [...STATIC_PODS.map((name) => NODE.manifest(name)), NODE.kubeletConfig]
const ETCD_PKI = ['etcd/ca.crt', 'apiserver-etcd-client.crt', 'apiserver-etcd-client.key']

/** Keeps copies of the node's first files, and of the certificate that etcdctl shows. */
const keepFirst = async ({ layout, cli, node }: Making): Promise<void> => {
  const pki = ETCD_PKI.map((file) => `${NODE.pki}/${file}`)
  const files = await readNodeFiles(cli, node, [...FIRST, ...pki])
  await Promise.all(
    [...files].map(([path, text]) => {
      const folder = path.startsWith(NODE.pki) ? layout.etcdPki : layout.first
      return writeAtomic(join(folder, basename(path)), text, 0o600, false)
    }),
  )
  await Promise.all(
    CONFIG_FILES.map((name) => copyFile(join(layout.config, name), join(layout.first, `first-${name}`))),
  )
  const record = await readRecord(layout)
  const etcdPort = (await cli.node(node))?.published[2379]
  if (record) await writeRecord(layout, { ...record, ...(etcdPort === undefined ? {} : { etcdPort }) })
}

/** Puts back what is missing of the files that the cluster cannot run without; answers their names. */
export const putBackMissing = async (job: Making, signal?: AbortSignal): Promise<readonly string[]> => {
  const { layout, cli, node } = job
  const there = await readNodeFiles(cli, node, [...FIRST, ...CONFIG_FILES.map((name) => `${NODE.config}/${name}`)])
  const back: string[] = []
  for (const path of FIRST.filter((file) => !there.has(file))) {
    const text = await readIfThere(join(layout.first, basename(path)))
    if (text === undefined) continue
    await writeNodeFile(cli, node, { path, text }, { signal })
    back.push(basename(path))
  }
  for (const name of CONFIG_FILES.filter((file) => !there.has(`${NODE.config}/${file}`))) {
    const text = await readIfThere(join(layout.first, `first-${name}`))
    if (text === undefined) continue
    await mkdir(layout.config, { recursive: true, mode: 0o700 })
    await writeAtomic(join(layout.config, name), text)
    back.push(name)
  }
  if (back.includes(basename(NODE.kubeletConfig))) await restartKubelet(cli, node)
  return back
}
