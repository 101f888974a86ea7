import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { learnerEnvironment, writeShim } from '../app/learner-environment.ts'
import type { Services } from '../app/services.ts'
import { openServices } from '../app/wire.ts'
import type { Attempt, Backend, Lesson } from '../core/model.ts'
import type { Report } from '../core/ports.ts'
import type { VerifyReport } from '../verify/report.ts'
import { verifyLessons } from '../verify/verify.ts'
import type { CommandContext } from './context.ts'

/** A cluster in a temporary home on which one lesson after the other is proved. */
export type Lane = {
  readonly backend: Backend
  readonly prove: (lesson: Lesson) => Promise<VerifyReport>
  /** Takes the cluster down and removes the home. */
  readonly close: () => Promise<void>
}

/**
 * Brings a lane up. Only the cache of tools is shared with the lab that asks. `lintOf` says what lint finds in a
 * lesson. Leaves nothing behind when it does not come up.
 */
export const openLane = async (options: {
  readonly context: CommandContext
  readonly lintOf: (lesson: Lesson) => Promise<readonly string[]>
  readonly report: Report
  /** Wrong turns of all lessons, or of those alone that look at nodes. */
  readonly wrong: 'all' | 'nodes'
}): Promise<Lane> => {
  const { context, lintOf, report, wrong } = options
  const { io } = context
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-verify-'))
  const user = join(home, 'user')
  mkdirSync(user)
  const { KUBECONFIG: _, ...outer } = io.env
  const env = { ...outer, HOME: user, K8S_SEC_LAB_HOME: home, K8S_SEC_LAB_CACHE: context.services.paths.cache }
  const { backend, nodeImage, lessons } = context.options
  const fresh = (): Services => openServices({ env, backend, nodeImage, lessons })
  const own = fresh()
  const { signal } = io
  const cluster = await own.cluster()
  const close = async (): Promise<void> => {
    await cluster.down({ report: () => undefined })
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await cluster.up({ signal, report })
    await writeShim(own.paths, own.self)
  } catch (error) {
    await close()
    throw error
  }
  return {
    backend: cluster.backend,
    close,
    prove: async (lesson) => {
      await own.lessonTools(lesson, { signal, report })
      return verifyLessons({
        lessons: [lesson],
        backend: cluster.backend,
        capabilities: cluster.capabilities(),
        clock: own.clock,
        signal,
        report,
        lintOf,
        wrong,
        open: async (one) => {
          const services = fresh()
          return {
            cluster: await services.cluster(),
            workspace: await services.workspace(one),
            store: await services.store(),
            addOns: await services.addOns(),
            stateDir: services.paths.state,
            home,
            clock: services.clock,
            report: () => undefined,
            signal,
          }
        },
        environment: async (one: Lesson, attempt: Attempt) => ({
          ...(env as Record<string, string>),
          ...learnerEnvironment({ paths: own.paths, env, cluster: cluster.environment(), lesson: one, attempt }),
        }),
      })
    },
  }
}
