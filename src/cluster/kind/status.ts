import { isAbort, messageOf, UserError } from '../../core/errors.ts'
import type { ClusterStatus } from '../../core/ports.ts'
import { lockHolder } from '../../store/lock.ts'
import { isApiReady } from '../api-ready.ts'
import { explain } from '../explain.ts'
import { readIfThere } from '../files.ts'
import { statusOf } from './components.ts'
import type { Context } from './context.ts'
import { COMPONENTS } from './layout.ts'
import { look } from './look.ts'
import { readRecord } from './record.ts'

/** A hung API server costs this long; a living or dead one answers at once. */
const READY_TIMEOUT_MS = 1500
const UP = 'Run `k8s-sec-lab cluster up`.'

/** The cluster as it is now. */
export const readClusterStatus = async (context: Context): Promise<ClusterStatus> => {
  const { layout, node } = context
  const [record, worker] = await Promise.all([readRecord(layout), lockHolder(layout.workLock)])
  const known = {
    backend: 'kind' as const,
    components: [],
    ...(record?.kubernetes === undefined ? {} : { version: record.kubernetes }),
    ...(record?.whole ? { kubeconfig: layout.kubeconfig } : {}),
  }
  if (worker && !record?.whole) return { ...known, state: 'starting' }
  // Without a record there is no cluster, whatever the engine says: `status` must work where there is none.
  if (!record) return { ...known, state: 'absent' }
  if (!record.whole) return { ...known, state: 'broken', reason: `It was only half made. ${UP}` }
  try {
    const container = await (await context.engine()).node(node)
    if (!container?.running) {
      const what = container ? 'Its node is stopped.' : 'Its node was removed from outside.'
      return worker ? { ...known, state: 'starting' } : { ...known, state: 'broken', reason: `${what} ${UP}` }
    }
    const status = await ofRunning(context, { ...known, state: 'starting' })
    return worker && status.state === 'broken' ? { ...status, state: 'starting' } : status
  } catch (error) {
    if (isAbort(error)) throw error
    const next = error instanceof UserError ? ` ${error.next}` : ''
    return { ...known, state: 'broken', reason: `${messageOf(error)}${next}` }
  }
}

/** Whether the API server is ready for the admin of the kubeconfig; undefined without one. */
const isReadyWith = async (context: Context): Promise<boolean | undefined> =>
  (await readIfThere(context.layout.kubeconfig)) === undefined
    ? undefined
    : isApiReady(await context.probe(), { timeoutMs: READY_TIMEOUT_MS })

const ofRunning = async (context: Context, known: ClusterStatus): Promise<ClusterStatus> => {
  const [sights, isReady] = await Promise.all([
    context.engine().then((engine) => look(engine, context.node, COMPONENTS)),
    isReadyWith(context),
  ])
  const components = COMPONENTS.map((name) => statusOf(name, sights[name]))
  const since = components.find(({ name }) => name === 'kube-apiserver')?.since
  const dated = { ...known, components, ...(since === undefined ? {} : { since }) }
  const failing = components.find(({ state }) => state === 'backoff')
  if (failing) return { ...dated, state: 'broken', reason: explain(failing) }
  const gone = components.filter(({ state }) => state === 'absent').map(({ name }) => name)
  if (gone.length > 0) return { ...dated, state: 'broken', reason: `${gone.join(', ')} does not run. ${UP}` }
  if (isReady === undefined) return { ...dated, state: 'broken', reason: `Its kubeconfig is gone. ${UP}` }
  if (isReady) {
    const starting = components.some(({ state }) => state === 'starting')
    return { ...dated, state: starting ? 'starting' : 'ready' }
  }
  return { ...dated, state: 'starting', reason: 'kube-apiserver runs, but is not ready.' }
}
