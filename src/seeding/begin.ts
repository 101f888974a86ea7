import { randomBytes } from 'node:crypto'
import { read } from '../core/api/objects.ts'
import { isAbort, UserError } from '../core/errors.ts'
import type { AttackResult } from '../core/events.ts'
import type { Attempt, Bindings, Lesson } from '../core/model.ts'
import type { AddOns, Clock, Cluster, ProgressStore, Report, Workspace } from '../core/ports.ts'
import { makeValues, type RandomBytes } from '../core/vars.ts'
import { ensureAddOns, livesOf } from './add-ons.ts'
import { clusterId, storageId, takeBaseline } from './baseline.ts'
import { keepNodeFiles } from './node-files.ts'
import { patientProbe } from './patient-probe.ts'
import { provide } from './provide.ts'
import { readRecord, type SeedRecord, writeRecord } from './record.ts'
import { registryAt, seedRegistry } from './registry.ts'
import { seedCluster, seedNamespaces } from './seed.ts'
import { sweep } from './sweep.ts'
import { seedVault } from './vault.ts'
import { emptyWorkspace, fillWorkspace, hashOf } from './workspace-files.ts'

/** Where a lesson is begun, reset and left. */
export type Place = {
  readonly cluster: Cluster
  readonly workspace: Workspace
  readonly store: ProgressStore
  /** Needed by lessons that name add-ons. */
  readonly addOns?: Pick<AddOns, 'ensure' | 'status' | 'extras' | 'putBack' | 'lives'>
  /** The lab's state folder (LabPaths.state). */
  readonly stateDir: string
  /** K8S_SEC_LAB_HOME, '' when it is not set. */
  readonly home: string
  readonly clock: Clock
  readonly report: Report
  readonly signal?: AbortSignal
}

export type BeginOptions = Place & {
  readonly lesson: Lesson
  /** An attempt from before: taken up where it was, when its seed is still in the cluster. */
  readonly resume?: Attempt
  /** Replays the lesson's attack, for what it achieves on the seed. */
  readonly replay?: (attempt: Attempt) => Promise<readonly AttackResult[]>
  readonly random?: RandomBytes
}

export type Begun = {
  readonly attempt: Attempt
  /** The seed was in place already; nothing was touched. */
  readonly resumed: boolean
  readonly lab: Bindings['lab']
  /** Something worth telling, e.g. where the learner's earlier files are. */
  readonly note?: string
}

/** The attack must have shown what it can do; the API server's own caches may lag behind the seed for a moment. */
const REPLAY_MS = 5000
/** The same with real Pods, which have to be scheduled and started first. */
const PODS_MS = 30_000

/** Where programs that run in the cluster find the API server; without containers they run beside it. */
const inside = ({ nodes }: Cluster, server: string): string => (nodes ? 'https://kubernetes.default.svc' : server)

/** Where the operators of the cluster find the add-on vault, where it speaks in the clear, and its CA, in base64. */
const vaultAt = async ({ nodes, processes, probe }: Cluster): Promise<Bindings['lab']> => {
  const kept = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'vault', name: 'vault-ca' }
  const { data } = ((await read(await probe(), kept)) ?? {}) as { data?: Readonly<Record<string, string>> }
  const ca = { 'vault-ca': Buffer.from(data?.['ca.crt'] ?? '').toString('base64') }
  if (nodes) return { ...ca, vault: 'https://vault.vault.svc:8200', 'vault-http': 'http://vault.vault.svc:8210' }
  const ports = (await processes?.ports('vault', ['https', 'dev'])) ?? {}
  return { ...ca, vault: `https://127.0.0.1:${ports.https}`, 'vault-http': `http://127.0.0.1:${ports.dev}` }
}

