import type { Backend } from '../../src/core/model.ts'
import { kindHere } from './kind-here.ts'

/** The backend that the suites about lessons, checks and grading run on. */
export const BACKENDS: readonly Backend[] = ['embedded']

/** The backends that the suite about clusters runs on: all that this machine has. */
export const clusterBackends = async (): Promise<readonly Backend[]> => {
  const kind = await kindHere()
  if (kind.kind === 'yes') return ['embedded', 'kind']
  console.info(`The cluster suite does not run on kind here: ${kind.reason}`)
  return ['embedded']
}
