import { writeFile } from 'node:fs/promises'
import type { Clock, Cluster, ComponentName, FileOutcome, Log, Probe, Report, Tools } from '../../core/ports.ts'
import type { LabPaths } from '../../store/paths.ts'
import { fileMissing, noSuchComponent, notUp } from '../absent.ts'
import { controlPlaneFiles, fileNamed, reloadNote, yamlMistake } from '../control-plane-files.ts'
import { readIfThere, storageError, writeAtomic } from '../files.ts'
import { publicImages } from '../lesson-images.ts'
import { systemClock } from '../system-clock.ts'
import { withWorkLock } from '../work-lock.ts'
import { bringUp } from './bring-up.ts'
import { etcdEnvironment } from './etcd-environment.ts'
import { createHostProcesses } from './host-processes.ts'
import { COMPONENTS, isEmbeddedComponent, layoutOf } from './layout.ts'
import { createEmbeddedProbe } from './probe.ts'
import { outcomeOf, unitOf } from './readiness.ts'
import { readRecord } from './record.ts'
import { readClusterStatus } from './status.ts'
import { fingerprint } from './status-file.ts'
import { nudge, supervisorOf } from './supervision.ts'
import { tearDown } from './tear-down.ts'

const RESTART_DEADLINE_MS = 90_000

/**
 * The embedded control plane: etcd, kube-apiserver and kube-controller-manager as processes of this machine, kept by
 * a supervisor that outlives the lab. `supervisorArgv` is the command that runs it, to which the folder is appended:
 * [process.execPath, cli.js, '__supervise'].
 */
export const createEmbeddedCluster = (options: {
  readonly paths: Pick<LabPaths, 'cluster'>
  readonly tools: Pick<Tools, 'ensure'>
  readonly supervisorArgv: readonly string[]
  readonly log?: Log
  readonly clock?: Clock
}): Cluster => {
  const { tools, supervisorArgv, log, clock = systemClock } = options
  const layout = layoutOf(options.paths.cluster)
  const files = controlPlaneFiles(layout)
  let opened: { readonly key: string; readonly probe: Probe & { close(): void } } | undefined

  const probe = async (): Promise<Probe> => {
    const record = await readRecord(layout)
    if (!record || !(await supervisorOf(layout))) throw notUp(record !== undefined)
    // One set of connections for as long as the cluster stays the same one.
    const key = `${record.createdAt} ${JSON.stringify(record.ports)} ${fingerprint((await readIfThere(layout.kubeconfig)) ?? '')}`
    if (opened?.key !== key) {
      opened?.probe.close()
      opened = { key, probe: await createEmbeddedProbe(layout, record) }
    }
    return opened.probe
  }

  const restart = async (component: ComponentName, { signal }: { signal?: AbortSignal } = {}): Promise<FileOutcome> => {
    if (!isEmbeddedComponent(component)) throw noSuchComponent(component, COMPONENTS)
    const through = await probe()
    const before = (await unitOf(layout, component))?.starts ?? 0
    await writeFile(layout.restartRequest(component), '', { mode: 0o600 }).catch((error) => {
      throw storageError(error, layout.restartRequest(component))
    })
    await nudge(layout)
    log?.event('cluster.restart', { component })
    const isNew = (unit: { readonly starts: number }) => unit.starts > before
    return outcomeOf({ layout, probe: through, name: component, isNew, clock, deadlineMs: RESTART_DEADLINE_MS, signal })
  }

  const saveFile = async (name: string, text: string, cancel: { signal?: AbortSignal } = {}): Promise<FileOutcome> => {
    const file = fileNamed(files, name)
    if ((await readRecord(layout)) === undefined) await probe() // says that there is no cluster
    if ((await readIfThere(file.path)) === text) return { kind: 'unchanged' }
    await writeAtomic(file.path, text, 0o600)
    log?.event('cluster.file', { name: file.name })
    if (!(await supervisorOf(layout))) {
      return { kind: 'reloading', note: 'The cluster is not running; the file is used at the next start.' }
    }
    if (file.path !== layout.manifest(file.component)) {
      const mistake = yamlMistake(file, text)
      if (mistake !== undefined) return { kind: 'rejected', error: mistake }
      if (file.takesEffect === 'restart') return restart(file.component, cancel)
      return { kind: 'reloading', note: reloadNote(file.name) }
    }
    await nudge(layout)
    const written = fingerprint(text)
    return outcomeOf({
      layout,
      probe: await probe(),
      name: file.component as (typeof COMPONENTS)[number],
      isNew: (unit) => unit.manifest === written,
      rejectedBy: written,
      clock,
      deadlineMs: RESTART_DEADLINE_MS,
      ...cancel,
    })
  }

  const down = async ({ signal, report }: { signal?: AbortSignal; report: Report }): Promise<void> => {
    opened?.probe.close()
    opened = undefined
    if ((await readIfThere(layout.record)) === undefined && !(await supervisorOf(layout))) {
      report({ id: 'down', title: 'Remove the cluster', state: 'skipped', detail: 'there is none' })
      await tearDown(layout)
      return
    }
    report({ id: 'down', title: 'Remove the cluster', state: 'running' })
    await withWorkLock(layout, { signal }, () => tearDown(layout))
    log?.event('cluster.down')
    report({ id: 'down', title: 'Remove the cluster', state: 'done' })
  }

  return {
    backend: 'embedded',
    capabilities: () => ['api', 'etcd', 'control-plane-files'],
    up: async ({ signal, report }) => {
      const job = { layout, tools, supervisorArgv, probe, clock, report, signal, log }
      await bringUp(job)
      const status = await readClusterStatus(layout)
      if (status.state === 'ready') return status
      // Something was killed in the very moment after it had been found alive.
      log?.event('cluster.up.again', { state: status.state, reason: status.reason })
      await bringUp(job)
      return readClusterStatus(layout)
    },
    down,
    status: () => readClusterStatus(layout),
    probe,
    files: () => files,
    readFile: async (name) => {
      const file = fileNamed(files, name)
      const text = await readIfThere(file.path)
      if (text !== undefined) return text
      throw fileMissing(file.name)
    },
    writeFile: saveFile,
    restart,
    // No Pod runs here: the names are only read, and learners know the public ones.
    images: async () => publicImages(),
    environment: () => ({ KUBECONFIG: layout.kubeconfig, ...etcdEnvironment(layout) }),
    processes: createHostProcesses(layout, clock),
  }
}
