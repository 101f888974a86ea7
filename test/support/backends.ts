import type { Backend } from '../../src/core/model.ts'

/** The backends that the contract suite runs on here. */
export const BACKENDS: readonly Backend[] = ['embedded']
