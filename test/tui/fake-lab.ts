/** A lab in memory: holds a state, records intents, grades nothing. */
import type { Verdict } from '../../src/core/model.ts'
import type { CheckView, CurrentLesson, Intent, Lab, LabState, LessonCard } from '../../src/core/state.ts'

export const NOW = Date.UTC(2026, 0, 1)

export type FakeLab = Lab & {
  readonly intents: Intent[]
  readonly handovers: string[]
  readonly set: (change: Partial<LabState> | ((state: LabState) => Partial<LabState>)) => void
  readonly setLesson: (change: Partial<CurrentLesson>) => void
}

const failed: Verdict = {
  kind: 'failed',
  expected: 'pods: get, list, watch\npods/log: get',
  found: `also: configmaps get,list,watch\nservices get,list,watch\n${Array.from({ length: 21 }, (_, at) => `resource-${at} get,list`).join('\n')}`,
  why: 'The built-in role "view" reads almost everything in a namespace, not just pods.',
  reproduce: 'kubectl auth can-i --list -n shop --as system:serviceaccount:shop:report-bot',
}

const check = (id: string, title: string, rest: Partial<CheckView> = {}): CheckView => ({
  id,
  title,
  task: 'Cut report-bot down to its job',
  settling: false,
  broken: false,
  ...rest,
})

export const CHECKS: readonly CheckView[] = [
  check('runs', 'The report still runs', {
    verdict: { kind: 'passed', found: 'pods list: 200 OK' },
    changedAt: NOW - 60_000,
  }),
  check('logs', 'It can read pod logs in shop', { verdict: { kind: 'passed', found: 'pods/log get: allowed' } }),
  check('exact', 'It can do nothing else in shop', { verdict: failed }),
  check('outside', 'It can do nothing outside shop', { settling: true, verdict: failed }),
  check('others', 'No other identity gained rights', {
    verdict: { kind: 'unknown', reason: 'The API server did not answer within 10 s.' },
  }),
]

export const TEXT = `The nightly report job of the shop runs as the ServiceAccount \`report-bot\`. It lists
pods and reads their logs. Someone in a hurry gave it **cluster-admin**, "just for the demo".

See for yourself what that means tonight:

\`\`\`bash
kubectl auth can-i --list -n shop \\
  --as system:serviceaccount:shop:report-bot
\`\`\`

## Why it is so

RBAC only ever *adds* rights. A binding to \`cluster-admin\` is a binding to everything:

| binding | where | what |
| --- | --- | --- |
| \`report-all\` | whole cluster | everything |
| \`report-logs\` | shop | pods/log: get |

## Your task

Cut \`report-bot\` down to its job and no more:

1. \`get\`, \`list\` and \`watch\` pods, and \`get\` \`pods/log\`, in the namespace **shop**.
2. Nothing in any other namespace, and nothing by way of a group.

Nothing here needs deleting except rights. If you are stuck, press \`h\`.
`

export const DEBRIEF = `A ServiceAccount token is a password that every process in the pod can read. Whoever gets code to run
there has all of its rights, and with **cluster-admin** that is the whole cluster.

Real clusters bind *roles*, not people, and look at what is bound with tools such as \`kubectl auth can-i --list\`.

- RBAC good practices
- Using RBAC authorization
- Configure service accounts for pods
`

export const LESSON: CurrentLesson = {
  id: 'L05',
  slug: 'rbac-least-privilege',
  title: 'Exactly enough',
  module: 'authorization',
  moduleTitle: 'Authorization',
  layer: 'identity',
  minutes: 12,
  tags: ['identity', 'CKS Cluster hardening', 'K02'],
  text: TEXT,
  debrief: DEBRIEF,
  workspace: '/home/learner/lab/rbac-least-privilege',
  phase: 'working',
  checks: CHECKS,
  hintsTotal: 3,
  hints: ['Look at **what** is bound to `report-bot`, in the whole cluster.'],
  quiz: [
    {
      id: 'q1',
      question: 'Does the right to list secrets reveal their values?',
      options: [
        { text: 'Yes', correct: true, reason: 'A list answers with whole objects, values included.' },
        { text: 'No', correct: false, reason: 'That would need a server that leaves them out; it does not.' },
      ],
    },
    {
      id: 'q2',
      question: 'What takes a right away again?',
      options: [
        { text: 'A deny rule', correct: false, reason: 'RBAC has none.' },
        { text: 'Removing the binding', correct: true, reason: 'Rights only come from bindings.' },
      ],
    },
  ],
  quizAnswers: {},
  lastChange: { what: 'rolebindings changed', at: NOW - 2000, regradeMs: 84 },
  grading: false,
  startedAt: NOW - 300_000,
  seconds: 540,
  wrongTurns: 3,
}

