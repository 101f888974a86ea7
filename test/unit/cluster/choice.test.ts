import { describe, expect, it } from 'vitest'
import { decide, dependsOnMachine } from '../../../src/cluster/choice.ts'
import type { Engine } from '../../../src/cluster/kind/engine.ts'

const docker: Engine = { kind: 'ready', name: 'Docker', command: 'docker', version: '20.10.24', rootless: false }
const silent: Engine = { kind: 'not-running', name: 'Docker', what: 'It sleeps.', next: 'Wake it.' }

describe('the choice of a backend', () => {
  it('is what was asked for, and says whose place it takes', () => {
    expect(decide({ asked: 'kind' })).toEqual({ backend: 'kind', reason: 'kind: as you chose' })
    expect(decide({ asked: 'embedded', inUse: 'embedded' }).replaces).toBeUndefined()
    expect(decide({ asked: 'kind', inUse: 'embedded' })).toEqual({
      backend: 'kind',
      reason: 'kind: as you chose, in place of your embedded cluster',
      replaces: 'embedded',
    })
  })

  it('keeps the cluster that a home has, without asking the machine', () => {
    expect(dependsOnMachine({ asked: 'auto', inUse: 'embedded' })).toBe(false)
    expect(decide({ asked: 'auto', inUse: 'embedded', prefer: 'kind', engine: docker }).backend).toBe('embedded')
    expect(decide({ asked: 'auto', inUse: 'kind', engine: silent })).toMatchObject({ backend: 'kind' })
  })

  it('prefers what the environment says where there is no cluster yet', () => {
    expect(dependsOnMachine({ asked: 'auto', prefer: 'embedded' })).toBe(false)
    expect(decide({ asked: 'auto', prefer: 'embedded', engine: docker }).backend).toBe('embedded')
    expect(decide({ asked: 'kind', prefer: 'embedded' }).backend).toBe('kind')
  })

  it('is kind where an engine answers, and says which', () => {
    expect(dependsOnMachine({ asked: 'auto' })).toBe(true)
    expect(decide({ asked: 'auto', engine: docker })).toEqual({
      backend: 'kind',
      reason: 'kind: docker 20.10.24 answers',
    })
  })

  it.each([
    [undefined, undefined, 'embedded: no container engine is installed'],
    [{ kind: 'none', what: 'w', next: 'n' } as const, undefined, 'embedded: no container engine is installed'],
    [silent, undefined, 'embedded: no container engine can be used (Docker is installed, but does not answer)'],
    [
      { ...silent, kind: 'no-permission' } as const,
      undefined,
      'embedded: no container engine can be used (Docker does not let you in)',
    ],
    [docker, 'nobody releases it', 'embedded: docker answers, but kind cannot be had: nobody releases it'],
  ])('is embedded otherwise, and says why (%#)', (engine, kindMissing, reason) => {
    expect(decide({ asked: 'auto', ...(engine ? { engine } : {}), ...(kindMissing ? { kindMissing } : {}) })).toEqual({
      backend: 'embedded',
      reason,
    })
  })
})
