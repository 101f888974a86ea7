import { messageOf, UnreachableError, UserError } from '../core/errors.ts'
import type { ComponentName, Probe } from '../core/ports.ts'

const NAMES: readonly string[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet']

const isComponent = (name: string): name is ComponentName => NAMES.includes(name)

/**
 * Why a check could not look, in words that help: when a component is down because it exits, its own last words are
 * the cause. Errors that say something else are told as they are.
 */
export const reasonOf = async (error: unknown, probe: Probe): Promise<string> => {
  if (error instanceof UserError) return `${error.message} ${error.next}`
  if (!(error instanceof UnreachableError)) return messageOf(error)
  const down = await componentDown(error.component, probe)
  return down ?? error.message
}

const componentDown = async (name: string, probe: Probe): Promise<string | undefined> => {
  if (!isComponent(name)) return undefined
  try {
    const { state, lastError } = await probe.component(name)
    const cause = lastError === undefined ? '' : `: ${lastError}`
    switch (state) {
      case 'backoff':
        return `${name} exits again and again${cause}`
      case 'starting':
        return `${name} is starting${cause}`
      case 'stale':
        return `${name} does not answer, and its new manifest was rejected${cause}`
      case 'absent':
        return `${name} is not running`
      case 'running':
        return undefined
    }
  } catch {
    return undefined
  }
}
