import { watch } from 'node:fs'
import { rm } from 'node:fs/promises'
import { UserError } from '../../core/errors.ts'
import { isLock, type Lock, takeLock } from '../../store/lock.ts'
import { isAlive, ownProcess } from '../../store/process-identity.ts'
import { readIfThere } from '../files.ts'
import { parseStaticPod } from '../static-pod.ts'
import { COMPONENTS, type EmbeddedComponent, isEmbeddedComponent, type Layout, layoutOf } from './layout.ts'
import { findProcesses, stopProcesses } from './processes.ts'
import { readRecord } from './record.ts'
import { fingerprint, readStatus, type SupervisorStatus, writeStatus } from './status-file.ts'
import { createUnit, rotateLog, type Unit } from './unit.ts'

/** Every change is noticed at once; this is how often the supervisor looks without having been told. */
const POLL_MS = 1000
/** An editor may write in several goes, or move the file away for a moment. */
const SETTLE_MS = 120
const GONE_MS = 1000

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
    await stopLeftovers(layout)
    await run({ layout, tools: record.tools, lock, signal })
    return 0
  } finally {
    await lock.release()
  }
}

const run = async (job: {
  readonly layout: Layout
  readonly tools: Readonly<Record<string, string>>
  readonly lock: Lock
  readonly signal: AbortSignal
}): Promise<void> => {
  const { layout, tools, lock, signal } = job
  const since = new Date().toISOString()
  const me = { ...(await ownProcess()), since }
  const wake = createWake()
  const saver = createSaver(layout.status)
  const units = COMPONENTS.map((name) =>
    createUnit({
      name,
      program: tools[name] ?? name,
      logFile: layout.log(name),
      cwd: layout.dir,
      onChange: () => {
        saver.save({ version: 1, supervisor: me, components: units.map((unit) => unit.status()) })
        wake.now()
      },
    }),
  )
  const files = createManifestReader(layout)
  // A process that does not listen to SIGCONT is not ended by it: it may come at any time.
  const onNudge = () => {
    for (const unit of units) unit.retryNow()
    wake.now()
  }
  process.on('SIGCONT', onNudge)
  signal.addEventListener('abort', wake.now)
  const stopWatching = watchFolder(layout.manifests, wake.now)
  saver.save({ version: 1, supervisor: me, components: units.map((unit) => unit.status()) })
  try {
    while (!signal.aborted && (await lock.holds()) && (await isThere(layout.record))) {
      await restartRequested(units, layout)
      const settling = await reconcile(units, files)
      for (const unit of units) rotateLog(layout.log(unit.name))
      await wake.wait(settling ? SETTLE_MS : POLL_MS)
    }
  } finally {
    stopWatching()
    process.off('SIGCONT', onNudge)
    await Promise.all(units.filter((unit) => unit.name !== 'etcd').map((unit) => unit.stop()))
    await Promise.all(units.map((unit) => unit.stop()))
    await saver.idle()
  }
}

const isThere = async (path: string): Promise<boolean> => (await readIfThere(path).catch(() => '')) !== undefined

/** One look at all manifests. True when one of them is still changing. */
const reconcile = async (units: readonly Unit[], files: ManifestReader): Promise<boolean> => {
  let settling = false
  await Promise.all(
    units.map(async (unit) => {
      const file = await files.read(unit.name)
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
  const apiserver = units.find((unit) => unit.name === 'kube-apiserver')
  for (const unit of units) {
    if (unit.name !== 'kube-controller-manager' || apiserver?.started() || unit.status().restarts > 0) unit.startIfDue()
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

type ManifestReader = {
  read(
    name: EmbeddedComponent,
  ): Promise<{ readonly kind: 'same' | 'settling' | 'gone' } | { readonly kind: 'changed'; readonly text: string }>
}

// A text counts once it was read twice the same; the first look at start needs no second.
const createManifestReader = (layout: Layout): ManifestReader => {
  const known = new Map<EmbeddedComponent, string | undefined>()
  const seen = new Map<EmbeddedComponent, { readonly text: string | undefined; readonly at: number }>()
  return {
    read: async (name) => {
      const text = await readIfThere(layout.manifest(name)).catch(() => undefined)
      if (!known.has(name) && text !== undefined) {
        known.set(name, text)
        return { kind: 'changed', text }
      }
      if (known.get(name) === text) {
        seen.delete(name)
        return { kind: 'same' }
      }
      const before = seen.get(name)
      if (!before || before.text !== text) {
        seen.set(name, { text, at: Date.now() })
        return { kind: 'settling' }
      }
      if (Date.now() - before.at < (text === undefined ? GONE_MS : SETTLE_MS - 20)) return { kind: 'settling' }
      seen.delete(name)
      known.set(name, text)
      return text === undefined ? { kind: 'gone' } : { kind: 'changed', text }
    },
  }
}

/** Processes of a supervisor that was killed: they hold the ports and etcd's data, so they end first. */
const stopLeftovers = async (layout: Layout): Promise<void> => {
  const status = await readStatus(layout.status)
  const recorded = (status?.components ?? []).flatMap(({ name, pid, identity }) =>
    isEmbeddedComponent(name) && pid !== undefined && identity !== undefined ? [{ pid, identity }] : [],
  )
  await stopProcesses([...recorded, ...(await findProcesses(COMPONENTS, layout.dir))], 5000)
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
