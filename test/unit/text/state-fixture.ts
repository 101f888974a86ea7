import type { CheckView, CurrentLesson, LabState } from '../../../src/core/state.ts'

export const CHECKS: readonly CheckView[] = [
  {
    id: 'runs',
    title: 'The report still runs',
    task: 'cut',
    settling: false,
    broken: false,
    verdict: { kind: 'passed', found: 'pods listed' },
  },
  {
    id: 'exact',
    title: 'It can do nothing else in shop',
    task: 'cut',
    settling: false,
    broken: false,
    verdict: {
      kind: 'failed',
      expected: 'pods: get, list, watch; pods/log: get',
      found: 'also: configmaps get,list,watch\nservices get,list,watch\nand 21 more',
      why: 'The built-in role "view" reads almost everything in a namespace, not just pods.',
      reproduce:
        'kubectl auth can-i --list -n shop --as system:serviceaccount:shop:report-bot --as-group system:authenticated',
    },
  },
  {
    id: 'stored',
    title: 'Nothing is readable in etcd',
    task: 'cut',
    settling: false,
    broken: false,
    verdict: { kind: 'unknown', reason: 'etcd gives no answer' },
  },
  { id: 'outside', title: 'It can do nothing outside shop', task: 'cut', settling: true, broken: false },
]

export const CURRENT: CurrentLesson = {
  id: 'L05',
  slug: 'rbac-least-privilege',
  title: 'Exactly enough',
  module: 'authorization',
  moduleTitle: 'Authorization',
  layer: 'identity',
  minutes: 12,
  tags: ['identity'],
  text: [
    'The nightly report job runs as the ServiceAccount `report-bot`. Someone in a hurry gave it *cluster-admin*.',
    '',
    '## Your task',
    '',
    'Cut it down:',
    '',
    '```sh',
    'kubectl auth can-i --list -n shop --as system:serviceaccount:shop:report-bot',
    '```',
    '',
    '- get, list and watch **pods**, and nothing else that one could think of in the whole namespace',
    '- get `pods/log`',
  ].join('\n'),
  debrief: '## Debrief\n\nYou cut a token down to its job.',
  workspace: '/home/lee/lab/rbac-least-privilege',
  phase: 'working',
  checks: CHECKS.map(({ verdict: _, ...check }) => ({ ...check, settling: false })),
  hintsTotal: 3,
  hints: [],
  quiz: [
    {
      id: 'q1',
      question: 'Does "list secrets" reveal their values?',
      options: [
        { text: 'Yes', correct: true, reason: 'A list carries whole objects.' },
        { text: 'No', correct: false, reason: 'A list carries whole objects, values included.' },
      ],
    },
  ],
  quizAnswers: {},
  grading: true,
  startedAt: 1000,
  seconds: 540,
  wrongTurns: 3,
}

export const STATE: LabState = {
  loading: false,
  lessons: [
    card('L01', 'identity', 'There is no User object', 'passed'),
    card('L05', 'authorization', 'Exactly enough', 'started'),
    {
      ...card('L09', 'hosts', 'Port 10250 without a badge', 'new'),
      unavailable: 'needs real nodes: start with --backend kind',
    },
  ],
  progress: { version: 1, lessons: {} },
  cluster: { backend: 'embedded', state: 'ready', version: 'v1.34.3', components: [], steps: [], watching: true },
  current: CURRENT,
  notices: [],
  closing: false,
}

function card(
  id: string,
  module: 'identity' | 'authorization' | 'hosts',
  title: string,
  status: 'new' | 'started' | 'passed',
) {
  return { id, slug: id.toLowerCase(), title, module, layer: 'identity' as const, minutes: 12, status }
}