/** Values of ((lab.x)). Throws UserError when the cluster is not up. */
export const labValues = async (
  place: Pick<Place, 'cluster' | 'workspace' | 'home'>,
  lesson: Pick<Lesson, 'needs'>,
): Promise<Bindings['lab']> => {
  const { server } = await place.cluster.probe()
  return {
    server,
    api: inside(place.cluster, server),
    workspace: place.workspace.root,
    home: place.home,
    backend: place.cluster.backend,
    kubeconfig: place.cluster.environment().KUBECONFIG ?? '',
    ...(lesson.needs.addons.includes('vault') ? await vaultAt(place.cluster) : {}),
    ...(lesson.needs.addons.includes('registry') ? { registry: await registryAt(place.cluster) } : {}),
  }
}

/** Whether the seed of an attempt is in the cluster and its add-ons, whole, as its record says. */
export const isSeeded = async (
  place: Pick<Place, 'cluster' | 'stateDir' | 'signal' | 'addOns' | 'report'>,
  attempt: Attempt,
): Promise<boolean> => {
  const record = await readRecord(place.stateDir)
  const { active } = record ?? {}
  if (!record || !active?.complete) return false
  if (active.lesson !== attempt.lesson || active.attempt !== attempt.startedAt) return false
  const probe = await place.cluster.probe()
  if (record.cluster !== clusterId(probe) || record.storage !== (await storageId(probe, place.signal))) return false
  const before = Object.entries(active.lives ?? {})
  if (before.length === 0) return true
  const names = before.map(([name]) => name)
  let now = await livesOf(place, names)
  if (names.some((name) => now[name] === undefined)) {
    // One that does not answer, as after a restart of the machine, may have kept everything all the same.
    await place.addOns?.ensure(names, place)
    now = await livesOf(place, names)
  }
  return before.every(([name, life]) => now[name] === life)
}

/**
 * The state before the lesson: swept back to when one was active, looked at afresh otherwise. Add-ons that the lesson
 * needs are part of it, so that no lesson takes them along. Saved before it is used.
 */
const cleanBaseline = async (place: BeginOptions): Promise<{ record: SeedRecord; note?: string }> => {
  const { cluster, stateDir, lesson } = place
  const before = await readRecord(stateDir)
  const isOurs = before !== undefined && before.cluster === clusterId(await cluster.probe())
  const has = (record: SeedRecord): boolean => lesson.needs.addons.every((name) => record.addOns?.includes(name))
  let known: readonly string[] = isOurs ? (before.addOns ?? []) : []
  let note: string | undefined
  if (isOurs && before.active) {
    // A namespace that is kept for the seed has no place in a baseline, so none is kept where that is taken anew.
    const swept = await sweep({ ...place, ...(has(before) ? { keep: seedNamespaces(lesson) } : {}) })
    if (swept.kind === 'rebuilt') note = `The cluster was made anew: ${swept.why}`
    const record = await readRecord(stateDir)
    if (record && has(record)) {
      await ensureAddOns(place, lesson)
      return { record, note }
    }
    if (swept.kind === 'rebuilt') known = []
  }
  await ensureAddOns(place, lesson)
  const addOns = [...new Set([...known, ...lesson.needs.addons])]
  const record = { ...(await takeBaseline(place)), ...(addOns.length > 0 ? { addOns } : {}) }
  await writeRecord(stateDir, record)
  return { record, note }
}

const replayOnSeed = async (options: BeginOptions, attempt: Attempt): Promise<Attempt['before']> => {
  const { replay, lesson, cluster, clock, signal } = options
  if (!replay) return {}
  const end = clock.now() + (cluster.capabilities().includes('nodes') ? PODS_MS : REPLAY_MS)
  for (;;) {
    let results: readonly AttackResult[] = []
    try {
      results = await replay(attempt)
    } catch (error) {
      if (isAbort(error)) throw error
    }
    // On the seed every attack works, once its Pods run too; what cannot be tried here is neither good nor bad.
    const attacks = lesson.attack.filter(({ role }) => role === 'attack').map(({ id }) => id)
    const works = results.length > 0 && results.every(({ id, good }) => !attacks.includes(id) || good !== true)
    if (works || clock.now() >= end) return Object.fromEntries(results.map(({ id, summary }) => [id, summary]))
    await clock.sleep(200, signal)
  }
}

