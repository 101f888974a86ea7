/** From what was asked for, what the home has and what the machine offers to the one cluster that is used. */
import { UserError } from '../core/errors.ts'
import type { Backend } from '../core/model.ts'
import type { Clock, Cluster, Log, Tools } from '../core/ports.ts'
import { knownClusters } from '../store/clusters.ts'
import type { LabPaths } from '../store/paths.ts'
import { BACKEND_CHOICES, type BackendChoice, type Decision, decide, dependsOnMachine } from './choice.ts'
import { remembering } from './remembering.ts'

export type Selection = Decision & { readonly cluster: Cluster }

type Environment = Readonly<Record<string, string | undefined>>

export type SelectOptions = {
  /** `auto`, `kind` or `embedded`, as it was typed. */
  readonly backend: string
  readonly env: Environment
  readonly nodeImage?: string
  readonly paths: LabPaths
  readonly tools: Tools
  readonly supervisorArgv: readonly string[]
  readonly forgetAttempt: () => Promise<void>
  readonly log?: Log
  readonly clock?: Clock
}

const choiceOf = (backend: string): BackendChoice => {
  const choice = BACKEND_CHOICES.find((each) => each === backend)
  if (choice) return choice
  throw new UserError({
    what: `There is no backend "${backend}".`,
    next: `Choose one of: ${BACKEND_CHOICES.join(', ')}.`,
  })
}

const whyKindIsMissing = async (tools: Pick<Tools, 'list'>): Promise<string | undefined> => {
  const kind = (await tools.list()).find((tool) => tool.name === 'kind')
  if (kind?.found || (kind?.ways.length ?? 0) > 0) return undefined
  return kind?.unavailable ?? 'it is not installed'
}

/**
 * The cluster to work with, and why it is that one. Asks the container engine only where that decides: the cluster that
 * a home has is kept. Throws UserError for a backend that does not exist.
 */
export const selectCluster = async (options: SelectOptions): Promise<Selection> => {
  const { env, paths, tools } = options
  const asked = choiceOf(options.backend)
  const known = await knownClusters(paths)
  const inUse = known[0]?.backend
  const preferred = choiceOf(env.K8S_SEC_LAB_BACKEND || 'auto')
  const wishes = { asked, ...(inUse ? { inUse } : {}), ...(preferred === 'auto' ? {} : { prefer: preferred }) }
  const decision = decide(dependsOnMachine(wishes) ? { ...wishes, ...(await lookAtMachine(env, tools)) } : wishes)
  const cluster = remembering({
    cluster: await makeCluster(decision.backend, options),
    paths,
    known,
    make: (backend) => makeCluster(backend, options),
    canStart: async (signal) => {
      if (decision.backend !== 'kind') return
      const { requireEngine } = await import('./kind/engine.ts')
      await requireEngine(env, signal)
    },
    forgetAttempt: options.forgetAttempt,
    wholeHome: asked === 'auto',
  })
  return { ...decision, cluster }
}

const lookAtMachine = async (env: Environment, tools: Tools) => {
  const { engineOf } = await import('./kind/engine.ts')
  const engine = await engineOf(env)
  const kindMissing = engine.kind === 'ready' ? await whyKindIsMissing(tools) : undefined
  return { engine, ...(kindMissing === undefined ? {} : { kindMissing }) }
}

const makeCluster = async (backend: Backend, options: SelectOptions): Promise<Cluster> => {
  const { paths, tools, supervisorArgv, log, clock } = options
  const common = { paths, tools, ...(log ? { log } : {}), ...(clock ? { clock } : {}) }
  if (backend === 'kind') {
    const { createKindCluster } = await import('./kind/cluster.ts')
    const { env, nodeImage } = options
    return createKindCluster({ ...common, env, ...(nodeImage ? { nodeImage } : {}) })
  }
  const { createEmbeddedCluster } = await import('./embedded/cluster.ts')
  return createEmbeddedCluster({ ...common, supervisorArgv })
}
