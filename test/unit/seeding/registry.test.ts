import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import type { HostProcesses, NodeAccess } from '../../../src/core/ports.ts'
import { registryAt } from '../../../src/seeding/registry.ts'

describe('registryAt', () => {
  const nodes = (ports: Readonly<Record<number, number>>) =>
    ({ published: async (port: number) => ports[port] }) as unknown as NodeAccess

  it('is the port that leads to the node, or the one of the process', async () => {
    const processes = { ports: async () => ({ http: 4001 }) } as unknown as HostProcesses
    expect(await registryAt({ nodes: nodes({ 2379: 1, 30500: 4000 }) })).toBe('127.0.0.1:4000')
    expect(await registryAt({ processes })).toBe('127.0.0.1:4001')
  })

  it('says what to do about a cluster that was made without a way out', async () => {
    const error: unknown = await registryAt({ nodes: nodes({ 2379: 1 }) }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).next).toContain('cluster down')
  })
})
