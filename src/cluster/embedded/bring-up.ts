import { rm } from 'node:fs/promises'
import { isAbort, UserError } from '../../core/errors.ts'
import type { Clock, Log, Probe, Report, Tools } from '../../core/ports.ts'
import { isApiReady, isDefaultAccountThere } from '../api-ready.ts'
import { fileToEdit, whatFails } from '../explain.ts'
import { readIfThere, storageError } from '../files.ts'
import { withWorkLock } from '../work-lock.ts'
import { COMPONENTS, type EmbeddedComponent, type Layout } from './layout.ts'
import { componentStatus } from './probe.ts'
import { makeFolders, provision } from './provision.ts'
import { POLL_MS, unitOf } from './readiness.ts'
import { readRecord, writeRecord } from './record.ts'
import { startSupervisor, stopSupervision, supervisorOf } from './supervision.ts'
import { tearDown } from './tear-down.ts'

type Job = {
  readonly layout: Layout
  readonly tools: Pick<Tools, 'ensure'>
  readonly supervisorArgv: readonly string[]
  readonly probe: () => Promise<Probe>
  readonly clock: Clock
  readonly report: Report
  readonly signal?: AbortSignal
  readonly log?: Log
}

const DEADLINE_MS = 120_000
/** So many ends in a row are no accident of starting up. */
const HOPELESS_EXITS = 3

const STEPS: readonly (readonly [id: string, title: string])[] = [
  ['tools', 'Programs of the control plane'],
  ['certificates', 'Certificates and manifests'],
  ['etcd', 'etcd'],
  ['kube-apiserver', 'kube-apiserver'],
  ['kube-controller-manager', 'kube-controller-manager'],
  ['service-account', 'ServiceAccount default'],
]

/** Brings the cluster up or repairs it. Cancelled, it undoes what it made. */
export const bringUp = async (job: Job): Promise<void> => {
  const step = reporter(job.report)
  job.signal?.throwIfAborted()
  await withWorkLock(job.layout, job, async () => {
    if (await isWhole(job)) {
      for (const [id] of STEPS) step(id, 'done', 'running already')
      return
    }
    const { layout } = job
    const isNew = (await readIfThere(layout.record)) === undefined
    let started = false
    try {
      if ((await isComingUp(job)) && (await hasComeUp(job, step))) return
      started = true
      await start(job, step)
      await awaitReady(job, step)
    } catch (error) {
      if (isAbort(error) && isNew) await tearDown(layout)
      else if (started && (isAbort(error) || isNew)) await stopSupervision(layout)
      throw error
    }
  })
}

/** Everything runs and answers. */
const isWhole = async (job: Job): Promise<boolean> => {
  if (!(await supervisorOf(job.layout)) || !(await readRecord(job.layout))?.kubernetes) return false
  const components = await Promise.all(COMPONENTS.map((name) => componentStatus(job.layout, name)))
  if (!components.every(({ state }) => state === 'running' || state === 'stale')) return false
  const probe = await job.probe().catch(() => undefined) // the supervisor may end just now: then nothing is whole
  if (!probe || !(await isApiReady(probe, job)) || !(await isDefaultAccountThere(probe, job.signal))) return false
  // Asked last as well: the components outlive a supervisor that died during these questions.
  return (await supervisorOf(job.layout)) !== undefined
}

/** A supervisor works on it and nothing has failed: waiting is enough. */
const isComingUp = async ({ layout }: Job): Promise<boolean> => {
  if (!(await supervisorOf(layout)) || !(await readRecord(layout))) return false
  const components = await Promise.all(COMPONENTS.map((name) => componentStatus(layout, name)))
  return components.every(({ state }) => state === 'running' || state === 'stale' || state === 'starting')
}

/** Waits for what another process has begun. False when its supervisor ended meanwhile: then it is begun anew. */
const hasComeUp = async (job: Job, step: Step): Promise<boolean> => {
  step('tools', 'done')
  step('certificates', 'done')
  try {
    await awaitReady(job, step)
    return (await supervisorOf(job.layout)) !== undefined
  } catch (error) {
    if (isAbort(error) || (await supervisorOf(job.layout))) throw error
    return false
  }
}

