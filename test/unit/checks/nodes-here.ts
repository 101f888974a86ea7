/** A node that is this very machine: the real programs (curl, perl) run, only the way to a node is left out. */
import { spawn } from 'node:child_process'
import type { CheckContext, ExecResult, NodeProbe } from '../../../src/core/ports.ts'

/** What was run: a test may look at it. */
export type Ran = { readonly argv: readonly string[]; readonly stdin: string }

export const nodesHere = (address: string): NodeProbe & { readonly ran: Ran[] } => {
  const ran: Ran[] = []
  return {
    ran,
    list: async () => [{ name: 'here', address }],
    exec: (_node, argv, options = {}) =>
      new Promise<ExecResult>((resolve, reject) => {
        ran.push({ argv, stdin: options.stdin ?? '' })
        const child = spawn(argv[0] ?? '', argv.slice(1), { timeout: options.timeoutMs })
        const out = { stdout: '', stderr: '' }
        child.stdout.setEncoding('utf8').on('data', (text: string) => (out.stdout += text))
        child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text))
        child.on('error', reject)
        child.on('close', (code) => resolve({ code: code ?? 124, ...out }))
        child.stdin.end(options.stdin ?? '')
      }),
    execInPod: async () => ({ code: 0, stdout: '', stderr: '' }),
  }
}

export const contextWith = (probe: { readonly [key: string]: unknown }): CheckContext =>
  ({
    probe,
    bindings: { vars: {}, captured: {}, nonce: {}, lab: {} },
    clock: { now: () => Date.now(), sleep: async () => undefined },
    signal: new AbortController().signal,
  }) as unknown as CheckContext

/** What an API server answers at /api, for these core kinds and their plurals. */
export const discovery = (kinds: Readonly<Record<string, string>>) => ({
  items: [
    {
      metadata: { name: '' },
      versions: [
        {
          version: 'v1',
          resources: Object.entries(kinds).map(([kind, resource]) => ({
            resource,
            responseKind: { kind },
            scope: 'Namespaced',
            verbs: ['list'],
          })),
        },
      ],
    },
  ],
})
