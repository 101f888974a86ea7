import { UserError } from '../../core/errors.ts'
import type { ExecResult } from '../../core/ports.ts'
import type { EngineCli } from './engine-cli.ts'
import { troubleIn } from './troubles.ts'

export type NodeExecOptions = {
  readonly stdin?: string | undefined
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** The name asked for, which must be that of the cluster's only node. Throws UserError otherwise. */
export const onlyNode = (node: string, name: string): string => {
  if (name === node) return node
  throw new UserError({ what: `There is no node "${name}".`, next: `This cluster has one node: ${node}.`, exitCode: 3 })
}

/** Longer than what a node's own `timeout` needs to end a command. */
const GRACE_MS = 15_000

/**
 * Runs a command on a node, as root, to its end. With `timeoutMs` the node itself ends it (code 124), so that nothing
 * stays behind. Throws UserError when it could not be run at all.
 */
export const execOnNode = async (
  engine: EngineCli,
  node: string,
  argv: readonly string[],
  options: NodeExecOptions = {},
): Promise<ExecResult> => {
  const { stdin, timeoutMs, signal } = options
  const limited =
    timeoutMs === undefined ? argv : ['timeout', '--kill-after=2', String(Math.max(timeoutMs / 1000, 0.1)), ...argv]
  const result = await engine.call(['exec', ...(stdin === undefined ? [] : ['--interactive']), node, ...limited], {
    timeoutMs: timeoutMs === undefined ? 24 * 3_600_000 : timeoutMs + GRACE_MS,
    signal,
    ...(stdin === undefined ? {} : { input: stdin }),
  })
  if (result.code !== 0) refuseUnrun(result, node, argv[0] ?? '')
  return result
}

// What the engine (or `timeout`) says in place of a command that it could not start.
const refuseUnrun = ({ code, stderr }: ExecResult, node: string, program: string): void => {
  if (/no such container|no container with (name|id)/i.test(stderr)) {
    throw new UserError({ what: `There is no node "${node}".`, next: 'Run `k8s-sec-lab cluster up`.', exitCode: 3 })
  }
  if (
    /container \S+ is not running|can only create exec sessions on running containers|is not paused|is paused/i.test(
      stderr,
    )
  ) {
    throw new UserError({
      what: `The node ${node} is not running.`,
      next: 'Run `k8s-sec-lab cluster up`.',
      exitCode: 3,
    })
  }
  const isUnstarted =
    (code >= 125 && code <= 127 && /OCI runtime exec failed|executable file not found|crun: /i.test(stderr)) ||
    ((code === 126 || code === 127) && /^timeout: failed to run command/m.test(stderr))
  if (isUnstarted) {
    throw new UserError({
      what: `The program "${program}" could not be run on the node ${node}: it is not there, or may not be executed.`,
      next: 'Check its name; `k8s-sec-lab node` opens a shell on the node.',
      exitCode: 3,
    })
  }
  // Not every socket: a command on the node may have looked for one of the node's own.
  if (
    /cannot connect to the docker daemon|cannot connect to podman|dial unix \S*(docker|podman)\S*\.sock/i.test(stderr)
  ) {
    throw troubleIn(stderr, { doing: 'exec' })
  }
}
