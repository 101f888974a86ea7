import { watch } from 'node:fs'
import { rm } from 'node:fs/promises'
import { UserError } from '../../core/errors.ts'
import { isLock, type Lock, takeLock } from '../../store/lock.ts'
import { isAlive, ownProcess } from '../../store/process-identity.ts'
import { readIfThere } from '../files.ts'
import { parseStaticPod } from '../static-pod.ts'
import { createAddOnUnits } from './add-on-units.ts'
import { openEgress } from './egress.ts'
import { COMPONENTS, type EmbeddedComponent, type Layout, layoutOf } from './layout.ts'
import { createManifestReader, type ManifestReader, SETTLE_MS } from './manifest-reader.ts'
import { type ClusterRecord, readRecord } from './record.ts'
import { fingerprint, type SupervisorStatus, writeStatus } from './status-file.ts'
import { stopRecorded } from './stop-recorded.ts'
import { createUnit, rotateLog, type Unit } from './unit.ts'

/** Every change is noticed at once; this is how often the supervisor looks without having been told. */
const POLL_MS = 1000

/**
 * Runs the static Pods of one cluster folder until `signal` aborts (then stops them, API server before etcd) or the
 * folder is gone. Ends at once when another supervisor already does it. SIGCONT means: look again now, forget back-off.
 * Resolves with the exit code of the process.
 */
export const supervise = async (dir: string, signal: AbortSignal): Promise<number> => {
  const layout = layoutOf(dir)
  const record = await readRecord(layout)
  if (!record) throw new UserError({ what: `${dir} holds no cluster.`, next: 'Run `k8s-sec-lab cluster up`.' })
  const lock = await takeLock(layout.supervisorLock)
  if (!isLock(lock)) {
    if (await isAlive(lock)) return 0
    throw new UserError({
      what: `Process ${lock.pid} on ${lock.host} runs the cluster in ${dir}.`,
      next: 'End it there and wait a minute, or set K8S_SEC_LAB_HOME to a folder of this machine.',
      exitCode: 3,
    })
  }
  try {
    // Processes of a supervisor that was killed hold the ports and etcd's data, so they end first.
    await stopRecorded(layout)
    await run({ layout, record, lock, signal })
    return 0
  } finally {
    await lock.release()
  }
}

const run = async (job: {
  readonly layout: Layout
  readonly record: ClusterRecord
  readonly lock: Lock
  readonly signal: AbortSignal
}): Promise<void> => {
  const { layout, record, lock, signal } = job
  const since = new Date().toISOString()
  const me = { ...(await ownProcess()), since }
  const wake = createWake()
  const saver = createSaver(layout.status)
  const save = () =>
    saver.save({
      version: 1,
      supervisor: me,
      components: units.map((unit) => unit.status()),
      addOns: addOns.units().map((unit) => unit.status()),
    })
  const onChange = () => {
    save()
    wake.now()
  }
  const units: readonly Unit<EmbeddedComponent>[] = COMPONENTS.map((name) =>
    createUnit({ name, program: record.tools[name] ?? name, logFile: layout.log(name), cwd: layout.dir, onChange }),
  )
  const files = createManifestReader()
  const addOns = createAddOnUnits({ layout, record, files, onChange })
  // A process that does not listen to SIGCONT is not ended by it: it may come at any time.
  const onNudge = () => {
    for (const unit of [...units, ...addOns.units()]) unit.retryNow()
    wake.now()
  }
  process.on('SIGCONT', onNudge)
  signal.addEventListener('abort', wake.now)
  const stopWatching = watchFolder(layout.manifests, wake.now)
  const closeEgress = await openEgress(layout)
  save()
  try {
    while (!signal.aborted && (await lock.holds()) && (await isThere(layout.record))) {
      await restartRequested([...units, ...addOns.units()], layout)
      const settling = [await reconcile(units, layout, files), await addOns.reconcile(isUp(units))].includes(true)
      for (const unit of [...units, ...addOns.units()]) rotateLog(layout.log(unit.name))
      await wake.wait(settling ? SETTLE_MS : POLL_MS)
    }
  } finally {
    stopWatching()
    process.off('SIGCONT', onNudge)
    await Promise.all(addOns.units().map((unit) => unit.stop()))
    await Promise.all(units.filter((unit) => unit.name !== 'etcd').map((unit) => unit.stop()))
    await Promise.all(units.map((unit) => unit.stop()))
    await closeEgress()
    await saver.idle()
  }
}

const isThere = async (path: string): Promise<boolean> => (await readIfThere(path).catch(() => '')) !== undefined

const isUp = (units: readonly Unit[]): boolean =>
  units.find(({ name }) => name === 'kube-apiserver')?.started() === true

/** One look at all manifests. True when one of them is still changing. */
const reconcile = async (
  units: readonly Unit<EmbeddedComponent>[],
  layout: Layout,
  files: ManifestReader,
): Promise<boolean> => {
  let settling = false
  await Promise.all(
    units.map(async (unit) => {
      const file = await files.read(layout.manifest(unit.name))
      if (file.kind === 'settling') settling = true
      else if (file.kind === 'gone') await unit.withdraw()
      else if (file.kind === 'changed') {
        const parsed = parseStaticPod(file.text, unit.name)
        if (parsed.kind === 'rejected') unit.reject(parsed.error, fingerprint(file.text))
        else await unit.accept(parsed.spec, fingerprint(file.text))
      }
    }),
  )
  // The API server waits for etcd by itself. The controllers would only take its processor time while it starts.
  for (const unit of units) {
    if (unit.name !== 'kube-controller-manager' || isUp(units) || unit.status().restarts > 0) unit.startIfDue()
  }
  return settling
}

const restartRequested = async (units: readonly Unit[], layout: Layout): Promise<void> => {
  await Promise.all(
    units.map(async (unit) => {
      const taken = await rm(layout.restartRequest(unit.name)).then(
        () => true,
        () => false,
      )
      if (taken) await unit.restart()
    }),
  )
}

type Wake = { readonly now: () => void; readonly wait: (ms: number) => Promise<void> }

const createWake = (): Wake => {
  let pending = false
  let resume: (() => void) | undefined
  return {
    now: () => {
      pending = true
      resume?.()
    },
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resume?.(), pending ? 0 : ms)
        resume = () => {
          clearTimeout(timer)
          resume = undefined
          pending = false
          resolve()
        }
      }),
  }
}

/** Writes the newest status, one at a time; a full disk must not end the supervisor, so it tries again with the next. */
const createSaver = (path: string) => {
  let next: SupervisorStatus | undefined
  let working: Promise<void> | undefined
  const work = async () => {
    while (next) {
      const status = next
      next = undefined
      await writeStatus(path, status).catch(() => undefined)
    }
  }
  return {
    save: (status: SupervisorStatus) => {
      next = status
      working ??= work().finally(() => {
        working = undefined
      })
    },
    idle: async () => {
      while (working) await working
    },
  }
}

const watchFolder = (folder: string, listener: () => void): (() => void) => {
  try {
    const watcher = watch(folder, { persistent: false }, listener)
    watcher.on('error', () => watcher.close()) // the poll goes on
    return () => watcher.close()
  } catch {
    return () => undefined
  }
}
