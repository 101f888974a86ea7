import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { certify } from '../../src/cluster/certify.ts'
import { askVault, vaultRootToken } from '../../src/core/api/vault.ts'
import type { CheckSpec, Verdict } from '../../src/core/model.ts'
import type { AddOns, Probe } from '../../src/core/ports.ts'
import { gradeOnce } from '../../src/grader/grade.ts'
import { createGrader } from '../../src/grader/watcher.ts'
import type { Gradable, World } from '../../src/grader/world.ts'
import { labValues } from '../../src/seeding/begin.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { BACKENDS } from '../support/backends.ts'
import { ownCluster } from '../support/cluster.ts'
import { until } from '../support/until.ts'
import { bind, check, folderWorkspace, namespace, put, role, worldOf } from './checks-world.ts'

const quiet = { report: () => undefined }
const ESO = 'external-secrets'
const API = 'external-secrets.io/v1'
const APP = 'outage-app'
const FROM = 'outage-originals'
const DEPLOYMENT = `/apis/apps/v1/namespaces/${ESO}/deployments/${ESO}`
const READY = "has(object.status) && object.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')"

describe.each(BACKENDS)('a lesson whose add-on does not answer (%s)', () => {
  const own = ownCluster()
  const workspace = folderWorkspace()
  const env = process.env
  const { cache } = labPaths(env)
  let addOns: AddOns
  let probe: Probe
  let world: World
  let server: string
  let asked: string[] = []

  const externalSecret = { apiVersion: API, kind: 'ExternalSecret', namespace: APP, name: 'db' }
  const made = check('object', { ...externalSecret, validations: [{ expression: READY }] }, { id: 'made' })
  const copy = check('object', { apiVersion: 'v1', kind: 'Secret', namespace: APP, name: 'db' }, { id: 'copy' })
  const narrow = check(
    'rules',
    { as: { serviceAccount: `${APP}/store` }, namespaces: [FROM], equals: [] },
    { id: 'narrow', title: 'no rights' },
  )
  const sealed = check('vault', { as: { token: 'no-token-of-this-vault' }, login: 'refused' }, { id: 'sealed' })
  const lessonOf = (...checks: readonly CheckSpec[]): Gradable => ({
    id: 'L99',
    nonces: {},
    needs: { addons: [ESO, 'vault'] },
    tasks: [{ id: 'all', title: 'All', checks }],
  })
  const grade = (...checks: readonly CheckSpec[]) => gradeOnce({ ...world, lesson: lessonOf(...checks) })

  /** As a learner would do it: with kubectl, where the operator is a Deployment. */
  const stopOperator = async () => {
    if (own.cluster.backend !== 'kind') return addOns.stop(ESO)
    const patch = { method: 'PATCH', contentType: 'application/merge-patch+json' } as const
    await probe.api({ ...patch, path: `${DEPLOYMENT}/scale`, body: { spec: { replicas: 0 } } })
    await until(async () => (await addOns.status(ESO)).state === 'broken')
  }

  beforeAll(async () => {
    await own.cluster.up(quiet)
    const tools = createTools({ paths: { ...own.paths, cache }, env })
    addOns = createAddOns({ cluster: own.cluster, tools, clock: systemClock, cache, env, certify })
    await addOns.ensure([ESO, 'vault'], quiet)
    probe = await own.cluster.probe()
    const counting: Pick<AddOns, 'status'> = {
      status: (name, options) => {
        asked.push(name)
        return addOns.status(name, options)
      },
    }
    world = worldOf(probe, workspace, { addOns: counting })
    const needs = { capabilities: [], tools: [], addons: [ESO] }
    server = (await labValues({ cluster: own.cluster, workspace, home: own.home }, { needs })).api ?? ''
    const account = { kind: 'ServiceAccount', name: 'store', namespace: APP }
    const original = { name: 'db', namespace: FROM }
    await put(
      probe,
      namespace(FROM),
      namespace(APP),
      { apiVersion: 'v1', kind: 'Secret', metadata: original, stringData: { password: 'first' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'store', namespace: APP } },
      role('read-db', FROM, [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get'] }]),
      bind('store', FROM, 'read-db', account),
    )
  })
  afterAll(async () => {
    await own.remove()
    workspace.remove()
  })

  it('blames the operator that was stopped, not the ExternalSecret, and is no pass', async () => {
    await stopOperator()
    const caProvider = { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt' }
    const auth = { serviceAccount: { name: 'store' } }
    const kubernetes = { remoteNamespace: FROM, server: { url: server, caProvider }, auth }
    await put(
      probe,
      {
        apiVersion: API,
        kind: 'SecretStore',
        metadata: { name: 'platform', namespace: APP },
        spec: { provider: { kubernetes } },
      },
      {
        apiVersion: API,
        kind: 'ExternalSecret',
        metadata: { name: 'db', namespace: APP },
        spec: {
          refreshInterval: '2s',
          secretStoreRef: { kind: 'SecretStore', name: 'platform' },
          data: [{ secretKey: 'password', remoteRef: { key: 'db', property: 'password' } }],
        },
      },
    )
    asked = []
    const { verdicts, verdict } = await grade(made, copy)
    expect(verdict).toBe('unknown')
    for (const id of ['made', 'copy']) {
      expect(verdicts[id]).toMatchObject({
        kind: 'unknown',
        reason: expect.stringMatching(
          /External Secrets Operator does not run\. It was stopped.*k8s-sec-lab cluster restart external-secrets$/,
        ),
      })
    }
    expect(asked.filter((name) => name === ESO)).toHaveLength(1)
  })

  it('still says what is the learner’s, whoever is stopped', async () => {
    const { verdicts, verdict } = await grade(made, narrow)
    expect(verdicts.made).toMatchObject({ kind: 'unknown' })
    expect(verdicts.narrow).toMatchObject({ kind: 'failed' })
    expect(verdict).toBe('failed')
  })

  it('is mended by the command that the verdict names, and noticed by whoever watches', async () => {
    const stop = new AbortController()
    const seen: Verdict[] = []
    const grader = createGrader({ ...world, lesson: lessonOf(made) })
    grader.start((event) => {
      if (event.kind === 'verdict') seen.push(event.verdict)
    }, stop.signal)
    await until(async () => seen.some(({ kind }) => kind === 'unknown'))
    expect(seen.some(({ kind }) => kind === 'failed')).toBe(false)
    await addOns.restart(ESO)
    expect(await addOns.status(ESO)).toMatchObject({ state: 'ready' })
    await until(async () => seen.at(-1)?.kind === 'passed', { deadlineMs: 30_000 })
    stop.abort()
    asked = []
    expect((await grade(made, copy)).verdict).toBe('passed')
    expect(asked).toEqual([])
  })

  it('blames a Vault that was sealed, with the reset that it takes', async () => {
    const token = await vaultRootToken(probe)
    expect((await grade(sealed)).verdict).toBe('passed')
    await askVault(probe, { method: 'PUT', path: '/sys/seal', token }).catch(() => undefined)
    const { verdicts, verdict } = await grade(sealed)
    expect(verdict).toBe('unknown')
    expect(verdicts.sealed).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/^Vault does not answer: .*cluster restart vault, then .*k8s-sec-lab reset/s),
    })
    await addOns.restart('vault')
    expect((await grade(sealed)).verdict).toBe('passed')
  })

  it('is mended when its objects were deleted as well', async () => {
    const path = own.cluster.backend === 'kind' ? DEPLOYMENT : `/api/v1/namespaces/${ESO}/services/${ESO}`
    expect((await probe.api({ method: 'DELETE', path })).status).toBe(200)
    await until(async () => (await addOns.status(ESO)).state !== 'ready')
    await addOns.restart(ESO)
    expect(await addOns.status(ESO)).toMatchObject({ state: 'ready' })
  })
})
