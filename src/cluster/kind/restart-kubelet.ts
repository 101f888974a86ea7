import type { EngineCli } from './engine-cli.ts'
import { execOnNode } from './node.ts'

/**
 * Restarts the kubelet. systemd counts its own restarts anew only when it is told to forget them: one that is asked for
 * while the unit waits for its next try would go on with the old count, and look like one that comes and goes.
 */
export const restartKubelet = async (engine: EngineCli, node: string, signal?: AbortSignal): Promise<void> => {
  const script = 'systemctl reset-failed kubelet; systemctl restart kubelet'
  await execOnNode(engine, node, ['sh', '-c', script], { signal })
}
