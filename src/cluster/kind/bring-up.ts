import { isAbort, UserError } from '../../core/errors.ts'
import type { Report } from '../../core/ports.ts'
import { isApiReady, isDefaultAccountThere } from '../api-ready.ts'
import { fileToEdit, whatFails } from '../explain.ts'
import { makeFolder, readIfThere, writeAtomic } from '../files.ts'
import { withWorkLock } from '../work-lock.ts'
import { statusOf } from './components.ts'
import type { Context, Making } from './context.ts'
import { create, putBackMissing } from './create.ts'
import { requireEngine } from './engine.ts'
import { createEngineCli, type NodeContainer } from './engine-cli.ts'
import { createKindCli } from './kind-cli.ts'
import { COMPONENTS } from './layout.ts'
import { loadLessonImages } from './lesson-images.ts'
import { look } from './look.ts'
import { execOnNode } from './node.ts'
import { nodeImageFor, refuseUnfit } from './node-image.ts'
import { readRecord, writeRecord } from './record.ts'
import { type Step, stepReporter } from './steps.ts'
import { tearDown } from './tear-down.ts'

type Work = { readonly step: Step; readonly line: (text: string) => void; readonly signal?: AbortSignal | undefined }

const DEADLINE_MS = 180_000
const POLL_MS = 100
/** So many ends of a container are no accident of starting up. */
const HOPELESS_EXITS = 3

/** Brings the cluster up or repairs it, and says which. Cancelled or failed, it undoes what it made. */
export const bringUp = async (
  context: Context,
  { report, signal }: { readonly report: Report; readonly signal?: AbortSignal | undefined },
): Promise<void> => {
  const { step, line, failed } = stepReporter(report)
  signal?.throwIfAborted()
  try {
    await withWorkLock(context.layout, { signal }, () => work(context, { step, line, signal }, report))
  } catch (error) {
    if (!isAbort(error)) failed()
    throw error
  }
}

const work = async (context: Context, does: Work, report: Report): Promise<void> => {
  const { step, signal } = does
  step('tools', 'running')
  const [engine, tools] = await Promise.all([
    requireEngine(context.env, signal),
    context.tools.ensure(['kind', 'kubectl'], { report, ...(signal ? { signal } : {}) }),
  ])
  step('tools', 'done')
  step('engine', 'done', `${engine.name} ${engine.version}`)
  const cli = createEngineCli(engine.command, context.env)
  const kind = createKindCli({ ...context, program: tools.kind ?? 'kind' })
  const job: Making = { ...context, cli, kind }
  const container = await cli.node(context.node, { signal })
  if (container) refuseForeign(container, context)
  const record = await readRecord(context.layout)
  if (container && record?.whole) return await revive(job, container, does)
  const reason = container
    ? 'the one before was only half made'
    : record?.whole
      ? 'the node was removed from outside'
      : undefined
  const image = await nodeImageFor(context, cli, signal)
  refuseUnfit(image, engine.cgroup)
  if (container || record) await tearDown(job)
  try {
    if (reason !== undefined) step('node', 'running', `made anew: ${reason}`)
    await create({ ...job, image }, does)
    await finish(job, does)
  } catch (error) {
    await undo(job, error)
    throw error
  }
}

/** A failed creation leaves nothing but its log; a cancelled one, not even that. */
const undo = async (job: Making, error: unknown): Promise<void> => {
  const log = isAbort(error) ? undefined : await readIfThere(job.layout.log)
  await tearDown(job).catch((second) => job.log?.event('cluster.undo', { error: String(second) }))
  if (log === undefined) return
  await makeFolder(job.layout.dir)
  await writeAtomic(job.layout.log, log)
}

/** Another home's container under our name is not ours to touch. */
const refuseForeign = (container: NodeContainer, { layout, node }: Context): void => {
  if (container.config === undefined || container.config === layout.config) return
  if (container.config.endsWith(layout.config)) return // as a virtual machine's engine sees our folder
  throw new UserError({
    what: `The container ${node} belongs to another home of the lab: ${container.config}.`,
    next: 'Use that home, or set K8S_SEC_LAB_HOME to a folder of this one’s own.',
    exitCode: 3,
  })
}

