import { afterAll, beforeAll, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { dryRun } from '../../src/checks/dry-run.ts'
import { certify } from '../../src/cluster/certify.ts'
import { list, type Manifest } from '../../src/core/api/objects.ts'
import { isOk, statusMessage } from '../../src/core/api/reply.ts'
import type { AddOns, ApiReply, Probe } from '../../src/core/ports.ts'
import { gradeOnce } from '../../src/grader/grade.ts'
import { createTools } from '../../src/tools/tools.ts'
import { describeOnKind } from '../support/describe-unless.ts'
import { ownKindCluster } from '../support/own-kind.ts'
import { toolCache } from '../support/tool-cache.ts'
import { until } from '../support/until.ts'
import { check, folderWorkspace, put, worldOf } from './checks-world.ts'

const NAME = 'kyverno'
const quiet = { report: () => undefined }
const POLICIES = 'policies.kyverno.io/v1'
const TEAM = 'kyverno-team'
const FAR = 'kyverno-far'
const DENIED =
  /admission webhook "vpol\.validate\.kyverno\.svc-fail" denied the request: Policy trusted failed: not ours/

const pod = (namespace: string, image: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'tried', namespace },
  spec: { containers: [{ name: 'app', image }] },
})
const deployment = (namespace: string, name: string, image: string): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } },
  },
})
const policy = (failurePolicy: 'Fail' | 'Ignore'): Manifest => ({
  apiVersion: POLICIES,
  kind: 'ValidatingPolicy',
  metadata: { name: 'trusted' },
  spec: {
    validationActions: ['Deny'],
    failurePolicy,
    matchConstraints: {
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [TEAM] }],
      },
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] }],
    },
    validations: [{ expression: "object.spec.containers.all(c, c.image.startsWith('ours/'))", message: 'not ours' }],
  },
})
/** What both answers need: a foreign Pod is refused, one of ours is not. */
const door = check(
  'admission',
  {
    matrix: [
      { title: 'theirs', object: pod(TEAM, 'theirs/app:1'), expect: 'denied' },
      { title: 'ours', object: pod(TEAM, 'ours/app:1'), expect: 'admitted' },
    ],
  },
  { id: 'door' },
)
const reported = check(
  'object',
  { apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', namespace: TEAM, name: 'of-nobody' },
  { id: 'reported' },
)
const exception = (namespace: string): Manifest => ({
  apiVersion: POLICIES,
  kind: 'PolicyException',
  metadata: { name: 'old', namespace },
  spec: {
    policyRefs: [{ name: 'trusted', kind: 'ValidatingPolicy' }],
    matchConditions: [{ name: 'old', expression: "object.metadata.?labels[?'app'].orValue('') == 'old'" }],
  },
})

await describeOnKind('Kyverno as an add-on', () => {
  let own: Awaited<ReturnType<typeof ownKindCluster>>
  let addOns: AddOns
  let probe: Probe
  const tryOut = (manifest: Manifest): Promise<ApiReply> =>
    dryRun({ probe, as: { kind: 'admin' }, manifest, operation: 'create' })
  const isDenied = async (manifest: Manifest): Promise<boolean> => {
    const reply = await tryOut(manifest)
    return !isOk(reply) && DENIED.test(statusMessage(reply))
  }
  const isAdmitted = async (manifest: Manifest): Promise<boolean> => isOk(await tryOut(manifest))
  const podsOfKyverno = async () =>
    (await list(probe, { apiVersion: 'v1', kind: 'Pod', namespace: NAME })).map(({ metadata }) => metadata?.name)

  const workspace = folderWorkspace()
  const grade = () =>
    gradeOnce({
      ...worldOf(probe, workspace, { addOns }),
      lesson: {
        id: 'L99',
        nonces: {},
        needs: { addons: [NAME] },
        tasks: [{ id: 'all', title: 'All', checks: [door, reported] }],
      },
    })
  /** Whichever way it fails while Kyverno is down, no check says that the learner's policy is wrong. */
  const blamesKyverno = async (): Promise<void> => {
    const { verdicts, verdict } = await grade()
    expect(verdict).toBe('unknown')
    const reason = expect.stringMatching(/^Kyverno does not run\. It was stopped.*k8s-sec-lab cluster restart kyverno$/)
    for (const id of ['door', 'reported']) expect(verdicts[id]).toMatchObject({ kind: 'unknown', reason })
  }

  beforeAll(async () => {
    own = await ownKindCluster()
    probe = own.probe
    const env = { ...process.env, K8S_SEC_LAB_CACHE: toolCache() }
    const tools = createTools({ paths: own.paths, env })
    addOns = createAddOns({ cluster: own.cluster, tools, clock: systemClock, cache: toolCache(), env, certify })
  })
  afterAll(async () => {
    await own?.remove()
    workspace.remove()
  })

  it('is absent at first, comes up, and is left alone the second time', async () => {
    expect(await addOns.status(NAME)).toMatchObject({ name: NAME, state: 'absent' })
    await addOns.ensure([NAME], quiet)
    expect(await addOns.status(NAME)).toMatchObject({ state: 'ready', version: 'v1.19.1' })
    const before = await podsOfKyverno()
    expect(before).toHaveLength(2)
    await addOns.ensure([NAME], quiet)
    expect(await podsOfKyverno()).toEqual(before)
  })

  it('may do no more than it has to', async () => {
    const may = async (account: string, resourceAttributes: Readonly<Record<string, string>>): Promise<boolean> => {
      const reply = await probe.api({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: {
            user: `system:serviceaccount:${NAME}:${account}`,
            groups: ['system:serviceaccounts', `system:serviceaccounts:${NAME}`, 'system:authenticated'],
            resourceAttributes,
          },
        },
      })
      return (reply.json as { status: { allowed: boolean } }).status.allowed
    }
    for (const account of ['kyverno-admission-controller', 'kyverno-reports-controller']) {
      expect(await may(account, { verb: 'get', resource: 'secrets', namespace: 'default' })).toBe(false)
      expect(await may(account, { verb: 'create', resource: 'pods', namespace: 'default' })).toBe(false)
      expect(await may(account, { verb: 'update', group: 'policies.kyverno.io', resource: 'validatingpolicies' })).toBe(
        false,
      )
      expect(
        await may(account, { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' }),
      ).toBe(false)
    }
    const webhooks = {
      verb: 'update',
      group: 'admissionregistration.k8s.io',
      resource: 'validatingwebhookconfigurations',
    }
    expect(await may('kyverno-admission-controller', webhooks)).toBe(true)
    expect(await may('kyverno-reports-controller', webhooks)).toBe(false)
  })

  it('refuses Pods and what makes them, where the policy says so', async () => {
    for (const name of [TEAM, FAR]) await put(probe, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    await put(probe, deployment(TEAM, 'old', 'theirs/app:1'))
    await put(probe, policy('Fail'))
    await until(() => isDenied(pod(TEAM, 'theirs/app:1')))
    expect(await isDenied(deployment(TEAM, 'new', 'theirs/app:1'))).toBe(true)
    expect(await isAdmitted(pod(TEAM, 'ours/app:1'))).toBe(true)
    expect(await isAdmitted(pod(FAR, 'theirs/app:1'))).toBe(true)
  })

  it('makes exceptions only of what lies in its namespace for them, and reports what passed through one', async () => {
    await put(probe, exception(TEAM))
    await put(probe, exception('policy-exceptions'))
    await until(() => isAdmitted(deployment(TEAM, 'old', 'theirs/app:2')))
    expect(await isDenied(deployment(TEAM, 'new', 'theirs/app:2'))).toBe(true)
    await probe.api({ method: 'DELETE', path: `/apis/${POLICIES}/namespaces/policy-exceptions/policyexceptions/old` })
    await until(() => isDenied(deployment(TEAM, 'old', 'theirs/app:2')))
    await put(probe, exception('policy-exceptions'))
    type Report = { scope?: { kind: string; name: string }; results?: { policy: string; result: string }[] }
    const report = async (): Promise<string | undefined> => {
      const ref = { apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', namespace: TEAM }
      const reports = (await list(probe, ref)) as readonly Report[]
      const own = reports.find(({ scope }) => scope?.kind === 'Deployment' && scope.name === 'old')
      return own?.results?.find((each) => each.policy === 'trusted')?.result
    }
    await until(async () => (await report()) === 'skip')
  })

  it('leaves nothing open while it is down, unless a policy says so', async () => {
    await addOns.stop(NAME)
    expect(await addOns.status(NAME)).toMatchObject({ state: 'broken', reason: expect.stringContaining('no replicas') })
    await blamesKyverno()
    for (const image of ['theirs/app:1', 'ours/app:1']) {
      const reply = await tryOut(pod(TEAM, image))
      expect(reply.status).toBe(500)
      expect(statusMessage(reply)).toContain('failed calling webhook "vpol.validate.kyverno.svc-fail"')
    }
    // Its own namespace and those that the policy leaves out go on.
    expect(await isAdmitted(pod(FAR, 'theirs/app:1'))).toBe(true)
    expect(await isAdmitted(pod(NAME, 'theirs/app:1'))).toBe(true)
    await addOns.start(NAME)
    expect(await addOns.status(NAME)).toMatchObject({ state: 'ready' })
    await until(() => isDenied(pod(TEAM, 'theirs/app:1')))

    await put(probe, policy('Ignore'))
    await until(async () => statusMessage(await tryOut(pod(TEAM, 'theirs/app:1'))).includes('svc-ignore'))
    await addOns.stop(NAME)
    expect(await isAdmitted(pod(TEAM, 'theirs/app:1'))).toBe(true)
    await blamesKyverno()
    await addOns.start(NAME)
    expect((await grade()).verdicts.door).toMatchObject({ kind: 'passed' })
  })
})
