import type { ClusterStatus } from '../../core/ports.ts'
import { lockHolder } from '../../store/lock.ts'
import { isApiReady } from '../api-ready.ts'
import { explain, withRemedy } from '../explain.ts'
import { lastWords } from '../last-words.ts'
import { COMPONENTS, type EmbeddedComponent, type Layout } from './layout.ts'
import { componentStatus, createEmbeddedProbe } from './probe.ts'
import { readRecord } from './record.ts'
import { supervisorOf } from './supervision.ts'

/** The cluster as it is now. A hung API server costs this long; a living or dead one answers at once. */
const READY_TIMEOUT_MS = 1500

/** A component that starts for longer than this waits for something, and its log says for what. */
const LONG_START_MS = 30_000

export const readClusterStatus = async (layout: Layout): Promise<ClusterStatus> => {
  const [record, supervisor, worker, components] = await Promise.all([
    readRecord(layout),
    supervisorOf(layout),
    lockHolder(layout.workLock),
    Promise.all(COMPONENTS.map((name) => componentStatus(layout, name))),
  ])
  const known = {
    backend: 'embedded' as const,
    components,
    ...(record?.kubernetes === undefined ? {} : { version: record.kubernetes }),
    ...(record ? { kubeconfig: layout.kubeconfig } : {}),
  }
  if (!record) return { ...known, state: worker ? 'starting' : 'absent' }
  const since = components.find((one) => one.name === 'kube-apiserver')?.since
  const dated = since === undefined ? known : { ...known, since }
  if (!supervisor) {
    if (worker) return { ...dated, state: 'starting' }
    const what = components.some((one) => one.pid !== undefined)
      ? 'The supervisor was ended: nobody restarts its processes or follows its files any more.'
      : 'Its processes do not run: they ended with the machine, or were killed.'
    return { ...dated, state: 'broken', reason: `${what} Run \`k8s-sec-lab cluster up\`.` }
  }
  const failing = components.find((one) => one.state === 'backoff' || (one.state === 'absent' && one.lastError))
  if (failing) return { ...dated, state: worker ? 'starting' : 'broken', reason: explain(failing) }
  if (components.some((one) => one.state === 'absent') && !worker) {
    const gone = components.filter((one) => one.state === 'absent').map((one) => one.name)
    return { ...dated, state: 'broken', reason: `${gone.join(', ')} has no manifest. Run \`k8s-sec-lab cluster up\`.` }
  }
  const waiting = components.find((one) => one.state === 'starting')
  if (waiting) {
    const isLong = waiting.since !== undefined && Date.now() - Date.parse(waiting.since) > LONG_START_MS
    const words = isLong ? await lastWords(layout.log(waiting.name as EmbeddedComponent), 0) : ''
    return {
      ...dated,
      state: 'starting',
      ...(words === '' ? {} : { reason: `${waiting.name} says: ${withRemedy(words)}` }),
    }
  }
  const probe = await createEmbeddedProbe(layout, record)
  try {
    const isReady = await isApiReady(probe, { timeoutMs: READY_TIMEOUT_MS })
    const stale = components.find((one) => one.state === 'stale')
    if (isReady) return { ...dated, state: 'ready', ...(stale ? { reason: explain(stale) } : {}) }
    return { ...dated, state: 'starting', reason: 'kube-apiserver runs, but is not ready.' }
  } finally {
    probe.close()
  }
}
