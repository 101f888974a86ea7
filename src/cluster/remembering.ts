import { isAbort, messageOf } from '../core/errors.ts'
import type { Backend } from '../core/model.ts'
import type { Cluster, Report } from '../core/ports.ts'
import { type KnownCluster, knownClusters, rememberClusters } from '../store/clusters.ts'
import type { LabPaths } from '../store/paths.ts'

/**
 * A cluster that the home remembers while it exists, and that is alone in it: two of them would take the memory of two.
 * Coming up it takes the place of another backend's cluster, which is removed after saying so; going down it takes
 * along what could not be removed then, if `wholeHome`.
 */
export const remembering = (options: {
  readonly cluster: Cluster
  readonly paths: Pick<LabPaths, 'state' | 'cluster'>
  readonly known: readonly KnownCluster[]
  readonly make: (backend: Backend) => Promise<Cluster>
  /** Throws when this backend cannot come up at all; asked before another one is removed for it. */
  readonly canStart: (signal?: AbortSignal) => Promise<void>
  /** Whatever was in a cluster that is removed is over. */
  readonly forgetAttempt: () => Promise<void>
  readonly wholeHome: boolean
}): Cluster => {
  const { cluster, paths, make, canStart, forgetAttempt } = options
  const { backend } = cluster
  let extra = options.known.find((each) => each.backend === backend)?.extra ?? []

  const mine = (): KnownCluster => (extra.length > 0 ? { backend, extra } : { backend })
  const others = async () => (await knownClusters(paths)).filter((each) => each.backend !== backend)

  /** Removes the other backends' clusters; answers those that could not be removed now. */
  const replace = async (work: { signal?: AbortSignal; report: Report }): Promise<readonly KnownCluster[]> => {
    const left: KnownCluster[] = []
    for (const each of await others()) {
      const step = { id: `replace-${each.backend}`, title: `Remove the ${each.backend} cluster` } as const
      await canStart(work.signal)
      work.report({ ...step, state: 'running', detail: `for the ${backend} one; your progress and files stay` })
      await forgetAttempt()
      try {
        const other = await make(each.backend)
        await other.down({ ...(work.signal ? { signal: work.signal } : {}), report: () => {} })
        work.report({ ...step, state: 'done' })
      } catch (error) {
        if (isAbort(error)) throw error
        left.push(each)
        const later = `remove it later: k8s-sec-lab cluster down --backend ${each.backend}`
        work.report({ ...step, state: 'skipped', detail: `it is still there (${messageOf(error)}); ${later}` })
      }
    }
    return left
  }

  return {
    ...cluster,
    capabilities: () => [...new Set([...cluster.capabilities(), ...extra])],
    up: async (work) => {
      const left = await replace(work)
      await rememberClusters(paths, [mine(), ...left])
      try {
        const status = await cluster.up(work)
        if (status.state === 'ready') extra = status.extra ?? []
        await rememberClusters(paths, [mine(), ...left])
        return status
      } catch (error) {
        // Undone, or never made: the next time there is a choice again.
        const state = await cluster.status().then(
          (status) => status.state,
          () => 'broken',
        )
        if (state === 'absent') await rememberClusters(paths, left)
        throw error
      }
    },
    down: async (work) => {
      await cluster.down(work)
      const rest = await others()
      await rememberClusters(paths, rest)
      if (!options.wholeHome) return
      for (const each of rest) {
        await (await make(each.backend)).down(work)
        await rememberClusters(
          paths,
          (await others()).filter((other) => other.backend !== each.backend),
        )
      }
    },
  }
}
