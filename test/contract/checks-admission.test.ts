import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Manifest } from '../../src/core/api/objects.ts'
import { list, remove } from '../../src/core/api/objects.ts'
import type { World } from '../../src/grader/world.ts'
import { testCluster } from '../support/cluster.ts'
import { bind, eventually, factsOf, find, folderWorkspace, namespace, pod, put, role, worldOf } from './checks-world.ts'

const NS = 'kinds-admission'
const SAFE = 'kinds-admission-safe'
const workspace = folderWorkspace()
let world: World
let cleanUp: () => Promise<void>

const policy = (name: string, expression: string, more: { [key: string]: unknown } = {}): Manifest => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: {
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['pods', 'pods/ephemeralcontainers'],
        },
      ],
    },
    validations: [{ expression, message: 'registry not approved' }],
    ...more,
  },
})

const binding = (name: string, ns: string, spec: { [key: string]: unknown } = {}): Manifest => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name },
  spec: {
    policyName: name,
    validationActions: ['Deny'],
    matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns } } },
    ...spec,
  },
})

const APPROVED =
  "(object.spec.containers + object.spec.?ephemeralContainers.orValue([])).all(c, c.image.startsWith('registry.lab.local/'))"

beforeAll(async () => {
  world = worldOf((await testCluster()).probe, workspace)
  cleanUp = await put(
    world.probe,
    namespace(NS),
    namespace(SAFE, { 'pod-security.kubernetes.io/enforce': 'restricted' }),
    policy('kinds-registry', APPROVED),
    binding('kinds-registry', NS),
  )
  await eventually(() => find(world, 'admission', { object: pod('a', NS), expect: 'admitted' }), 'met')
  await eventually(() => find(world, 'admission', { object: pod('a', SAFE), expect: 'denied' }), 'met')
})

afterAll(async () => {
  await cleanUp()
  workspace.remove()
})

