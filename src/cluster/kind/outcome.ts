import type { Clock, FileOutcome, Probe } from '../../core/ports.ts'
import { isApiReady } from '../api-ready.ts'
import { isHealthy, lastWordsOf } from './components.ts'
import type { EngineCli } from './engine-cli.ts'
import type { StaticPodName } from './layout.ts'
import { look } from './look.ts'
import { execOnNode } from './node.ts'

export type Awaited = {
  readonly engine: EngineCli
  readonly node: string
  readonly probe: Probe
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

const DEADLINE_MS = 90_000
const POLL_MS = 100

/** Containers that a static Pod has now: what comes later is another one. */
export const containersNow = async (job: Awaited, name: StaticPodName): Promise<ReadonlySet<string>> =>
  new Set((await look(job.engine, job.node, [name], job.signal))[name].containers.map(({ id }) => id))

/**
 * Waits for what becomes of a static Pod after its containers in `before`: ready again, or ended with its own words.
 * A kubelet that holds the new container back because others ended before is started anew once, after `patienceMs`:
 * the hold is kept in its memory alone.
 */
export const podOutcome = async (
  job: Awaited,
  name: StaticPodName,
  { before, patienceMs }: { readonly before: ReadonlySet<string>; readonly patienceMs: number },
): Promise<FileOutcome> => {
  const { clock, signal } = job
  const begun = clock.now()
  let pushed = false
  for (;;) {
    const sight = (await look(job.engine, job.node, [name], signal))[name]
    const [newest] = sight.containers
    const isNew = newest !== undefined && !before.has(newest.id)
    if (isNew && newest.state === 'exited') {
      return { kind: 'crashing', error: lastWordsOf(sight) ?? `${name} ended without a word.` }
    }
    if (isNew && isHealthy(sight) && (await isApiReady(job.probe, { ...(signal ? { signal } : {}) }))) {
      return { kind: 'applied', seconds: (clock.now() - begun) / 1000 }
    }
    const waited = clock.now() - begun
    if (waited > DEADLINE_MS) {
      const words = lastWordsOf(sight)
      const said = words === undefined ? await kubeletOn(job, name) : ` It said: ${words}`
      return { kind: 'crashing', error: `${name} was not ready within ${DEADLINE_MS / 1000} s.${said}` }
    }
    const isHeld = !isNew && newest?.state !== 'running'
    if (isHeld && !pushed && waited > patienceMs) {
      pushed = true
      await execOnNode(job.engine, job.node, ['systemctl', 'restart', 'kubelet'], { signal })
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
  // systemd counts its own restarts anew from one that was asked for.
  await execOnNode(job.engine, job.node, ['systemctl', 'restart', 'kubelet'], { signal })
  for (;;) {
    const sight = (await look(job.engine, job.node, ['kubelet'], signal)).kubelet
    const isUp = sight.unit?.ActiveState === 'active'
    if (isUp && isHealthy(sight)) return { kind: 'applied', seconds: (clock.now() - begun) / 1000 }
    const isDying = sight.unit?.ActiveState === 'activating' || sight.unit?.ActiveState === 'failed'
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
