import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createWatcher } from '../../../src/cluster/watch.ts'
import type { ApiReply, WatchChange } from '../../../src/core/ports.ts'

type Connection = {
  readonly query: Readonly<Record<string, unknown>>
  readonly event: (type: string, object: unknown) => void
  readonly end: (error: unknown) => void
  readonly controller: AbortController
}

/** A server whose connections the test holds in its hands. */
const setup = (
  options: { readonly silenceMs?: number; readonly hastyMs?: number; readonly refuse?: () => unknown } = {},
) => {
  const connections: Connection[] = []
  const lists: string[] = []
  let version = 100
  const watch = createWatcher({
    silenceMs: options.silenceMs,
    hastyMs: options.hastyMs,
    api: async ({ path }) => {
      lists.push(path)
      version += 1
      return {
        status: 200,
        headers: {},
        warnings: [],
        text: '',
        json: { metadata: { resourceVersion: `${version}` } },
      } as ApiReply
    },
    open: async () => async (_path, query, event, end) => {
      const refused = options.refuse?.()
      const controller = new AbortController()
      connections.push({ query, event, end, controller })
      if (refused !== undefined) end(refused)
      return controller
    },
  })
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const changes: WatchChange[] = []
  const health: boolean[] = []
  watch('/api/v1/pods', (change) => changes.push(change), {
    signal: stop.signal,
    onHealth: (alive) => health.push(alive),
  })
  const at = (index: number) =>
    vi.waitFor(() => connections[index] ?? expect.fail('not connected'), { timeout: 5000, interval: 5 })
  return { connections, lists, changes, health, stop, at }
}

const pod = (name: string, resourceVersion: string) => ({
  kind: 'Pod',
  metadata: { name, namespace: 'shop', resourceVersion },
})

describe('createWatcher', () => {
  it('starts from now, and goes on after a quiet end from where it was', async () => {
    const { lists, changes, health, at } = setup({ hastyMs: 0 })
    const first = await at(0)
    expect(first.query).toMatchObject({ resourceVersion: '101', allowWatchBookmarks: true })
    await vi.waitFor(() => expect(health).toEqual([true]))
    first.event('ADDED', pod('a', '105'))
    first.event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '120' } })
    expect(changes).toEqual([{ type: 'ADDED', kind: 'Pod', namespace: 'shop', name: 'a' }])
    first.end(null)
    const second = await at(1)
    expect(second.query).toMatchObject({ resourceVersion: '120' })
    expect(lists).toHaveLength(1)
    expect(health).toEqual([true])
  })

  it('asks for the present again when its past has expired', async () => {
    const { lists, at } = setup()
    ;(await at(0)).event('ERROR', { kind: 'Status', code: 410 })
    expect((await at(1)).query).toMatchObject({ resourceVersion: '102' })
    expect(lists).toHaveLength(2)
  })

  it('reports an outage once, and the recovery once', async () => {
    let refusals = 3
    const { connections, health, at } = setup({
      refuse: () => {
        refusals -= 1
        return refusals >= 0 ? new Error('connect ECONNREFUSED') : undefined
      },
    })
    await at(3)
    await vi.waitFor(() => expect(health).toEqual([false, true]))
    expect(connections).toHaveLength(4)
  })

  it('takes silence for death', async () => {
    const { connections, health, at } = setup({ silenceMs: 30 })
    const first = await at(0)
    await at(1)
    expect(first.controller.signal.aborted).toBe(true)
    expect(health).toContain(false)
    expect(connections.length).toBeGreaterThan(1)
  })

  it('does not call a server in a tight loop that hangs up at once', async () => {
    const { connections, at } = setup({ refuse: () => null })
    const begun = performance.now()
    await at(3)
    expect(performance.now() - begun).toBeGreaterThan(150 + 300) // 250, 500, 1000 ms with a quarter of jitter
    expect(connections.length).toBeLessThan(6)
  })

  it('stops at once when told to', async () => {
    const { connections, changes, stop, at } = setup()
    const first = await at(0)
    stop.abort()
    expect(first.controller.signal.aborted).toBe(true)
    first.event('ADDED', pod('late', '200'))
    expect(changes).toEqual([])
    expect(connections).toHaveLength(1)
  })
})
