/** Scenes to draw in tests: each page in a state that fills it. */
import { createMarkdown } from '../../src/tui/markdown.ts'
import type { Scene, Size } from '../../src/tui/scene.ts'
import { createTheme } from '../../src/tui/theme.ts'
import { initialView, type View } from '../../src/tui/view.ts'
import { ATTACK, createFakeLab, LESSON, NOW, STARTING, STATE } from './fake-lab.ts'

export const UTF8 = { LANG: 'C.UTF-8', TERM: 'xterm-256color' }

const reading = {
  ...STATE,
  cluster: STARTING,
  current: {
    ...LESSON,
    phase: 'reading' as const,
    checks: LESSON.checks.map(({ id, title, task }) => ({ id, title, task, settling: false, broken: false })),
  },
}
const passed = {
  ...STATE,
  current: {
    ...LESSON,
    phase: 'passed' as const,
    attack: ATTACK,
    solution: '#!/bin/bash\nkubectl delete rolebinding x # gone\n',
  },
}
const answering = {
  ...STATE,
  current: {
    ...LESSON,
    checks: LESSON.checks.map((check) => (check.id === 'exact' ? { ...check, answerKey: 'crown' } : check)),
  },
}

const kindFailed = {
  ...reading,
  cluster: {
    ...STARTING,
    backend: 'kind' as const,
    state: 'broken' as const,
    steps: [],
    reason: 'The node image could not be pulled. Connect to the internet, or name another one with --node-image.',
    output: `Creating cluster "k8s-sec-lab" ...
 ✗ Ensuring node image (kindest/node:v1.34.0)
ERROR: failed to create cluster: failed to pull image "kindest/node:v1.34.0":
command "docker pull kindest/node:v1.34.0" failed with error: exit status 1
Command Output: Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host
`,
  },
}

const at = (page: View['page'], rest: Partial<View> = {}): View => ({
  ...initialView,
  lesson: 'L05',
  selected: 'exact',
  page,
  ...rest,
})

export const SCENES: Readonly<Record<string, Pick<Scene, 'state' | 'view'>>> = {
  lesson: { state: STATE, view: at('lesson') },
  'lesson-wide': { state: STATE, view: at('lesson', { zoom: true }) },
  'coming-up': {
    state: reading,
    view: at('lesson', { selected: 'runs', showOutput: true, steps: { apiserver: { since: NOW - 95_000 } } }),
  },
  'kind-coming-up': {
    state: {
      ...reading,
      cluster: {
        ...STARTING,
        backend: 'kind',
        choice: 'kind: docker 28.2.2 answers',
        steps: [
          { id: 'tools', title: 'kind and kubectl', state: 'done', detail: 'from the cache' },
          {
            id: 'image',
            title: 'Node image',
            state: 'running',
            detail: 'kindest/node:v1.34.0',
            line: ' • Ensuring node image (kindest/node:v1.34.0)',
          },
          { id: 'node', title: 'Node', state: 'waiting' },
          { id: 'control-plane', title: 'Control plane', state: 'waiting' },
        ],
      },
    },
    view: at('lesson', { selected: 'runs', showOutput: true, steps: { image: { since: NOW - 42_000 } } }),
  },
  'kind-failed': { state: kindFailed, view: at('lesson') },
  'kind-output': { state: kindFailed, view: at('output') },
  broken: {
    state: {
      ...STATE,
      cluster: {
        ...STATE.cluster,
        state: 'broken',
        reason: 'kube-apiserver exits again and again.',
        components: [
          { name: 'kube-apiserver', state: 'backoff', restarts: 3, lastError: 'unknown flag: --anonymus-auth' },
        ],
      },
    },
    view: at('lesson'),
  },
  unavailable: {
    state: {
      ...STATE,
      current: {
        ...LESSON,
        phase: 'unavailable',
        problem: { what: 'It needs nodes.', next: 'Start the lab with --backend kind.' },
      },
    },
    view: at('lesson'),
  },
  welcome: { state: { ...STATE, current: undefined }, view: initialView },
  loading: { state: { ...STATE, loading: true, lessons: [], current: undefined }, view: initialView },
  detail: { state: STATE, view: at('detail') },
  answer: { state: answering, view: at('answer', { answer: 'crown-jewels' }) },
  hints: { state: STATE, view: at('hints') },
  solution: { state: passed, view: at('solution') },
  attack: { state: passed, view: at('attack') },
  pass: { state: passed, view: at('pass') },
  quiz: {
    state: { ...passed, current: { ...passed.current, quizAnswers: { q1: 1 } } },
    view: at('pass', { quiz: { step: 1, option: 0 } }),
  },
  list: { state: STATE, view: at('list') },
  search: { state: STATE, view: at('list', { list: { ...initialView.list, search: 'intern', typing: true } }) },
  edit: { state: STATE, view: at('edit') },
  help: { state: STATE, view: at('help') },
  question: {
    state: {
      ...STATE,
      question: { kind: 'reset', text: 'Put this lesson back to its beginning? A copy of your files is kept.' },
    },
    view: at('lesson'),
  },
  error: {
    state: {
      ...STATE,
      notices: [{ kind: 'error', what: 'The editor could not be started.', next: 'Set EDITOR.', at: NOW }],
    },
    view: at('lesson'),
  },
}

export const sceneOf = (options: {
  scene: Pick<Scene, 'state' | 'view'>
  size: Size
  env?: Readonly<Record<string, string>>
  now?: number
}): Scene => {
  const theme = createTheme({ env: options.env ?? UTF8 })
  return {
    ...options.scene,
    size: options.size,
    theme,
    markdown: createMarkdown(theme),
    editable: createFakeLab().editable(),
    now: options.now ?? NOW,
  }
}
