import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { certify } from '../../src/cluster/certify.ts'
import { type Manifest, read } from '../../src/core/api/objects.ts'
import type { AddOns, StepReport } from '../../src/core/ports.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { BACKENDS } from '../support/backends.ts'
import { ownCluster } from '../support/cluster.ts'
import { processesOf } from '../support/processes.ts'
import { until } from '../support/until.ts'
import { eventually, factsOf, find, folderWorkspace, put, worldOf } from './checks-world.ts'

const NAME = 'sealed-secrets'
const quiet = { report: () => undefined }
const CERTIFICATE = '/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:http/proxy/v1/cert.pem'

describe.each(BACKENDS)('add-ons as processes of this machine (%s)', () => {
  const own = ownCluster()
  const env = process.env
  const { cache } = labPaths(env)
  let addOns: AddOns
  const controllers = () => processesOf(own.home).filter(({ command }) => command.includes('/addons/'))

  beforeAll(async () => {
    await own.cluster.up(quiet)
    const tools = createTools({ paths: { ...own.paths, cache }, env })
    addOns = createAddOns({ cluster: own.cluster, tools, clock: systemClock, cache, env, certify })
  })
  afterAll(() => own.remove())

  it('is absent at first, comes up with step reports, and is left alone the second time', async () => {
    expect(await addOns.status(NAME)).toMatchObject({ name: NAME, state: 'absent' })
    const steps: StepReport[] = []
    await addOns.ensure([NAME], { report: (step) => steps.push(step) })
    expect(steps.filter(({ id }) => id === `add-on-${NAME}`).map(({ state }) => state)).toEqual(['running', 'done'])
    expect(await addOns.status(NAME)).toMatchObject({ name: NAME, state: 'ready', version: 'v0.40.0' })
    const before = controllers()
    expect(before).toHaveLength(1)
    await addOns.ensure([NAME], quiet)
    expect(controllers()).toEqual(before)
  })

  it('answers through its Service, to everybody who has a name', async () => {
    const probe = await own.cluster.probe()
    const as = { kind: 'impersonate', user: 'dev', groups: ['system:authenticated'] } as const
    const reply = await probe.api({ method: 'GET', path: CERTIFICATE, as })
    expect(reply).toMatchObject({ status: 200, text: expect.stringContaining('BEGIN CERTIFICATE') })
    expect((await probe.api({ method: 'GET', path: CERTIFICATE, as: { kind: 'anonymous' } })).status).toBe(403)
  })

  it('listens on loopback alone, and leaves nothing on the disk of the machine', () => {
    const [controller] = controllers()
    const hex = (file: string) =>
      readFileSync(`/proc/${controller?.pid}/net/${file}`, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
    const ports = (controller?.command.match(/127\.0\.0\.1:(\d+)/g) ?? []).map((each) => Number(each.split(':')[1]))
    expect(ports).toHaveLength(2)
    const listening = [...hex('tcp'), ...hex('tcp6')].filter(([, , , state]) => state === '0A').map(([, at]) => at)
    for (const port of ports) {
      const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
      expect(listening.filter((at) => at?.endsWith(suffix))).toEqual([`0100007F${suffix}`])
    }
    expect(() => readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token')).toThrow('ENOENT')
  })

  it('is started anew when it is killed', async () => {
    const [victim] = controllers()
    process.kill(victim?.pid ?? 0, 'SIGKILL')
    await until(async () => controllers().some(({ pid }) => pid !== victim?.pid))
    await until(async () => (await addOns.status(NAME)).state === 'ready')
  })

  it('opens what kubeseal seals, and the check sealed knows who is to blame when it does not', async () => {
    const probe = await own.cluster.probe()
    const world = worldOf(probe, folderWorkspace())
    const { kubeseal = '' } = await createTools({ paths: { ...own.paths, cache }, env }).ensure(['kubeseal'], quiet)
    const { KUBECONFIG = '' } = own.cluster.environment()
    const seal = (name: string): Manifest => {
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: 'default' },
        stringData: { a: 'b' },
      }
      const input = JSON.stringify(secret)
      return JSON.parse(
        execFileSync(kubeseal, ['-o', 'json'], { input, encoding: 'utf8', env: { ...env, KUBECONFIG } }),
      )
    }
    const look = (name: string) =>
      find(world, 'sealed', { namespace: 'default', name, key: 'a', value: 'b', unsealed: true })
    await put(probe, seal('first'))
    expect(await eventually(() => look('first'), 'met')).toMatchObject({ kind: 'met' })

    await put(probe, { ...seal('first'), metadata: { name: 'copied', namespace: 'default' } })
    await until(async () => factsOf(await look('copied')).data.condition !== '')
    expect(await look('copied')).toMatchObject({
      kind: 'unmet',
      data: { problem: 'other-scope', condition: expect.stringContaining('no key could decrypt secret') },
    })

    const late = seal('late')
    await addOns.stop(NAME)
    await put(probe, late)
    expect(await look('late')).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('controller') })
    expect(await look('first')).toMatchObject({ kind: 'met' })
    await addOns.start(NAME)
    expect(await eventually(() => look('late'), 'met')).toMatchObject({ kind: 'met' })
  })

  it('says that it was stopped, and comes back', async () => {
    await addOns.stop(NAME)
    expect(controllers()).toEqual([])
    expect(await addOns.status(NAME)).toMatchObject({ state: 'broken', reason: 'It was stopped.' })
    const probe = await own.cluster.probe()
    expect((await probe.api({ method: 'GET', path: CERTIFICATE })).status).toBe(503)
    await addOns.start(NAME)
    expect(await addOns.status(NAME)).toMatchObject({ state: 'ready' })
  })

  it('is repaired by ensure when somebody deletes what it stands on', async () => {
    const probe = await own.cluster.probe()
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'kube-system', name: NAME }
    for (const path of [
      '/api/v1/namespaces/kube-system/services/sealed-secrets-controller',
      '/api/v1/namespaces/kube-system/pods/sealed-secrets-controller?gracePeriodSeconds=0',
      '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/sealed-secrets-controller',
    ]) {
      expect((await probe.api({ method: 'DELETE', path })).status).toBe(200)
    }
    expect(await read(probe, { ...account, name: 'sealed-secrets-controller' })).toBeDefined()
    await addOns.ensure([NAME], quiet)
    expect(await addOns.status(NAME)).toMatchObject({ state: 'ready' })
  })

  it('comes back with the cluster', async () => {
    await own.cluster.restart('kube-apiserver')
    await until(async () => (await addOns.status(NAME)).state === 'ready')
  })

  it('goes with the cluster', async () => {
    await own.cluster.down(quiet)
    expect(controllers()).toEqual([])
  })
})
