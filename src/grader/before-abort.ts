/** What an aborted check may still take to remove its throw-away objects. */
const CLEAN_UP_MS = 3000

/** The value of `work`, or the signal's reason soon after it is aborted, once `work` has cleaned up after itself. */
export const beforeAbort = async <T>(work: Promise<T>, signal: AbortSignal, cleansUp = false): Promise<T> => {
  work.catch(() => undefined)
  if (signal.aborted) throw signal.reason
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } catch (error) {
    if (signal.aborted && cleansUp) await settledWithin(work, CLEAN_UP_MS)
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const settledWithin = (work: Promise<unknown>, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    work.then(done, done)
  })
