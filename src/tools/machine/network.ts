import { createServer } from 'node:net'
import { deadlineAfter } from '../../core/deadline.ts'
import { systemCode } from '../way-failed.ts'
import { type Finding, note, ok, problem } from './finding.ts'

const PATIENCE_MS = 3_000

/** Whether this process may listen on loopback; the ports themselves are chosen free when the cluster starts. */
export const loopbackFinding = (): Promise<Finding> =>
  new Promise((resolve) => {
    const title = 'Loopback ports'
    const server = createServer()
    server.once('error', (error) =>
      resolve(
        problem('loopback', title, {
          found: `nothing can listen on 127.0.0.1 (${systemCode(error) ?? error.message})`,
          fix: 'Bring the loopback interface up (`ip link set lo up`), or run outside of the sandbox that forbids it.',
        }),
      ),
    )
    server.listen(0, '127.0.0.1', () => server.close(() => resolve(ok('loopback', title, 'free ports on 127.0.0.1'))))
  })

/** Whether an address answers at all within three seconds; any HTTP status is an answer. */
export const answers = async (url: string, signal?: AbortSignal): Promise<string | undefined> => {
  const deadline = deadlineAfter(PATIENCE_MS, signal)
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: deadline.signal })
    return undefined
  } catch (error) {
    return deadline.passed() ? `no answer within ${PATIENCE_MS / 1000} s` : (systemCode(error) ?? 'no answer')
  } finally {
    deadline.end()
  }
}

/** The publishers of the tools that are missing: which of them answer. Asked only when something is missing. */
export const publishersFinding = async (
  hosts: readonly string[],
  signal?: AbortSignal,
): Promise<Finding | undefined> => {
  if (hosts.length === 0) return undefined
  const failures = await Promise.all(
    hosts.map(async (host) => ({ host, why: await answers(`https://${host}/`, signal) })),
  )
  const silent = failures.filter(({ why }) => why !== undefined)
  const title = 'Downloads'
  if (silent.length === 0) return ok('downloads', title, `${hosts.join(' and ')} answer`)
  return note(
    'downloads',
    title,
    `${silent.map(({ host, why }) => `${host}: ${why}`).join('; ')}`,
    'Connect to the internet for verified downloads, or install Go so that the tools can be built from Go modules.',
  )
}
