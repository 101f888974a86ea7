import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/app/clock.ts'
import type { CheckSpec } from '../../../src/core/model.ts'
import type { ApiReply, Probe, Workspace } from '../../../src/core/ports.ts'
import { createGrader } from '../../../src/grader/watcher.ts'
import type { World } from '../../../src/grader/world.ts'

const SECRETS = { resource: 'secrets', responseKind: { kind: 'Secret' }, scope: 'Namespaced', verbs: ['watch'] }
const reply = (status: number, json: unknown): ApiReply => {
  return { status, headers: {}, warnings: [], text: JSON.stringify(json), json }
}

/** An API server on a busy machine: it says at once that a watch lives, and takes its time for everything else. */
const slowProbe = (): Pick<Probe, 'api' | 'watch' | 'component'> => ({
  api: async ({ path }) => {
    if (path === '/api') {
      const items = [{ metadata: { name: '' }, versions: [{ version: 'v1', resources: [SECRETS] }] }]
      return reply(200, { items })
    }
    if (path === '/apis') return reply(200, { items: [] })
    await systemClock.sleep(40)
    return reply(404, { kind: 'Status', message: 'not found' })
  },
  watch: (_path, _listener, { onHealth }) => onHealth?.(true),
  component: async () => {
    throw new Error('nobody asked for it')
  },
})

const secret = (id: string): CheckSpec => ({
  id,
  title: id,
  kind: 'secret',
  with: { equals: { namespace: 'ledger', name: id, key: 'key', value: 'x' } },
  mode: 'level',
  given: [],
  needs: [],
  say: [],
  why: 'Because.',
  settleMs: 2000,
  holdMs: 0,
})

describe('a grader on a slow machine', () => {
  it('looks at every check at the start, although its watches come to life meanwhile', async () => {
    const ids = ['one', 'two', 'three', 'four', 'five', 'six']
    const world = {
      probe: slowProbe(),
      workspace: { watch: () => undefined } as unknown as Workspace,
      clock: systemClock,
      capabilities: [],
      bindings: { vars: {}, captured: {}, lab: {}, image: {} },
    } as unknown as World
    const lesson = { id: 'L99', nonces: {}, tasks: [{ id: 'all', title: 'All', checks: ids.map(secret) }] }
    const stop = new AbortController()
    const seen = await new Promise<string[]>((resolve) => {
      createGrader({ ...world, lesson }).start((event) => {
        if (event.kind === 'graded') resolve(event.results.map(({ id }) => id))
      }, stop.signal)
    })
    stop.abort()
    expect(seen).toEqual(ids)
  })
})