const start = async (job: Job, step: Step): Promise<void> => {
  const { layout, report, signal } = job
  step('tools', 'running')
  const tools = await job.tools.ensure(COMPONENTS, { report, signal })
  signal?.throwIfAborted()
  step('tools', 'done')
  step('certificates', 'running')
  await stopSupervision(layout)
  await makeFolders(layout)
  const { notes } = await provision(layout, tools)
  for (const note of notes) job.log?.event('cluster.provision', { note })
  await Promise.all(COMPONENTS.map((name) => rm(layout.restartRequest(name), { force: true })))
  signal?.throwIfAborted()
  step('certificates', 'done', notes.length === 0 ? undefined : notes.join('; '))
  step('etcd', 'running')
  const supervisor = await startSupervisor(layout, job.supervisorArgv)
  try {
    const end = job.clock.now() + DEADLINE_MS
    while (!(await supervisorOf(layout)) || (await unitOf(layout, 'etcd')) === undefined) {
      await supervisor.check()
      if (job.clock.now() > end) throw tooSlow('the supervisor')
      await job.clock.sleep(10, signal)
    }
  } catch (error) {
    await supervisor.stop()
    throw error
  }
}

const awaitReady = async (job: Job, step: Step): Promise<void> => {
  const { layout, clock, signal } = job
  const end = clock.now() + DEADLINE_MS
  const until = async (name: EmbeddedComponent, isReady: () => Promise<boolean>) => {
    step(name, 'running')
    while (!(await isReady())) {
      await failIfHopeless(layout, step)
      if (clock.now() > end) {
        step(name, 'failed')
        throw tooSlow(name, (await unitOf(layout, name))?.lastError)
      }
      await clock.sleep(POLL_MS, signal)
    }
    step(name, 'done')
  }
  const runs = async (name: EmbeddedComponent) =>
    ['running', 'stale'].includes((await componentStatus(layout, name)).state)
  const probe = await job.probe()
  await until('etcd', () => runs('etcd'))
  await until('kube-apiserver', () => isApiReady(probe, { signal }))
  const versionSaved = saveVersion(layout, probe)
  step('service-account', 'running')
  await until('kube-controller-manager', () => runs('kube-controller-manager'))
  await until('kube-controller-manager', () => isDefaultAccountThere(probe, signal))
  await versionSaved
  // The API server counts as running only once its own status says so too; a learner may look right after this.
  await until('kube-apiserver', () => runs('kube-apiserver'))
  step('service-account', 'done')
}

const saveVersion = async (layout: Layout, probe: Probe): Promise<void> => {
  const record = await readRecord(layout)
  const reply = await probe.api({ method: 'GET', path: '/version' })
  const kubernetes = (reply.json as { gitVersion?: string } | undefined)?.gitVersion
  if (record && kubernetes !== undefined && kubernetes !== record.kubernetes) {
    await writeRecord(layout, { ...record, kubernetes })
  }
}

const failIfHopeless = async (layout: Layout, step: Step): Promise<void> => {
  if (!(await supervisorOf(layout))) {
    throw new UserError({
      what: 'The supervisor of the cluster was ended while it came up.',
      next: 'Run `k8s-sec-lab cluster up` again.',
      exitCode: 3,
    })
  }
  for (const name of COMPONENTS) {
    const unit = await unitOf(layout, name)
    if (!unit) continue
    const isRefused = unit.state === 'absent' && unit.lastError !== undefined
    const isHopeless = unit.state === 'backoff' && unit.exits >= HOPELESS_EXITS
    if (!isRefused && !isHopeless) continue
    step(name, 'failed', unit.lastError)
    if (unit.lastError?.includes('no space left on device')) {
      throw storageError(Object.assign(new Error(unit.lastError), { code: 'ENOSPC' }), layout.dir)
    }
    throw new UserError({
      what: whatFails(unit),
      next: `Put it right with \`k8s-sec-lab edit ${fileToEdit(unit)}\`, or start afresh with \`k8s-sec-lab cluster down\` and \`cluster up\`. Log: ${layout.log(name)}`,
      exitCode: 3,
    })
  }
}

const tooSlow = (what: string, words?: string): UserError =>
  new UserError({
    what: `${what} was not ready within ${DEADLINE_MS / 1000} s.${words === undefined ? '' : ` It said: ${words}`}`,
    next: 'Close what keeps this machine busy and run `k8s-sec-lab cluster up` again; `k8s-sec-lab doctor` looks for causes.',
    exitCode: 3,
  })

type StepState = 'running' | 'done' | 'failed'
type Step = (id: string, state: StepState, detail?: string) => void

const reporter = (report: Report): Step => {
  const last = new Map<string, StepState>()
  return (id, state, detail) => {
    if (last.get(id) === state) return
    if (last.get(id) === 'done' && state === 'running') return
    last.set(id, state)
    const title = STEPS.find(([known]) => known === id)?.[1] ?? id
    report({ id, title, state, ...(detail === undefined ? {} : { detail }) })
  }
}
