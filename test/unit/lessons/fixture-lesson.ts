import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const words = (count: number): string => Array.from({ length: count }, (_, index) => `word${index}`).join(' ')

const LESSON = `format: 1
id: L90
title: A bot with one job
summary: Cut a bot down to reading one kind of object.
layer: identity
minutes: 5
needs: { capabilities: [api], tools: [kubectl] }
kubernetes: ">=1.34.0 <1.38.0"
vars: { password: { kind: password, length: 12 } }
nonces: { sa: { kind: name, prefix: probe- } }
tasks:
  - id: cut
    title: Cut the bot down
    checks:
      - id: exact
        title: The bot can do exactly its job
        kind: rules
        why: Its token is as strong as the rights behind it.
        with:
          as: { serviceAccount: demo/bot }
          namespaces: [demo]
          equals: [{ resources: [configmaps], verbs: [get] }]
      - id: works
        title: The bot still reads its settings
        kind: request
        after: exact
        why: A bot without rights does no work.
        with:
          as: { serviceAccount: demo/bot }
          requests: [{ path: /api/v1/namespaces/demo/configmaps/app, status: 200 }]
hints:
  - Which binding names the bot?
  - A role can hold one verb on one resource.
  - A role with ____ on ____, and a binding to the bot.
quiz:
  - question: Can a role deny?
    options:
      - { text: Yes, reason: There is no deny in RBAC. }
      - { text: No, correct: true, reason: Rules only add. }
`
const ATTACK = `steps:
  - id: delete
    title: delete the settings as the bot
    role: attack
    kind: request
    with:
      as: { serviceAccount: demo/bot }
      requests: [{ method: DELETE, path: "/api/v1/namespaces/demo/configmaps/app?dryRun=All", status: 200 }]
  - id: read
    title: read the settings as the bot
    role: legitimate
    kind: request
    with:
      as: { serviceAccount: demo/bot }
      requests: [{ path: /api/v1/namespaces/demo/configmaps/app, status: 200 }]
`
const SEED = `apiVersion: v1
kind: Namespace
metadata: { name: demo }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: bot, namespace: demo }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: app, namespace: demo }
data: { password: ((vars.password)) }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: bot-edit, namespace: demo }
subjects: [{ kind: ServiceAccount, name: bot, namespace: demo }]
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
`
const SOLUTION = `kubectl delete rolebinding bot-edit -n demo --ignore-not-found
kubectl create role settings -n demo --verb=get --resource=configmaps --dry-run=client -o yaml | kubectl apply -f -
kubectl create rolebinding settings -n demo --role=settings --serviceaccount=demo:bot --dry-run=client -o yaml | kubectl apply -f -
`

/** Files of a small lesson without a mistake, by path below the lessons folder. */
export const FIXTURE: Readonly<Record<string, string>> = {
  'index.yaml': 'lessons: [authorization/one-job]\n',
  'authorization/one-job/lesson.yaml': LESSON,
  'authorization/one-job/lesson.md': `${words(300)}\n\n## Debrief\n\n${words(160)}\n`,
  'authorization/one-job/attack.yaml': ATTACK,
  'authorization/one-job/seed/10-demo.yaml': SEED,
  'authorization/one-job/seed/workspace/notes.txt': 'The password is ((vars.password)).\n',
  'authorization/one-job/solution.sh': SOLUTION,
  'authorization/one-job/wrong/view/wrong.sh':
    'kubectl delete rolebinding bot-edit -n demo\nkubectl create rolebinding bot -n demo --clusterrole=view --serviceaccount=demo:bot\n',
  'authorization/one-job/wrong/view/expect.yaml': 'check: exact\ncontains: [deployments]\n',
  'authorization/one-job/wrong/nothing/wrong.sh': 'kubectl delete rolebinding bot-edit -n demo\n',
  'authorization/one-job/wrong/nothing/expect.yaml': 'check: exact\ncontains: [configmaps]\n',
  'authorization/one-job/wrong/added/wrong.sh':
    'kubectl create role settings -n demo --verb=get --resource=configmaps\n' +
    'kubectl create rolebinding settings -n demo --role=settings --serviceaccount=demo:bot\n',
  'authorization/one-job/wrong/added/expect.yaml': 'check: exact\ncontains: [delete]\n',
}

export type Changes = Readonly<Record<string, string | ((text: string) => string) | undefined>>

/**
 * A lessons folder with the fixture lesson in a new temporary folder, removed after the test. Keys of `changes` are
 * paths inside the lesson, or from the lessons folder on for others; a value replaces the text, changes it, or (undefined) removes the file.
 */
export const lessonsFolder = async (changes: Changes = {}): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'lab-lessons-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const files = new Map(Object.entries(FIXTURE))
  for (const [path, change] of Object.entries(changes)) {
    const full = path === 'index.yaml' || path.startsWith('authorization/') ? path : `authorization/one-job/${path}`
    if (change === undefined) files.delete(full)
    else files.set(full, typeof change === 'string' ? change : change(files.get(full) ?? ''))
  }
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  return dir
}