export const ATTACK: NonNullable<CurrentLesson['attack']> = {
  state: 'done',
  steps: [
    {
      id: 'a',
      title: 'delete deployment/web',
      role: 'attack',
      before: '200 OK',
      now: '403 Forbidden',
      good: true,
    },
    {
      id: 'b',
      title: 'read secret/prod-db in default',
      role: 'attack',
      before: '200 OK',
      now: '403 Forbidden',
      good: true,
    },
    { id: 'c', title: 'list pods in shop', role: 'legitimate', before: '200 OK', now: '200 OK', good: true },
  ],
}

const card = (id: string, title: string, rest: Partial<LessonCard> = {}): LessonCard => ({
  id,
  slug: title.toLowerCase().replaceAll(' ', '-'),
  title,
  module: 'identity',
  layer: 'identity',
  minutes: 10,
  status: 'new',
  ...rest,
})

export const CARDS: readonly LessonCard[] = [
  card('L00', 'Six layers, one request', { module: 'start', status: 'passed' }),
  card('L01', 'There is no User object', { status: 'passed' }),
  card('L03', 'Strangers may only ask for the time', { layer: 'control-plane', minutes: 14 }),
  card('L04', 'The token in the pod', { minutes: 11 }),
  card('L05', 'Exactly enough', { module: 'authorization', status: 'started', minutes: 12 }),
  card('L06', 'Intern to admin', { module: 'authorization', minutes: 15 }),
  card('L13', 'Port 10250 without a badge', {
    module: 'hosts',
    layer: 'infrastructure',
    unavailable: 'It needs nodes: start with --backend kind (no container engine was found).',
  }),
  card('L24', 'Base64 is not a lock', { module: 'secrets', layer: 'secrets' }),
]

export const STATE: LabState = {
  loading: false,
  lessons: CARDS,
  progress: { version: 1, lessons: {} },
  cluster: { backend: 'embedded', state: 'ready', version: 'v1.34.3', components: [], steps: [], watching: true },
  current: LESSON,
  notices: [],
  closing: false,
}

export const STARTING: LabState['cluster'] = {
  backend: 'embedded',
  state: 'starting',
  components: [],
  watching: false,
  startedAt: NOW - 108_000,
  steps: [
    { id: 'etcd', title: 'etcd 3.6.5', state: 'done', detail: 'from cache' },
    {
      id: 'apiserver',
      title: 'kube-apiserver 1.34.3',
      state: 'running',
      detail: 'building from Go modules',
      done: 812,
      total: 1394,
      unit: 'packages',
      line: 'k8s.io/apiserver/pkg/endpoints/handlers',
    },
    { id: 'kcm', title: 'kube-controller-manager', state: 'waiting' },
    { id: 'start', title: 'Control plane', state: 'waiting' },
  ],
}

export const createFakeLab = (start: LabState = STATE): FakeLab => {
  let state = start
  const listeners = new Set<() => void>()
  const intents: Intent[] = []
  const handovers: string[] = []
  const set: FakeLab['set'] = (change) => {
    state = { ...state, ...(typeof change === 'function' ? change(state) : change) }
    for (const listener of [...listeners]) listener()
  }
  return {
    intents,
    handovers,
    set,
    setLesson: (change) => set((now) => ({ current: { ...(now.current ?? LESSON), ...change } })),
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    send: (intent) => {
      intents.push(intent)
      if (intent.kind === 'quit') set({ closing: true })
    },
    handover: async (what) => {
      handovers.push(what.kind === 'edit' ? `edit ${what.file}` : what.kind)
      return {}
    },
    editable: () => [
      { name: 'kube-apiserver.yaml', about: 'static Pod manifest of the API server' },
      { name: 'authn.yaml', about: 'authentication configuration, read again on change' },
    ],
    close: async () => {},
  }
}
