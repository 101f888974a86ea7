import { runForeground } from '../app/foreground.ts'
import { UserError } from '../core/errors.ts'
import type { Cluster, NodeAccess } from '../core/ports.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/** What a cluster can do on its nodes. Throws UserError for one that has none. */
export const nodesOf = (cluster: Cluster): NodeAccess => {
  if (cluster.nodes) return cluster.nodes
  throw new UserError({
    what: `The ${cluster.backend} backend has no nodes: its control plane runs as processes of this machine.`,
    next: 'Use the kind backend, which needs a container engine: k8s-sec-lab doctor says whether it would work here.',
    exitCode: 3,
  })
}

/** The node that `node` and `edit node:` mean. Throws UserError while the cluster is not up. */
export const firstNode = async (nodes: NodeAccess): Promise<string> => {
  const [name] = await nodes.list()
  if (name !== undefined) return name
  throw new UserError({ what: 'The cluster has no node yet.', next: 'Run `k8s-sec-lab cluster up`.', exitCode: 3 })
}

/** `node [-- command…]`: a root shell on the node, or one command there, with its own exit code. */
export const node = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const nodes = nodesOf(await services.cluster())
  const tty = io.stdinIsTty && io.stdoutIsTty
  const argv = await nodes.foreground(await firstNode(nodes), args, { tty })
  const release = io.holdSignals()
  try {
    // What ran may end with any code: it is handed on as it is.
    return (await runForeground({ argv, env: io.env })) as ExitCode
  } finally {
    release()
  }
}
