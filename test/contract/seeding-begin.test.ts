import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/cluster/system-clock.ts'
import { list, read } from '../../src/core/api/objects.ts'
import type { Lesson } from '../../src/core/model.ts'
import { createLessonSource } from '../../src/lessons/source.ts'
import { takeBaseline } from '../../src/seeding/baseline.ts'
import { type BeginOptions, begin } from '../../src/seeding/begin.ts'
import { leave, reset } from '../../src/seeding/leave.ts'
import { describeKey, listCluster } from '../../src/seeding/objects.ts'
import { LESSON_LABEL } from '../../src/seeding/seed.ts'
import { createWorkspace } from '../../src/seeding/workspace.ts'
import { createProgressStore } from '../../src/store/progress.ts'
import { BACKENDS } from '../support/backends.ts'
import { ownCluster } from '../support/cluster.ts'
import { runProgram } from '../support/lab.ts'
import { type Changes, lessonsFolder } from '../unit/lessons/fixture-lesson.ts'

const clock = systemClock
const report = (): void => undefined

const lessonOf = async (changes: Changes = {}): Promise<Lesson> =>
  createLessonSource({ dirs: [await lessonsFolder(changes)] }).find('L90')

/** Everything that a lesson is to leave behind unchanged. */
const pictureOf = async (own: ReturnType<typeof ownCluster>) => {
  const { objects, files } = await takeBaseline({ cluster: own.cluster, clock })
  return { objects, files }
}