/** A cluster that was whole once: started, repaired, or left alone. */
const revive = async (job: Making, container: NodeContainer, does: Work): Promise<void> => {
  const { step, signal } = does
  if (container.running && (await isWhole(job, signal))) {
    for (const id of ['node-image', 'node', 'control-plane', 'service-account']) step(id, 'done', 'running already')
    return
  }
  if (!container.running) {
    step('node', 'running', 'starting the node that was stopped')
    await job.cli.start(job.node, { signal })
  }
  try {
    step('node', 'done', container.running ? undefined : 'started again')
    if ((await readIfThere(job.layout.kubeconfig)) === undefined) await job.kind.exportKubeconfig({ signal })
    const back = await putBackMissing(job, signal)
    if (back.length > 0) step('configuration', 'done', `put back: ${back.join(', ')}`)
    await startKubelet(job, signal)
    step('control-plane', 'running')
    await finish(job, does)
  } catch (error) {
    if (isAbort(error) && !container.running) await job.cli.stop(job.node).catch(() => undefined)
    throw error
  }
}

/** A kubelet that somebody stopped is started; one that fails is reset, so that systemd tries at once. */
const startKubelet = async ({ cli, node }: Making, signal: AbortSignal | undefined): Promise<void> => {
  const script = 'systemctl is-active --quiet kubelet || { systemctl reset-failed kubelet; systemctl start kubelet; }'
  await execOnNode(cli, node, ['sh', '-c', script], { signal })
}

const isWhole = async (job: Making, signal: AbortSignal | undefined): Promise<boolean> => {
  if ((await readIfThere(job.layout.kubeconfig)) === undefined) return false
  const probe = await job.probe()
  if (!(await isApiReady(probe, { ...(signal ? { signal } : {}) }))) return false
  const sights = await look(job.cli, job.node, COMPONENTS, signal)
  const running = COMPONENTS.every((name) => statusOf(name, sights[name]).state === 'running')
  return running && (await isDefaultAccountThere(probe, signal))
}

/** Waits until the cluster can be used, and remembers that it once could. */
const finish = async (job: Making, { step, signal }: Work): Promise<void> => {
  const probe = await job.probe()
  const end = job.clock.now() + DEADLINE_MS
  const until = async (id: string, isReady: () => Promise<boolean>) => {
    while (!(await isReady())) {
      await failIfHopeless(job, signal)
      if (job.clock.now() > end) throw tooSlow(job)
      await job.clock.sleep(POLL_MS, signal)
    }
    step(id, 'done')
  }
  await until('control-plane', () => isApiReady(probe, { ...(signal ? { signal } : {}) }))
  step('service-account', 'running')
  await until('node-ready', () => isNodeReady(job, signal))
  await until('service-account', () => isDefaultAccountThere(probe, signal))
  const images = await loadLessonImages(job, { step, signal })
  const reply = await probe.api({ method: 'GET', path: '/version' })
  const kubernetes = (reply.json as { gitVersion?: string } | undefined)?.gitVersion
  const record = await readRecord(job.layout)
  if (record) await writeRecord(job.layout, { ...record, whole: true, images, ...(kubernetes ? { kubernetes } : {}) })
}

const isNodeReady = async (job: Making, signal: AbortSignal | undefined): Promise<boolean> => {
  const probe = await job.probe()
  const path = `/api/v1/nodes/${job.node}`
  const reply = await probe.api({ method: 'GET', path, ...(signal ? { signal } : {}) }).catch(() => undefined)
  const conditions = (reply?.json as { status?: { conditions?: { type?: string; status?: string }[] } } | undefined)
    ?.status?.conditions
  return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
}

const failIfHopeless = async (job: Making, signal: AbortSignal | undefined): Promise<void> => {
  const sights = await look(job.cli, job.node, COMPONENTS, signal)
  for (const name of COMPONENTS) {
    const status = statusOf(name, sights[name])
    if (status.state !== 'backoff' || status.restarts < HOPELESS_EXITS) continue
    const file = fileToEdit(status)
    throw new UserError({
      what: whatFails(status),
      next: `Put ${file} right with \`k8s-sec-lab edit ${file}\`, or start afresh with \`k8s-sec-lab cluster down\` and \`cluster up\`.`,
      exitCode: 3,
    })
  }
}

const tooSlow = (job: Making): UserError =>
  new UserError({
    what: `The cluster was not ready within ${DEADLINE_MS / 1000} s.`,
    next: `Close what keeps this machine busy and run \`k8s-sec-lab cluster up\` again; \`k8s-sec-lab doctor\` looks for causes. What kind said: ${job.layout.log}`,
    exitCode: 3,
  })
