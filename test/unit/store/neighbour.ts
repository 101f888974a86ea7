import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { identityOf, type ProcessId } from '../../../src/store/process-identity.ts'

/** A process of its own that lives until the test ends or `end` is called. */
export const neighbour = async (): Promise<ProcessId & { readonly end: () => Promise<unknown> }> => {
  const child = spawn(process.execPath, ['-e', 'console.log(1); process.stdin.resume()'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit')
  const end = (): Promise<unknown> => {
    child.kill('SIGKILL')
    return exited
  }
  onTestFinished(async () => void (await end()))
  await once(child.stdout, 'data')
  const pid = child.pid ?? 0
  return { pid, identity: (await identityOf(pid)) ?? '', end }
}
