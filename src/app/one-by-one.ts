/** Runs jobs one after another, in the order they came; a failed job does not stop the ones behind it. */
export type OneByOne = {
  readonly add: (job: () => Promise<void>) => Promise<void>
  /** Resolves when everything added so far has ended. */
  readonly idle: () => Promise<void>
}

export const createOneByOne = (): OneByOne => {
  let tail: Promise<void> = Promise.resolve()
  return {
    add: (job) => {
      const result = tail.then(job)
      tail = result.catch(() => {})
      return result
    },
    idle: () => tail,
  }
}
