import type { Backend } from '../../src/core/model.ts'

/** The backend of the project that runs: the same contract suites run once on each (vitest.config.ts). */
export const testBackend: Backend = process.env.K8S_SEC_LAB_TEST_BACKEND === 'kind' ? 'kind' : 'embedded'

/** For the names of suites. */
export const BACKENDS: readonly Backend[] = [testBackend]
