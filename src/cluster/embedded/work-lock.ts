import type { Clock } from '../../core/ports.ts'
import { makeFolder } from './files.ts'
import type { Layout } from './layout.ts'
import { isLock, takeLock } from './lock.ts'

/** Runs `work` while no other `up` or `down` of the same folder does; waits for the other one first. */
export const withWorkLock = async <Result>(
  layout: Layout,
  options: { readonly clock: Clock; readonly signal?: AbortSignal },
  work: () => Promise<Result>,
): Promise<Result> => {
  await makeFolder(layout.dir)
  for (;;) {
    const taken = await takeLock(layout.workLock)
    if (isLock(taken)) {
      try {
        return await work()
      } finally {
        await taken.release()
      }
    }
    await options.clock.sleep(100, options.signal)
  }
}
