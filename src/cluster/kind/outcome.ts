import type { Clock, FileOutcome, Probe } from '../../core/ports.ts'
import { isApiReady } from '../api-ready.ts'
import { isHealthy, lastWordsOf } from './components.ts'
import type { EngineCli } from './engine-cli.ts'
import type { StaticPodName } from './layout.ts'
import { type Container, look } from './look.ts'
import { execOnNode } from './node.ts'
import { restartKubelet } from './restart-kubelet.ts'

export type Awaited = {
  readonly engine: EngineCli
  readonly node: string
  readonly probe: Probe
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

const DEADLINE_MS = 90_000
const POLL_MS = 100
/** The kubelet is told of a changed manifest by the file system, at once. */
const NOTICE_MS = 1_000
/** A kubelet that is not holding back starts the next container sooner than this. */
const HOLD_MS = 3_000
const HOLD_NEW_MS = 15_000
/** A component that refuses what it is given says why. One that ended without a word gets another try from the kubelet. */
const SILENCE_MS = 30_000

/** Containers that a static Pod has now, newest first: what comes later is another one. */
export const containersNow = async (job: Awaited, name: StaticPodName): Promise<readonly Container[]> =>
  (await look(job.engine, job.node, [name], job.signal))[name].containers

/** Ends containers at once. A server that is asked politely waits for its clients, a minute and longer. */
export const endContainers = async (job: Awaited, containers: readonly Container[]): Promise<void> => {
  const running = containers.filter(({ state }) => state === 'running').map(({ id }) => id)
  if (running.length === 0) return
  const script = `ctr --namespace k8s.io tasks list | while read -r id pid state; do
    case " $* " in *" $id "*) kill -KILL "$pid";; esac; done`
  await execOnNode(job.engine, job.node, ['sh', '-c', script, 'sh', ...running], { signal: job.signal })
}

/**
 * Waits for what becomes of a static Pod after its containers in `before`: ready again, or ended with its own words.
 * With `samePod: false` the manifest has changed: only a container of another Pod counts, and the old one is ended when
 * the kubelet has had the time to see the change. A kubelet that holds the next container back, because others ended
 * shortly before, is started anew once: it keeps that in its memory alone.
 */
export const podOutcome = async (
  job: Awaited,
  name: StaticPodName,
  { before, samePod }: { readonly before: readonly Container[]; readonly samePod: boolean },
): Promise<FileOutcome> => {
  const { clock, signal } = job
  const begun = clock.now()
  const known = new Set(before.map(({ id }) => id))
  const oldPod = before[0]?.pod
  let ended = samePod
  let pushed = name === 'etcd' // without etcd the API server hangs, and a kubelet that starts waits for it
  for (;;) {
    const sight = (await look(job.engine, job.node, [name], signal))[name]
    const [newest] = sight.containers
    const isNew = newest !== undefined && !known.has(newest.id) && (samePod || newest.pod !== oldPod)
    const waited = clock.now() - begun
    if (isNew && newest.state === 'exited') {
      const words = lastWordsOf(sight)
      if (words !== undefined) return { kind: 'crashing', error: words }
      if (waited > SILENCE_MS) return { kind: 'crashing', error: `${name} ended without a word.` }
    }
    if (isNew && isHealthy(sight) && (await isApiReady(job.probe, { ...(signal ? { signal } : {}) }))) {
      return { kind: 'applied', seconds: (clock.now() - begun) / 1000 }
    }
    if (waited > DEADLINE_MS) {
      const words = lastWordsOf(sight)
      const said = words === undefined ? await kubeletOn(job, name) : ` It said: ${words}`
      return { kind: 'crashing', error: `${name} was not ready within ${DEADLINE_MS / 1000} s.${said}` }
    }
    if (!isNew && !ended && waited > NOTICE_MS) {
      ended = true
      await endContainers(job, sight.containers)
    } else if (!isNew && newest?.state !== 'running' && !pushed && waited > (samePod ? HOLD_MS : HOLD_NEW_MS)) {
      pushed = true
      await restartKubelet(job.engine, job.node, signal)
    }
    await clock.sleep(POLL_MS, signal)
  }
}

/** What the kubelet said last about a manifest that it does not take. */
const kubeletOn = async (job: Awaited, name: StaticPodName): Promise<string> => {
  const script = `journalctl -u kubelet -n 200 -o cat --no-pager | grep -F "$1" | grep '^[EW]' | tail -n 1`
  const { stdout } = await execOnNode(job.engine, job.node, ['sh', '-c', script, 'sh', `${name}.yaml`])
  return stdout.trim() === '' ? '' : ` The kubelet said: ${stdout.trim()}`
}

/** Waits for what becomes of the kubelet after a restart: healthy, or ended with its own words. */
export const kubeletOutcome = async (job: Awaited): Promise<FileOutcome> => {
  const { clock, signal } = job
  const begun = clock.now()
  await restartKubelet(job.engine, job.node, signal)
  for (;;) {
    const sight = (await look(job.engine, job.node, ['kubelet'], signal)).kubelet
    const isUp = sight.unit?.ActiveState === 'active'
    if (isUp && isHealthy(sight)) return { kind: 'applied', seconds: (clock.now() - begun) / 1000 }
    // "activating" alone is also what comes before it is started.
    const isDying = sight.unit?.SubState === 'auto-restart' || sight.unit?.ActiveState === 'failed'
    if (isDying || Number(sight.unit?.NRestarts ?? 0) > 0) {
      return { kind: 'crashing', error: (await kubeletWords(job)) || 'The kubelet ended without a word.' }
    }
    if (clock.now() - begun > DEADLINE_MS) {
      return { kind: 'crashing', error: `The kubelet was not healthy within ${DEADLINE_MS / 1000} s.` }
    }
    await clock.sleep(POLL_MS, signal)
  }
}

const kubeletWords = async (job: Awaited): Promise<string | undefined> => {
  const argv = ['journalctl', '-u', 'kubelet', '-n', '60', '-o', 'cat', '--no-pager']
  const { stdout } = await execOnNode(job.engine, job.node, argv)
  return lastWordsOf({ words: stdout.split('\n') })
}