const missingCapability = (lesson: Lesson, cluster: Cluster): UserError | undefined => {
  const lacks = lesson.needs.capabilities.filter((each) => !cluster.capabilities().includes(each))
  if (lacks.length === 0) return undefined
  return new UserError({
    what: `Lesson ${lesson.id} needs ${lacks.join(' and ')}, which the ${cluster.backend} backend does not have.`,
    next: 'See what this machine can run with `k8s-sec-lab doctor`.',
    exitCode: 3,
  })
}

/**
 * Puts a lesson into the cluster and the learner's folder, and answers the attempt, which is saved too. A seed that is
 * still in place is resumed; one that is half in place, or another lesson's, is swept away first. Killed at any point,
 * the next begin, reset or leave finds the baseline and sweeps.
 */
export const begin = async (options: BeginOptions): Promise<Begun> => {
  const { lesson, cluster, workspace, store, stateDir, clock, report, signal, resume } = options
  const missing = missingCapability(lesson, cluster)
  if (missing) throw missing
  const mine = resume?.lesson === lesson.id ? resume : undefined
  if (mine && (await isSeeded(options, mine))) {
    return { attempt: mine, resumed: true, lab: await labValues(options, lesson) }
  }
  const earlier = await readRecord(stateDir)
  const clean = await cleanBaseline(options)
  // Objects are swept; what the add-ons keep themselves goes now.
  await options.addOns?.putBack(lesson.needs.addons, { signal })
  const startedAt = mine?.startedAt ?? new Date(clock.now()).toISOString()
  const nodes = await keepNodeFiles(cluster, lesson, { signal })
  const active = { lesson: lesson.id, attempt: startedAt, complete: false, files: {}, nodes }
  await writeRecord(stateDir, { ...clean.record, active })

  const step = { id: 'seed', title: `Prepare ${lesson.id} ${lesson.title}` } as const
  report({ ...step, state: 'running' })
  try {
    const vars = mine?.vars ?? makeValues(lesson.vars, options.random ?? randomBytes)
    const seeded = earlier?.active?.lesson === lesson.id ? earlier.active.files : {}
    const kept = mine ? undefined : await emptyWorkspace({ workspace, seeded, at: clock.now() })
    const images = await cluster.images()
    const bindings: Bindings = { vars, captured: {}, nonce: {}, image: images, lab: await labValues(options, lesson) }
    const probe = patientProbe(await cluster.probe(), options)
    // Before the manifests: what they make looks for it at once.
    await seedVault({ lesson, bindings, probe, signal })
    const pushed = await seedRegistry({ lesson, bindings, cluster, probe, clock, signal })
    await seedCluster({ lesson, bindings, cluster, clock, signal })
    const made = await provide({
      lesson,
      bindings,
      cluster,
      probe: patientProbe(await cluster.probe(), options),
      workspace,
      clock,
      signal,
    })
    const captured = { ...pushed, ...made.captured }
    const full: Bindings = { ...bindings, captured }
    const files = await fillWorkspace({ workspace, lesson, bindings: full, keep: mine !== undefined })
    const attempt: Attempt = { lesson: lesson.id, startedAt, vars, captured, images, before: {} }
    const before = await replayOnSeed(options, attempt)
    const provided = Object.fromEntries(Object.entries(made.files).map(([path, text]) => [path, hashOf(text)]))
    const done: Attempt = { ...attempt, before }
    await store.saveAttempt(done)
    const lives = await livesOf(options, lesson.needs.addons)
    await writeRecord(stateDir, {
      ...clean.record,
      active: { ...active, complete: true, files: { ...files, ...provided }, lives },
    })
    report({ ...step, state: 'done' })
    const notes = [clean.note, kept === undefined ? undefined : `Your earlier files are in ${kept}`].filter(Boolean)
    const again = mine
      ? 'The cluster had lost the lesson; it is set up again, and your files are as they were.'
      : undefined
    const note = [again, ...notes].filter(Boolean).join(' ')
    return { attempt: done, resumed: false, lab: full.lab, ...(note === '' ? {} : { note }) }
  } catch (error) {
    report({ ...step, state: 'failed' })
    throw error
  }
}
