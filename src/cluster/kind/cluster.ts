import type {
  Clock,
  Cluster,
  ComponentName,
  ControlPlaneFile,
  FileOutcome,
  Log,
  Probe,
  Tools,
} from '../../core/ports.ts'
import type { LabPaths } from '../../store/paths.ts'
import { fileMissing, noSuchComponent, notUp } from '../absent.ts'
import { controlPlaneFiles, fileNamed } from '../control-plane-files.ts'
import { readIfThere } from '../files.ts'
import { publicImages } from '../lesson-images.ts'
import { systemClock } from '../system-clock.ts'
import { withWorkLock } from '../work-lock.ts'
import { bringUp } from './bring-up.ts'
import type { Context } from './context.ts'
import { engineCommand } from './engine.ts'
import { createEngineCli, type EngineCli } from './engine-cli.ts'
import { etcdEnvironment } from './etcd-environment.ts'
import { createKindCli } from './kind-cli.ts'
import { COMPONENTS, clusterName, isKindComponent, layoutOf, NODE, nodeName } from './layout.ts'
import { createNodeAccess } from './node-access.ts'
import { createNodeProbe } from './node-probe.ts'
import { type Awaited, kubeletOutcome } from './outcome.ts'
import { createKindProbe, readControlPlaneFile } from './probe.ts'
import { readRecord } from './record.ts'
import { readClusterStatus } from './status.ts'
import { removeFiles, tearDown } from './tear-down.ts'
import { restartPod, writeControlPlaneFile } from './write-file.ts'

const FILES: readonly ControlPlaneFile[] = [
  ...controlPlaneFiles(NODE),
  {
    name: 'kube-scheduler.yaml',
    path: NODE.manifest('kube-scheduler'),
    about: 'static Pod of the scheduler: its flags',
    takesEffect: 'restart',
    component: 'kube-scheduler',
  },
  {
    name: 'kubelet-config.yaml',
    path: NODE.kubeletConfig,
    about: 'settings of the kubelet: who may ask it what, and what it lets Pods do',
    takesEffect: 'restart',
    component: 'kubelet',
  },
]

/**
 * A cluster with a real node, made by kind in a container of Docker, Podman or nerdctl. `env` says which engine
 * (KIND_EXPERIMENTAL_PROVIDER, DOCKER_HOST), which home, and with K8S_SEC_LAB_NODE_IMAGE which Kubernetes.
 */
export const createKindCluster = (options: {
  readonly paths: Pick<LabPaths, 'cluster'>
  readonly tools: Pick<Tools, 'ensure'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log?: Log
  readonly clock?: Clock
  /** Image of the node, before the one of the environment and the pinned one. */
  readonly nodeImage?: string
}): Cluster => {
  const { paths, tools, env, log, clock = systemClock } = options
  const layout = layoutOf(paths.cluster)
  const name = clusterName(env)
  const node = nodeName(name)
  let engineFound: Promise<EngineCli> | undefined
  const engine = (): Promise<EngineCli> => {
    engineFound ??= engineCommand(env).then((command) => createEngineCli(command, env))
    return engineFound
  }
  const toolPaths = new Map<string, Promise<string>>()
  const tool = (wanted: string): Promise<string> => {
    const path =
      toolPaths.get(wanted) ?? tools.ensure([wanted], { report: () => undefined }).then((all) => all[wanted] ?? wanted)
    toolPaths.set(wanted, path)
    path.catch(() => toolPaths.delete(wanted)) // what could not be had once may be there the next time
    return path
  }
  let opened: { readonly key: string; readonly probe: Probe & { close(): void } } | undefined

  /** One set of connections for as long as the cluster stays the same one. */
  const open = async (): Promise<Probe> => {
    const key = (await readIfThere(layout.kubeconfig)) ?? ''
    if (opened?.key !== key) {
      opened?.probe.close()
      const cli = await engine()
      const nodes = createNodeProbe({
        engine: cli,
        node,
        kubeconfig: layout.kubeconfig,
        kubectl: () => tool('kubectl'),
        env,
      })
      opened = { key, probe: await createKindProbe({ layout, engine: cli, node, files: FILES, nodes }) }
    }
    return opened.probe
  }
  const context: Context = {
    layout,
    name,
    node,
    env,
    tools,
    clock,
    log,
    nodeImage: options.nodeImage,
    engine,
    probe: open,
  }

  const probe = async (): Promise<Probe> => {
    const record = await readRecord(layout)
    const isUp = record?.whole === true && (await (await engine()).node(node))?.running === true
    if (isUp && (await readIfThere(layout.kubeconfig)) !== undefined) return open()
    throw notUp(record !== undefined)
  }
  const awaited = async (signal: AbortSignal | undefined): Promise<Awaited> => ({
    engine: await engine(),
    node,
    probe: await probe(),
    clock,
    signal,
  })

  return {
    backend: 'kind',
    capabilities: () => ['api', 'etcd', 'control-plane-files', 'nodes'],
    up: async ({ report, signal }) => {
      await bringUp(context, { report, signal })
      log?.event('cluster.up', { backend: 'kind', name })
      return readClusterStatus(context)
    },
    down: async ({ report, signal }) => {
      opened?.probe.close()
      opened = undefined
      const cli = await engine()
      const container = await cli.node(node, { signal }).catch(() => undefined)
      if (!container && (await readRecord(layout)) === undefined) {
        report({ id: 'down', title: 'Remove the cluster', state: 'skipped', detail: 'there is none' })
        await removeFiles(layout)
        return
      }
      report({ id: 'down', title: 'Remove the cluster', state: 'running' })
      const kind = createKindCli({ program: await tool('kind'), name, layout, env })
      await withWorkLock(layout, { signal }, () => tearDown({ layout, node, kind, cli, env }))
      log?.event('cluster.down', { backend: 'kind', name })
      report({ id: 'down', title: 'Remove the cluster', state: 'done' })
    },
    status: () => readClusterStatus(context),
    probe,
    files: () => FILES,
    readFile: async (wanted) => {
      const file = fileNamed(FILES, wanted)
      const found = await readControlPlaneFile({ layout, engine: await engine(), node }, file)
      if (found) return found.text
      throw fileMissing(file.name)
    },
    writeFile: async (wanted, text, { signal } = {}): Promise<FileOutcome> => {
      const file = fileNamed(FILES, wanted)
      const outcome = await writeControlPlaneFile(await awaited(signal), file, text)
      log?.event('cluster.file', { name: file.name, outcome: outcome.kind })
      return outcome
    },
    restart: async (component: ComponentName, { signal } = {}): Promise<FileOutcome> => {
      if (!isKindComponent(component)) throw noSuchComponent(component, COMPONENTS)
      const job = await awaited(signal)
      log?.event('cluster.restart', { component })
      return component === 'kubelet' ? kubeletOutcome(job) : restartPod(job, component)
    },
    images: async () => (await readRecord(layout))?.images ?? publicImages(),
    environment: () => ({ KUBECONFIG: layout.kubeconfig, ...etcdEnvironment(layout) }),
    nodes: createNodeAccess({ ...context, tool }),
  }
}