describe.each(BACKENDS)('beginning, resetting and leaving a lesson (%s)', () => {
  const own = ownCluster()
  const place = (lesson: Lesson): BeginOptions => ({
    lesson,
    cluster: own.cluster,
    workspace: createWorkspace({ root: join(own.paths.workspace, lesson.slug) }),
    store: createProgressStore({ dir: own.paths.state }),
    stateDir: own.paths.state,
    home: own.home,
    clock,
    report,
  })
  const kubectl = async (script: string, cwd = own.home): Promise<void> => {
    const bin = own.tools.kubectl?.replace(/\/kubectl$/, '') ?? ''
    const env = { PATH: `${bin}:${process.env.PATH}`, HOME: own.home, ...own.cluster.environment() }
    const ran = await runProgram(['bash', '-euo', 'pipefail', '-c', script], env, { cwd })
    if (ran.code !== 0) throw new Error(`${script}: ${ran.stderr}`)
  }

  beforeAll(async () => {
    await own.cluster.up({ report })
  })
  afterAll(own.remove)

  it('applies the seed with its values and label, and takes all of it away again', async () => {
    const before = await pictureOf(own)
    const lesson = await lessonOf()
    const options = place(lesson)
    const begun = await begin(options)
    expect(begun).toMatchObject({ resumed: false, attempt: { lesson: 'L90', vars: { password: expect.any(String) } } })
    expect(await options.store.attempt()).toEqual(begun.attempt)
    const probe = await own.cluster.probe()
    const map = await read(probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'demo', name: 'app' })
    expect(map).toMatchObject({ data: begun.attempt.vars, metadata: { labels: { [LESSON_LABEL]: 'L90' } } })
    const notes = join(options.workspace.root, 'notes.txt')
    expect(await readFile(notes, 'utf8')).toBe(`The password is ${begun.attempt.vars.password}.\n`)
    expect((await stat(join(own.paths.state, 'baseline.json'))).mode & 0o777).toBe(0o600)

    await kubectl(lesson.solution.text)
    await leave(options)
    expect(await pictureOf(own)).toEqual(before)
    expect(await options.store.attempt()).toBeUndefined()
    await expect(stat(options.workspace.root)).rejects.toThrow('ENOENT')
  })

  it('resumes what is in place without touching it', async () => {
    const options = place(await lessonOf())
    const first = await begin(options)
    await kubectl('kubectl delete rolebinding bot-edit -n demo')
    const again = await begin({ ...options, resume: first.attempt })
    expect(again).toMatchObject({ resumed: true, attempt: first.attempt })
    const probe = await own.cluster.probe()
    expect(
      await list(probe, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', namespace: 'demo' }),
    ).toEqual([])
    await leave(options)
  })

  it('goes back to the seed with fresh values, and keeps a copy of what the learner made', async () => {
    const options = place(await lessonOf())
    const first = await begin(options)
    await options.workspace.write('notes.txt', 'mine now')
    await kubectl(`kubectl delete configmap app -n demo; kubectl create configmap extra -n demo
      kubectl label namespace demo pod-security.kubernetes.io/enforce=restricted
      kubectl patch serviceaccount default -n demo -p '{"automountServiceAccountToken":false}'
      kubectl create deployment web -n demo --image=registry.lab.local/web:1`)
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'demo' }
    const probe = await own.cluster.probe()
    const before = await read(probe, namespace)
    const again = await reset(options)
    expect(again.resumed).toBe(false)
    expect(again.attempt.vars.password).not.toBe(first.attempt.vars.password)
    const kept = /Your earlier files are in (.*)$/.exec(again.note ?? '')?.[1] ?? ''
    expect(await readFile(join(kept, 'notes.txt'), 'utf8')).toBe('mine now')
    expect(await readFile(join(options.workspace.root, 'notes.txt'), 'utf8')).toContain(again.attempt.vars.password)
    const left = (await listCluster(probe)).filter(({ object }) => object.metadata?.namespace === 'demo')
    expect(
      left.map(({ key }) => describeKey(key)).filter((each) => each !== 'ConfigMap demo/kube-root-ca.crt'),
    ).toEqual([
      'ConfigMap demo/app',
      'ServiceAccount demo/bot',
      'ServiceAccount demo/default',
      'RoleBinding demo/bot-edit',
    ])
    // The namespace itself stays, because its controller works by name and with a delay; it says what the seed says.
    const now = await read(probe, namespace)
    expect(now?.metadata?.uid).toBe(before?.metadata?.uid)
    expect(now?.metadata?.labels).toEqual({ 'kubernetes.io/metadata.name': 'demo', [LESSON_LABEL]: 'L90' })
    const account = await read(probe, { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'demo', name: 'default' })
    expect(account).not.toHaveProperty('automountServiceAccountToken')
    const third = await reset(options)
    expect(third.note).toBeUndefined()
    await leave(options)
  })

  it('waits for a namespace that the learner is deleting, and begins in a new one', async () => {
    const options = place(await lessonOf())
    await begin(options)
    await kubectl('kubectl delete namespace demo --wait=false')
    await reset(options)
    const names = await list(await own.cluster.probe(), { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'demo' })
    expect(names.map(({ metadata }) => metadata?.name)).toContain('app')
    await leave(options)
  })

  it('undoes whatever a learner can do to the cluster', async () => {
    const before = await pictureOf(own)
    const options = place(await lessonOf())
    await begin(options)
    await kubectl(`
      kubectl create namespace mine
      kubectl create clusterrolebinding everybody --clusterrole=cluster-admin --group=system:authenticated
      kubectl delete clusterrole view
      kubectl patch clusterrole edit --type=json -p '[{"op":"replace","path":"/metadata/labels","value":{"a":"b"}}]'
      kubectl patch serviceaccount default -n default -p '{"automountServiceAccountToken":false}'
      kubectl label namespace default pod-security.kubernetes.io/enforce=restricted
      kubectl delete clusterrolebinding system:discovery
      kubectl create clusterrolebinding system:discovery --clusterrole=cluster-admin --user=x
      kubectl run pod -n mine --image=registry.lab.local/x:1
      kubectl create configmap held -n mine
      kubectl patch configmap held -n mine --type=merge -p '{"metadata":{"finalizers":["lab.test/never"]}}'
      kubectl create configmap held -n kube-system
      kubectl patch configmap held -n kube-system --type=merge -p '{"metadata":{"finalizers":["lab.test/never"]}}'
      kubectl apply -f - <<'YAML'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.lab.test }
spec:
  group: lab.test
  scope: Cluster
  names: { plural: things, kind: Thing }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: deny-all }
webhooks:
  - name: deny.lab.test
    admissionReviewVersions: [v1]
    sideEffects: None
    clientConfig: { url: "https://127.0.0.1:1/" }
    rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] }]
YAML`)
    expect(await leave(options)).toEqual({ kind: 'swept' })
    expect(await pictureOf(own)).toEqual(before)
  })

  it('sweeps what a killed begin left half-done, and begins', async () => {
    const before = await pictureOf(own)
    const lesson = await lessonOf({
      'seed/20-broken.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "Not A Name", namespace: demo }\n',
    })
    await expect(begin(place(lesson))).rejects.toThrow(/ConfigMap demo\/Not A Name/)
    const good = place(await lessonOf())
    expect((await begin(good)).resumed).toBe(false)
    await leave(good)
    expect(await pictureOf(own)).toEqual(before)
  })

  it('does not mistake an attempt for one that is in the cluster', async () => {
    const options = place(await lessonOf())
    const attempt = {
      lesson: 'L90',
      startedAt: '2025-01-01T00:00:00.000Z',
      vars: { password: 'abc' },
      captured: {},
      images: {},
      before: {},
    }
    await options.workspace.write('answers.yaml', 'a: b\n')
    const begun = await begin({ ...options, resume: attempt })
    expect(begun).toMatchObject({ resumed: false, attempt: { vars: attempt.vars, startedAt: attempt.startedAt } })
    expect((await readdir(options.workspace.root)).sort()).toEqual(['answers.yaml', 'notes.txt'])
    await leave(options)
  })

  it('provides real certificates, values of Secrets and facts of objects', async () => {
    const options = place(
      await lessonOf({
        'lesson.yaml': (text) =>
          text.replace(
            'tasks:',
            `provide:
  - { kubeconfig: intern.kubeconfig, user: intern, groups: [builders], capture: intern }
  - { secret: demo/old-token, key: token, file: leaked.jwt, capture: leaked }
  - { object: { apiVersion: v1, kind: ServiceAccount, namespace: demo, name: bot }, field: metadata.uid, capture: uid }
tasks:`,
          ),
        'seed/20-token.yaml': `apiVersion: v1
kind: Secret
metadata: { name: old-token, namespace: demo, annotations: { kubernetes.io/service-account.name: bot } }
type: kubernetes.io/service-account-token
`,
      }),
    )
    const probe = await own.cluster.probe()
    const requests = () => list(probe, { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' })
    const before = await requests() // a kubelet asks for its certificate in the same way
    const { attempt } = await begin(options)
    const account = await read(probe, { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'demo', name: 'bot' })
    expect(attempt.captured.uid).toBe(account?.metadata?.uid)
    const reply = await probe.api({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      as: { kind: 'token', token: attempt.captured.leaked ?? '' },
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    })
    expect(reply.json).toMatchObject({ status: { userInfo: { username: 'system:serviceaccount:demo:bot' } } })
    await kubectl(
      'test "$(kubectl --kubeconfig intern.kubeconfig auth whoami -o jsonpath={.status.userInfo.username}/{.status.userInfo.groups[0]})" = intern/builders',
      options.workspace.root,
    )
    for (const file of ['intern.kubeconfig', 'leaked.jwt']) {
      expect((await stat(join(options.workspace.root, file))).mode & 0o777).toBe(0o600)
    }
    expect(await requests()).toEqual(before)
    await leave(options)
    await expect(stat(options.workspace.root)).rejects.toThrow('ENOENT')
  })
})
