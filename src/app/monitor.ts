import type { Clock, Cluster, ClusterStatus } from '../core/ports.ts'

const EVERY_MS = 3_000

/** What of a status a reader would notice. */
const noticeable = (status: ClusterStatus): string => JSON.stringify(status)

/**
 * Asks the cluster how it is, again and again until `signal` aborts, and tells when the answer differs from the one
 * before. `now` asks at once: whoever sees requests fail need not wait for the next round.
 */
export const monitorCluster = (options: {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly tell: (status: ClusterStatus) => void
}): { readonly now: () => void } => {
  const { cluster, clock, signal, tell } = options
  let last: string | undefined
  let asking = false
  const ask = async (): Promise<void> => {
    if (asking || signal.aborted) return
    asking = true
    try {
      const status = await cluster.status()
      const seen = noticeable(status)
      if (seen !== last && !signal.aborted) {
        last = seen
        tell(status)
      }
    } catch {
      // A status that cannot be read says nothing; the next round asks again.
    } finally {
      asking = false
    }
  }
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await ask()
      await clock.sleep(EVERY_MS, signal).catch(() => {})
    }
  }
  void loop()
  return { now: () => void ask() }
}
