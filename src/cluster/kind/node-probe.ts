import { UserError } from '../../core/errors.ts'
import type { ExecResult, NodeProbe } from '../../core/ports.ts'
import { run } from '../../tools/exec.ts'
import type { EngineCli } from './engine-cli.ts'
import { execOnNode, onlyNode } from './node.ts'

/** Commands of checks: none of them may hang a grading. */
const TIMEOUT_MS = 30_000

/** What checks may see on the node and in its Pods. */
export const createNodeProbe = (options: {
  readonly engine: EngineCli
  readonly node: string
  readonly kubeconfig: string
  readonly kubectl: () => Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
}): NodeProbe => {
  const { engine, node, kubeconfig, env } = options
  return {
    list: async () => {
      const found = await engine.node(node)
      return found?.address === undefined ? [] : [{ name: node, address: found.address }]
    },
    exec: async (name, argv, { stdin, timeoutMs = TIMEOUT_MS, signal } = {}) =>
      execOnNode(engine, onlyNode(node, name), argv, { stdin, timeoutMs, signal }),
    execInPod: async ({ namespace, pod, container }, argv, { stdin, timeoutMs = TIMEOUT_MS, signal } = {}) => {
      const words = [
        ...['--kubeconfig', kubeconfig, 'exec', '--namespace', namespace, pod],
        ...(container === undefined ? [] : ['--container', container]),
        ...(stdin === undefined ? [] : ['--stdin']),
        '--',
        ...argv,
      ]
      const begun = Date.now()
      try {
        const result = await run({
          argv: [await options.kubectl(), ...words],
          env,
          timeoutMs,
          ...(signal ? { signal } : {}),
          ...(stdin === undefined ? {} : { input: stdin }),
        })
        return podResult(result, `${namespace}/${pod}`, argv[0] ?? '')
      } catch (error) {
        if (signal?.aborted || Date.now() - begun < timeoutMs) throw error
        return { code: 124, stdout: '', stderr: `no end within ${timeoutMs / 1000} s` }
      }
    },
  }
}

const ENDED = /^command terminated with exit code \d+\n?/m

/** kubectl's own answer told apart from that of the command. Throws UserError when the command was not run. */
export const podResult = (result: ExecResult, pod: string, program: string): ExecResult => {
  const { code, stderr } = result
  if (code === 0) return result
  if (/executable file not found|OCI runtime exec failed|no such file or directory: unknown/i.test(stderr)) {
    throw new UserError({
      what: `The program "${program}" could not be run in Pod ${pod}: the container has none of that name, or may not run it.`,
      next: 'Use a program that the image has.',
      exitCode: 3,
    })
  }
  if (ENDED.test(stderr)) return { ...result, stderr: stderr.replace(ENDED, '') }
  const words = stderr.trim().split('\n').at(-1) ?? ''
  throw new UserError({
    what: `Nothing could be run in Pod ${pod}: ${words.replace(/^error: /i, '') || `kubectl ended with ${code}`}`,
    next: `Look at it: kubectl describe pod --namespace ${pod.replace('/', ' ')}`,
    exitCode: 3,
  })
}
