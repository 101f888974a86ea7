import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { remembering } from '../../../src/cluster/remembering.ts'
import { UserError } from '../../../src/core/errors.ts'
import type { Backend, Capability } from '../../../src/core/model.ts'
import type { Cluster, ClusterStatus, StepReport } from '../../../src/core/ports.ts'
import { knownClusters } from '../../../src/store/clusters.ts'
import { type LabPaths, labPaths } from '../../../src/store/paths.ts'
import { temporary } from '../store/temporary.ts'

let paths: LabPaths
let journal: string[]
let state: Record<Backend, ClusterStatus['state']>
let failing: Map<string, unknown>
let steps: StepReport[]
let extra: readonly Capability[]
beforeEach(async () => {
  extra = []
  paths = labPaths({ K8S_SEC_LAB_HOME: await temporary() })
  journal = []
  state = { embedded: 'absent', kind: 'absent' }
  failing = new Map()
  steps = []
})

const fake = (backend: Backend): Cluster => {
  const call = (name: string): void => {
    journal.push(`${name} ${backend}`)
    if (failing.has(`${name} ${backend}`)) throw failing.get(`${name} ${backend}`)
  }
  return {
    backend,
    capabilities: () => ['api'],
    up: async () => {
      call('up')
      state[backend] = 'ready'
      return { backend, state: 'ready', components: [], extra }
    },
    down: async () => {
      call('down')
      state[backend] = 'absent'
    },
    status: async () => ({ backend, state: state[backend], components: [] }),
  } as unknown as Cluster
}
const open = async (backend: Backend, options: { auto?: boolean } = {}): Promise<Cluster> =>
  remembering({
    cluster: fake(backend),
    paths,
    known: await knownClusters(paths),
    make: async (other) => fake(other),
    canStart: async () => {
      journal.push('can start')
      if (failing.has('can start')) throw failing.get('can start')
    },
    forgetAttempt: async () => void journal.push('forget attempt'),
    wholeHome: options.auto === true,
  })
const report = (step: StepReport) => void steps.push(step)

describe('the cluster that a home remembers', () => {
  it('while it exists, and not a moment longer', async () => {
    const cluster = await open('kind')
    await cluster.up({ report })
    expect(await knownClusters(paths)).toEqual([{ backend: 'kind' }])
    await cluster.down({ report })
    expect(await knownClusters(paths)).toEqual([])
    expect(existsSync(join(paths.state, 'clusters.json'))).toBe(false)
  })

  it('also when it was made by a lab that knew no choice', async () => {
    mkdirSync(paths.cluster, { recursive: true })
    writeFileSync(join(paths.cluster, 'cluster.json'), '{}')
    expect(await knownClusters(paths)).toEqual([{ backend: 'embedded' }])
  })

  it('not when it never came to be; but when it is broken, it is there', async () => {
    failing.set('up kind', new UserError({ what: 'No image.', next: 'Pull it.' }))
    const cluster = await open('kind')
    await expect(cluster.up({ report })).rejects.toThrow('No image.')
    expect(await knownClusters(paths)).toEqual([])
    state.kind = 'broken'
    await expect(cluster.up({ report })).rejects.toThrow('No image.')
    expect(await knownClusters(paths)).toEqual([{ backend: 'kind' }])
  })

  it('takes the place of another one, after saying so, and ends what was in there', async () => {
    await (await open('embedded')).up({ report })
    journal = []
    await (await open('kind')).up({ report })
    expect(journal).toEqual(['can start', 'forget attempt', 'down embedded', 'up kind'])
    expect(steps.map(({ title, state: now }) => `${title} ${now}`)).toEqual([
      'Remove the embedded cluster running',
      'Remove the embedded cluster done',
    ])
    expect(steps[0]?.detail).toContain('your progress and files stay')
    expect(await knownClusters(paths)).toEqual([{ backend: 'kind' }])
  })

  it('stays when the one that should take its place cannot start at all', async () => {
    await (await open('embedded')).up({ report })
    journal = []
    failing.set('can start', new UserError({ what: 'Docker sleeps.', next: 'Wake it.' }))
    await expect((await open('kind')).up({ report })).rejects.toThrow('Docker sleeps.')
    expect(journal).toEqual(['can start'])
    expect(await knownClusters(paths)).toEqual([{ backend: 'embedded' }])
  })

  it('is not lost sight of when it cannot be removed now', async () => {
    await (await open('kind')).up({ report })
    failing.set('down kind', new UserError({ what: 'Docker sleeps.', next: 'Wake it.' }))
    await (await open('embedded')).up({ report })
    expect(steps.at(-1)).toMatchObject({
      state: 'skipped',
      detail: expect.stringContaining('cluster down --backend kind'),
    })
    expect(await knownClusters(paths)).toEqual([{ backend: 'embedded' }, { backend: 'kind' }])
    failing.clear()
    journal = []
    await (await open('embedded', { auto: true })).down({ report })
    expect(journal).toEqual(['down embedded', 'down kind'])
    expect(await knownClusters(paths)).toEqual([])
  })

  it('shows AppArmor where the machine has it, and knows it the next time', async () => {
    extra = ['apparmor']
    const cluster = await open('kind')
    expect(cluster.capabilities()).toEqual(['api'])
    await cluster.up({ report })
    expect(cluster.capabilities()).toEqual(['api', 'apparmor'])
    expect((await open('kind')).capabilities()).toEqual(['api', 'apparmor'])
  })
})
