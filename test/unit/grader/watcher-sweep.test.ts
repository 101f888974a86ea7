import { expect, it } from 'vitest'
import { systemClock } from '../../../src/cluster/system-clock.ts'
import type { CheckSpec } from '../../../src/core/model.ts'
import type { Probe, Scripts, Workspace } from '../../../src/core/ports.ts'
import { createGrader, type GraderEvent } from '../../../src/grader/watcher.ts'

const check = (id: string, given: CheckSpec['given']): CheckSpec => ({
  id,
  title: id,
  kind: 'object',
  with: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' },
  mode: 'level',
  why: 'Because.',
  settleMs: 0,
  holdMs: 0,
  given,
  say: [],
  needs: ['nodes'], // which are not there: no look asks this API server anything
})

const group = (name: string, kinds: readonly string[]) => ({
  items: [
    {
      metadata: { name },
      versions: [
        {
          version: 'v1',
          resources: kinds.map((kind) => ({ resource: kind, responseKind: { kind }, scope: '', verbs: ['watch'] })),
        },
      ],
    },
  ],
})
const DISCOVERY: Readonly<Record<string, unknown>> = {
  '/api': group('', ['ConfigMap', 'Namespace']),
  '/apis': group('admissionregistration.k8s.io', ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']),
}

it('a grader looks at every check at once, also when a watch comes alive before leftovers are swept away', async () => {
  let sweep = (): void => undefined
  const swept = new Promise<void>((resolve) => {
    sweep = resolve
  })
  const probe = {
    api: async ({ path }: { path: string }) => {
      const json = DISCOVERY[path] ?? (await swept.then(() => ({ items: [] })))
      return { status: 200, headers: {}, warnings: [], text: '', json }
    },
    watch: (_path: string, _listener: unknown, { onHealth }: { onHealth?: (alive: boolean) => void }) => {
      onHealth?.(true)
      sweep()
    },
    component: async () => ({ state: 'running' }),
  } as unknown as Probe
  const grader = createGrader({
    probe,
    workspace: { watch: () => undefined } as unknown as Workspace,
    scripts: {} as Scripts,
    clock: systemClock,
    capabilities: ['api'],
    bindings: { vars: {}, captured: {}, lab: {}, image: {} },
    lesson: {
      id: 'L99',
      nonces: {},
      tasks: [
        {
          id: 'task',
          title: 'Task',
          checks: [
            check('light', []),
            check('heavy', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }]),
          ],
        },
      ],
    },
  })
  const stop = new AbortController()
  const graded = await new Promise<GraderEvent>((resolve) => {
    grader.start((event) => event.kind === 'graded' && resolve(event), stop.signal)
  })
  stop.abort()
  expect(graded).toMatchObject({ results: [{ id: 'light' }, { id: 'heavy' }] })
})
