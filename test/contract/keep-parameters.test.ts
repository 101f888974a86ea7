import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/cluster/system-clock.ts'
import { apply, type Manifest, refOf, remove } from '../../src/core/api/objects.ts'
import { isOk } from '../../src/core/api/reply.ts'
import type { Probe } from '../../src/core/ports.ts'
import { takeBaseline } from '../../src/seeding/baseline.ts'
import { applyManifests } from '../../src/seeding/seed.ts'
import { BACKENDS } from '../support/backends.ts'
import { ownCluster } from '../support/cluster.ts'

const clock = systemClock
const NAME = 'colours'
const API = 'admissionregistration.k8s.io/v1'

const namespace: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAME } }
const parameter = (allow: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'allowed', namespace: NAME },
  data: { allow },
})
/** Only ConfigMaps called `probe` are looked at, and only one colour is allowed. */
const policy: readonly Manifest[] = [
  {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAME } },
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['configmaps'],
            resourceNames: ['probe'],
          },
        ],
      },
      validations: [{ expression: 'object.data.colour == params.data.allow' }],
    },
  },
  {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: {
      policyName: NAME,
      validationActions: ['Deny'],
      paramRef: { name: 'allowed', namespace: NAME, parameterNotFoundAction: 'Deny' },
    },
  },
]

const admits = async (probe: Probe, colour: string): Promise<boolean> => {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe' }, data: { colour } }
  return isOk(await probe.api({ method: 'POST', path: `/api/v1/namespaces/${NAME}/configmaps?dryRun=All`, body }))
}

describe.each(BACKENDS)('parameters of admission policies (%s)', () => {
  const own = ownCluster()
  beforeAll(async () => {
    await own.cluster.up({ report: () => undefined })
    await takeBaseline({ cluster: own.cluster, clock })
  })
  afterAll(own.remove)

  it('are seen afresh by a policy that is made again after it was deleted', async () => {
    const probe = await own.cluster.probe()
    await applyManifests([namespace], { cluster: own.cluster, clock })
    for (const allowed of ['red', 'green', 'blue']) {
      await apply(probe, parameter(allowed))
      for (const manifest of policy) await apply(probe, manifest)
      await expect.poll(() => admits(probe, 'none of them'), { timeout: 10_000 }).toBe(false)
      await expect.poll(() => admits(probe, allowed), { timeout: 10_000 }).toBe(true)
      for (const manifest of policy) await remove(probe, refOf(manifest))
      await expect.poll(() => admits(probe, 'none of them'), { timeout: 10_000 }).toBe(true)
    }
  })
})
