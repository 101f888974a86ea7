import type { Backend } from '../../src/core/model.ts'
import { kindHere } from './kind-image.ts'

/** The backend that the suites about lessons, checks and grading run on. */
export const BACKENDS: readonly Backend[] = ['embedded']

/**
 * The backends that the suite about clusters runs on: all that this machine has. K8S_SEC_LAB_REQUIRE_KIND=1, as CI sets
 * it, makes the absence of kind a failure.
 */
export const clusterBackends = async (): Promise<readonly Backend[]> => {
  const kind = await kindHere()
  if (kind.kind === 'yes') return ['embedded', 'kind']
  const words = `The cluster suite does not run on kind here: ${kind.reason}`
  if (process.env.K8S_SEC_LAB_REQUIRE_KIND === '1') throw new Error(words)
  console.info(words)
  return ['embedded']
}
