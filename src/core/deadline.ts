/** A signal that is aborted when time is up, or by another signal; `end` it when the work is done. */
export type Deadline = {
  readonly signal: AbortSignal
  /** True once time was up before anything else stopped the work. */
  readonly passed: () => boolean
  readonly end: () => void
}

/**
 * Time for a piece of work: `ms` milliseconds from now, or until `parent` is aborted, whose reason is passed on.
 *
 * Not AbortSignal.any over an AbortSignal.timeout: the joint signal holds its sources weakly, so that the garbage
 * collector may take the timeout, and the work that hangs is never told (nodejs/node issue 57736).
 */
export const deadlineAfter = (ms: number, parent?: AbortSignal): Deadline => {
  const controller = new AbortController()
  let passed = false
  const timer = setTimeout(() => {
    passed = !controller.signal.aborted
    controller.abort(new DOMException(`no end within ${ms / 1000} s`, 'TimeoutError'))
  }, ms)
  const follow = (): void => controller.abort(parent?.reason)
  const end = (): void => {
    clearTimeout(timer)
    parent?.removeEventListener('abort', follow)
  }
  if (parent?.aborted) follow()
  else parent?.addEventListener('abort', follow, { once: true })
  return { signal: controller.signal, passed: () => passed, end }
}