describe('admission', () => {
  it('tells admitted from denied, and by whom', async () => {
    const bad = { object: pod('x', NS, 'nginx'), expect: 'denied' }
    const denied = factsOf(await eventually(() => find(world, 'admission', bad), 'met'))
    expect(denied).toMatchObject({ kind: 'met', data: { admitted: false, status: 422 } })
    expect(denied.found).toContain("ValidatingAdmissionPolicy 'kinds-registry'")
    expect(factsOf(await find(world, 'admission', { ...bad, by: 'kinds-registry' })).kind).toBe('met')
    expect(factsOf(await find(world, 'admission', { ...bad, by: 'PodSecurity' }))).toMatchObject({ kind: 'unmet' })
    expect(factsOf(await find(world, 'admission', { ...bad, expect: 'admitted' })).found).toContain(
      'registry not approved',
    )
    expect(factsOf(await find(world, 'admission', { object: pod('x', NS), expect: 'denied' })).found).toContain(
      'is admitted',
    )
  })

  it('counts Pod Security as a denial, and reads its warnings', async () => {
    expect(
      factsOf(await find(world, 'admission', { object: pod('x', SAFE), expect: 'denied', by: 'violates PodSecurity' }))
        .kind,
    ).toBe('met')
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: SAFE },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] },
        },
      },
    }
    const undo = await put(
      world.probe,
      namespace('kinds-admission-warn', { 'pod-security.kubernetes.io/warn': 'baseline' }),
    )
    const warned = { ...deployment, metadata: { name: 'web', namespace: 'kinds-admission-warn' } }
    expect(
      (
        await eventually(
          () => find(world, 'admission', { object: warned, expect: 'admitted', warned: 'would violate PodSecurity' }),
          'met',
        )
      ).kind,
    ).toBe('met')
    const quiet = factsOf(
      await find(world, 'admission', { object: deployment, expect: 'admitted', warned: 'nothing of the kind' }),
    )
    expect(quiet).toMatchObject({ kind: 'unmet' })
    await undo()
  })

  it('tries the Pod that a live template makes, here or in another namespace', async () => {
    const deployment = (name: string, spec: { [key: string]: unknown }, annotations = {}): Manifest => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: NS },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name }, annotations }, spec },
      },
    })
    const image = 'registry.lab.local/app:1'
    const tight = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
    const undo = await put(
      world.probe,
      // An account that only exists where the Deployment is.
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'worker', namespace: NS } },
      deployment('loose', { containers: [{ name: 'a', image, securityContext: { privileged: true } }] }),
      deployment(
        'tight',
        {
          serviceAccountName: 'worker',
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [{ name: 'a', image, securityContext: tight }],
        },
        { 'container.apparmor.security.beta.kubernetes.io/a': 'runtime/default' },
      ),
    )
    const of = (name: string, more: { [key: string]: unknown }, into?: string) => {
      const owner = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NS, name, ...(into ? { into } : {}) }
      return find(world, 'admission', { 'template-of': owner, expect: 'admitted', ...more })
    }
    expect(factsOf(await of('loose', {})).kind).toBe('met')
    expect(factsOf(await of('loose', {}, SAFE))).toMatchObject({
      kind: 'unmet',
      found: expect.stringMatching(/^a Pod of Deployment loose in .* is denied by a policy: .*privileged/),
    })
    expect(factsOf(await of('loose', { expect: 'denied', by: 'violates PodSecurity' }, SAFE)).kind).toBe('met')
    expect(factsOf(await of('tight', {}, SAFE))).toMatchObject({ kind: 'met', data: { missing: false } })
    const account = (name: string) => ({ returned: [{ expression: `object.spec.serviceAccountName == '${name}'` }] })
    expect(factsOf(await of('tight', account('worker'))).kind).toBe('met')
    expect(factsOf(await of('tight', account('default'), SAFE)).kind).toBe('met')
    expect(factsOf(await of('tight', { silent: true }, SAFE))).toMatchObject({
      kind: 'unmet',
      found: expect.stringContaining('with a warning: metadata.annotations['),
      data: { admitted: true },
    })
    expect(factsOf(await of('loose', { silent: true })).kind).toBe('met')
    expect(factsOf(await of('gone', {}))).toMatchObject({
      kind: 'unmet',
      found: expect.stringMatching(/^no Deployment .*\/gone; there is: loose and tight$/),
      data: { missing: true },
    })
    // A refusal because there is nothing to try is no denial.
    expect(factsOf(await of('gone', { expect: 'denied' })).kind).toBe('unmet')
    await undo()
  })

  it.each([
    ['a namespace that does not exist', pod('x', 'kinds-nowhere'), undefined],
    ['a namespace that does not exist, by words that would match', pod('x', 'kinds-nowhere'), 'not found'],
    ['a ServiceAccount that does not exist', pod('x', SAFE, 'a', { serviceAccountName: 'nobody' }), undefined],
    [
      'a ServiceAccount that does not exist, by its words',
      pod('x', SAFE, 'a', { serviceAccountName: 'nobody' }),
      'not found',
    ],
  ])('does not take %s for a denial', async (_, object, by) => {
    expect(factsOf(await find(world, 'admission', { object, expect: 'denied', ...(by ? { by } : {}) })).kind).toBe(
      'unmet',
    )
  })

  it.each([
    ['an unknown field', pod('x', NS, 'nginx', { surprise: true })],
    ['a value that no API server takes', pod('Not A Name', NS, 'nginx')],
    ['no containers', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: NS }, spec: {} }],
  ])('says that it could not check when the lesson asks with %s', async (_, object) => {
    const finding = await find(world, 'admission', { object, expect: 'denied', by: '.' })
    expect(finding).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('malformed') })
  })

  it('does not take a kind that is not served for a denial', async () => {
    const object = { apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: { name: 'x' } }
    expect(await find(world, 'admission', { object, expect: 'denied' })).toMatchObject({ kind: 'unknown' })
  })

  it('does not take a missing right for a policy, unless the lesson asks for just that', async () => {
    const asked = { as: { user: 'stranger' }, object: pod('x', NS, 'nginx'), expect: 'denied' }
    const refused = factsOf(await find(world, 'admission', asked))
    expect(refused).toMatchObject({ kind: 'unmet' })
    expect(refused.found).toContain('the right is missing')
    expect((await find(world, 'admission', { ...asked, by: 'cannot create resource "pods"' })).kind).toBe('met')
  })

  it('does not take a quota for a policy', async () => {
    const undo = await put(world.probe, namespace('kinds-limit'), {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none', namespace: 'kinds-limit' },
      spec: { hard: { pods: '0' } },
    })
    const asked = () => find(world, 'admission', { object: pod('x', 'kinds-limit'), expect: 'denied' })
    const refused = factsOf(
      await eventually(async () => {
        const finding = await asked()
        return JSON.stringify(finding).includes('by a quota')
          ? finding
          : { kind: 'unknown', reason: 'quota not counted yet' }
      }, 'unmet'),
    )
    expect(refused.found).toContain('by a quota')
    await undo()
  })

  it('asks about the object when its name is taken', async () => {
    const undo = await put(world.probe, pod('taken', NS))
    expect((await find(world, 'admission', { object: pod('taken', NS), expect: 'admitted' })).kind).toBe('met')
    expect((await find(world, 'admission', { object: pod('taken', NS, 'nginx'), expect: 'denied' })).kind).toBe('met')
    await undo()
  })

  it('tries ephemeral containers and updates on a live object, and says when there is none', async () => {
    const undo = await put(world.probe, pod('live', NS))
    const debug = (image: string, name = 'live') => ({
      operation: 'ephemeral-containers',
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: NS },
        spec: { ephemeralContainers: [{ name: 'debug', image }] },
      },
    })
    expect((await find(world, 'admission', { ...debug('nginx'), expect: 'denied' })).kind).toBe('met')
    expect((await find(world, 'admission', { ...debug('registry.lab.local/debug'), expect: 'admitted' })).kind).toBe(
      'met',
    )
    expect(factsOf(await find(world, 'admission', { ...debug('nginx', 'gone'), expect: 'denied' }))).toMatchObject({
      kind: 'unmet',
    })
    const relabel = (labels: object) => ({
      operation: 'update',
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'live', namespace: NS, labels } },
    })
    expect((await find(world, 'admission', { ...relabel({ a: 'b' }), expect: 'admitted' })).kind).toBe('met')
    await undo()
  })

  it('judges what comes back: defaults and mutations included', async () => {
    const mounts = "object.spec.?volumes.orValue([]).exists(v, v.name.startsWith('kube-api-access-'))"
    const asked = { object: pod('x', NS), expect: 'admitted' }
    expect(
      (await find(world, 'admission', { ...asked, returned: [{ expression: mounts, message: 'no token' }] })).kind,
    ).toBe('met')
    const without = factsOf(await find(world, 'admission', { ...asked, absent: `!${mounts}` }))
    expect(without).toMatchObject({ kind: 'unmet', data: { admitted: true } })
    expect(await find(world, 'admission', { ...asked, absent: 'object.metadata.name + 1 == 2' })).toMatchObject({
      kind: 'unknown',
    })
  })

  it('answers a matrix with every line that differs', async () => {
    const matrix = [
      { title: 'good', object: pod('good', NS), expect: 'admitted' },
      { title: 'bad', object: pod('bad', NS, 'nginx'), expect: 'denied' },
      { title: 'bad elsewhere', namespace: 'default', object: pod('bad', NS, 'nginx'), expect: 'admitted' },
    ]
    expect(factsOf(await find(world, 'admission', { matrix })).found).toBe('all 3 as expected')
    const wrong = factsOf(
      await find(world, 'admission', { matrix: matrix.map((line) => ({ ...line, expect: 'denied' })) }),
    )
    expect(wrong).toMatchObject({ kind: 'unmet', summary: '1 of 3 as expected' })
    expect(wrong.data.wrong).toMatchObject([{ title: 'good' }, { title: 'bad elsewhere' }])
  })

  it('asks as somebody', async () => {
    const undo = await put(
      world.probe,
      role('maker', NS, [{ apiGroups: [''], resources: ['pods'], verbs: ['create'] }]),
      bind('maker', NS, 'maker', { kind: 'User', name: 'maker', apiGroup: 'rbac.authorization.k8s.io' }),
    )
    const asMaker = (object: Manifest, expectation: string) =>
      find(world, 'admission', { as: { user: 'maker' }, object, expect: expectation })
    expect((await eventually(() => asMaker(pod('x', NS), 'admitted'), 'met')).kind).toBe('met')
    expect((await asMaker(pod('x', NS, 'nginx'), 'denied')).kind).toBe('met')
    await undo()
  })
})

