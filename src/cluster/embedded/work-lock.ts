import { withLock } from '../../store/lock.ts'
import { makeFolder } from './files.ts'
import type { Layout } from './layout.ts'

/** Runs `work` while no other `up` or `down` of the same folder does; waits for the other one first. */
export const withWorkLock = async <Result>(
  layout: Layout,
  { signal }: { readonly signal?: AbortSignal | undefined },
  work: () => Promise<Result>,
): Promise<Result> => {
  await makeFolder(layout.dir)
  return withLock({ path: layout.workLock, ...(signal ? { signal } : {}) }, work)
}
