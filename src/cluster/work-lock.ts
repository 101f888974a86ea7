import { withLock } from '../store/lock.ts'
import { makeFolder } from './files.ts'

/** Runs `work` while no other `up` or `down` of the same folder does; waits for the other one first. */
export const withWorkLock = async <Result>(
  layout: { readonly dir: string; readonly workLock: string },
  { signal }: { readonly signal?: AbortSignal | undefined },
  work: () => Promise<Result>,
): Promise<Result> => {
  await makeFolder(layout.dir)
  return withLock({ path: layout.workLock, ...(signal ? { signal } : {}) }, work)
}