describe('params', () => {
  const NAME = 'kinds-params'
  const parameterised = (expression: string, more: { [key: string]: unknown } = {}): Manifest => ({
    ...policy(NAME, expression),
    spec: {
      ...(policy(NAME, expression).spec as object),
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      ...more,
    },
  })
  const LISTED = "object.spec.containers.all(c, params.data.allow.split(',').exists(r, c.image.startsWith(r + '/')))"
  const ask = (expectation: string, image = 'fresh.example/app') =>
    find(world, 'params', {
      policy: NAME,
      object: pod('x', 'ignored', image),
      params: { allow: 'fresh.example' },
      expect: expectation,
    })

  it('says when the policy is missing, takes no parameters, or does not look', async () => {
    expect(factsOf(await ask('admitted'))).toMatchObject({ kind: 'unmet', data: { exists: false } })
    const undoPlain = await put(world.probe, policy(NAME, APPROVED))
    expect(factsOf(await ask('admitted'))).toMatchObject({ kind: 'unmet', data: { exists: true, bound: false } })
    await undoPlain()
    const undo = await put(
      world.probe,
      parameterised(LISTED, { matchConditions: [{ name: 'never', expression: 'false' }] }),
    )
    expect(factsOf(await ask('denied', 'nginx'))).toMatchObject({ kind: 'unmet', data: { exists: true, bound: false } })
    await undo()
  })

  it('tries the policy with parameters that only the grader knows', async () => {
    const undo = await put(
      world.probe,
      parameterised(LISTED, {
        matchConstraints: {
          ...(policy(NAME, '').spec as { matchConstraints: object }).matchConstraints,
          namespaceSelector: { matchLabels: { env: 'prod' } },
        },
      }),
    )
    expect(factsOf(await ask('admitted'))).toMatchObject({ kind: 'met', data: { bound: true, admitted: true } })
    expect(factsOf(await ask('denied', 'nginx'))).toMatchObject({ kind: 'met', data: { bound: true, admitted: false } })
    expect(factsOf(await ask('admitted', 'nginx'))).toMatchObject({ kind: 'unmet' })
    await undo()
    const hardCoded = await put(
      world.probe,
      parameterised("object.spec.containers.all(c, c.image.startsWith('registry.lab.local/'))"),
    )
    expect(factsOf(await ask('admitted'))).toMatchObject({ kind: 'unmet', data: { bound: true } })
    await hardCoded()
  })

  it('leaves nothing behind', async () => {
    const kinds = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']
    for (const kind of kinds) {
      const left = await list(
        world.probe,
        { apiVersion: 'admissionregistration.k8s.io/v1', kind },
        { labelSelector: 'k8s-sec-lab.dev/throw-away' },
      )
      expect(left).toEqual([])
    }
    await remove(world.probe, { apiVersion: 'v1', kind: 'Namespace', name: 'kinds-nowhere' })
  })
})
