/**
 * Keeps what other code prints off the screen while the lab is on it: one stray line scrolls the whole picture. It is
 * held and printed once the terminal has been given back.
 */

const MOST = 64_000 // characters; the rest of a flood is dropped
const MOST_WARNINGS = 20

/**
 * Holds back standard error and the warnings of Node (which go around it). Returns a function that ends that and prints
 * what was held.
 */
export const holdStrayOutput = (): (() => void) => {
  let held = ''
  const warnings: Error[] = []
  const write = process.stderr.write
  process.stderr.write = ((...args: Parameters<typeof write>) => {
    if (held.length < MOST) held += String(args[0])
    const done = args.findLast((arg) => typeof arg === 'function')
    if (typeof done === 'function') (done as () => void)()
    return true
  }) as typeof write
  const listeners = process.listeners('warning')
  const keep = (warning: Error) => void warnings.push(warning)
  process.removeAllListeners('warning')
  process.on('warning', keep)
  return () => {
    process.stderr.write = write
    process.off('warning', keep)
    for (const listener of listeners) process.on('warning', listener)
    if (held !== '') process.stderr.write(held)
    for (const warning of warnings.slice(0, MOST_WARNINGS)) for (const listener of listeners) listener(warning)
  }
}
