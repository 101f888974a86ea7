import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraderEvents, Services } from '../../../src/app/services.ts'
import { NO_PROGRESS } from '../../../src/core/course.ts'
import { UserError } from '../../../src/core/errors.ts'
import type { AttackResult, CheckResult } from '../../../src/core/events.ts'
import type { Attempt, Lesson, Progress } from '../../../src/core/model.ts'
import type { Cluster, ClusterStatus, Workspace } from '../../../src/core/ports.ts'
import { aLesson } from '../core/lesson-fixture.ts'

export const READY: ClusterStatus = { backend: 'embedded', state: 'ready', version: 'v1.34.3', components: [] }

/** What happened to the world, in order: "up", "begin L01", "leave L01" … */
export type FakeWorld = {
  readonly services: Services
  readonly journal: string[]
  /** What the fakes answer; tests change it. */
  readonly answers: {
    status: ClusterStatus
    lessons: readonly Lesson[]
    progress: Progress
    attempt: Attempt | undefined
    results: readonly CheckResult[]
    attack: readonly AttackResult[]
    files: Map<string, string>
    /** Name of a call to the error it throws. */
    failures: Map<string, unknown>
    /** Calls that hang until cancelled. */
    hanging: Set<string>
  }
  /** The events of the running grader. */
  readonly grader: () => GraderEvents | undefined
}

export const anAttempt = (lesson: string, startedAt = '2026-01-01T00:00:00.000Z'): Attempt => ({
  lesson,
  startedAt,
  vars: { thing: 'ruby' },
  captured: {},
  images: {},
  before: { steal: '200 OK', use: '200 OK' },
})

/** Services whose ports are fakes: they grade nothing, they only answer what a test told them to. */
export const fakeWorld = (home = join(tmpdir(), 'k8s-sec-lab-never-made')): FakeWorld => {
  const journal: string[] = []
  const answers: FakeWorld['answers'] = {
    status: READY,
    lessons: [aLesson({ id: 'L01' }), aLesson({ id: 'L02' })],
    progress: NO_PROGRESS,
    attempt: undefined,
    results: [],
    attack: [],
    files: new Map(),
    failures: new Map(),
    hanging: new Set(),
  }
  let events: GraderEvents | undefined

  const call = async (name: string, signal?: AbortSignal): Promise<void> => {
    journal.push(name)
    const verb = name.split(' ')[0] ?? ''
    if (answers.hanging.has(verb)) {
      await new Promise((_, reject) => {
        const stop = () => reject(new DOMException('cancelled', 'AbortError'))
        if (signal?.aborted) stop()
        signal?.addEventListener('abort', stop, { once: true })
      }).finally(() => journal.push(`${name} cancelled`))
    }
    if (answers.failures.has(verb)) throw answers.failures.get(verb)
  }
  const cluster: Cluster = {
    backend: 'embedded',
    capabilities: () => ['api', 'etcd', 'control-plane-files'],
    up: async ({ signal, report }) => {
      report({ id: 'etcd', title: 'etcd', state: 'running' })
      await call('up', signal)
      report({ id: 'etcd', title: 'etcd', state: 'done' })
      return answers.status
    },
    down: () => call('down'),
    status: async () => answers.status,
    probe: async () => {
      throw new Error('nothing here asks the cluster')
    },
    files: () => [
      {
        name: 'kube-apiserver.yaml',
        path: '/k',
        about: 'the API server',
        takesEffect: 'restart',
        component: 'kube-apiserver',
      },
    ],
    readFile: async () => 'kind: Pod\n',
    writeFile: async () => ({ kind: 'applied', seconds: 2 }),
    restart: async () => ({ kind: 'applied', seconds: 2 }),
    images: async () => ({}),
    environment: () => ({ KUBECONFIG: '/home/lab/kubeconfig' }),
  }
  const workspace: Workspace = {
    root: join(home, 'workspace', 'l01'),
    read: async (path) => {
      const text = answers.files.get(path)
      return text === undefined ? undefined : new TextEncoder().encode(text)
    },
    stat: async () => undefined,
    list: async () => [...answers.files.keys()],
    write: async (path, content) => void answers.files.set(path, String(content)),
    watch: () => {},
  }
  const begun = (lesson: Lesson, resumed: boolean, startedAt?: string) => {
    const attempt = resumed && answers.attempt ? answers.attempt : anAttempt(lesson.id, startedAt)
    answers.attempt = attempt
    return { attempt, resumed, lab: { workspace: workspace.root } }
  }
  const services: Services = {
    paths: {
      state: join(home, 'state'),
      cache: join(home, 'cache'),
      workspace: join(home, 'workspace'),
      cluster: join(home, 'cluster'),
      bin: join(home, 'bin'),
      scanner: join(home, 'scanner'),
    },
    self: ['/usr/bin/node', '/lab/cli.js'],
    clock: {
      now: () => 1_800_000_000_000,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    },
    log: { event: () => {} },
    lessonHeads: async () => answers.lessons,
    lessons: async () => ({
      all: async () => {
        await call('lessons')
        return answers.lessons
      },
      find: async (name) => {
        const found = answers.lessons.find((lesson) => lesson.id === name.toUpperCase())
        if (found) return found
        throw new UserError({ what: `There is no lesson "${name}"`, next: 'Did you mean L01?' })
      },
    }),
    store: async () => ({
      load: async () => ({ progress: answers.progress }),
      save: async (progress) => {
        answers.progress = progress
      },
      attempt: async () => answers.attempt,
      saveAttempt: async (attempt) => {
        answers.attempt = attempt
      },
    }),
    lock: async () => {
      await call('lock')
      return async () => void journal.push('unlock')
    },
    saveProgress: async (progress) => {
      await call('save')
      answers.progress = progress
      return progress
    },
    workspace: async () => workspace,
    workspaceRoot: (lesson) => join(home, 'workspace', lesson.slug),
    tools: async () => ({ list: async () => [], ensure: async () => ({}), binDir: join(home, 'bin') }),
    addOns: async () => ({
      names: () => [],
      ensure: async () => {},
      status: async (name) => ({ name, title: name, state: 'absent', version: '', forgets: false }),
      stop: async () => {},
      start: async () => {},
      restart: async () => {},
      extras: async () => [],
      putBack: async () => {},
      lives: async () => ({}),
    }),
    cluster: async () => {
      await call('cluster')
      return cluster
    },
    choice: async () => ({ backend: 'embedded', reason: 'embedded: as you chose' }),
    changeBackend: (backend) => void journal.push(`use ${backend}`),
    lessonTools: async () => {},
    begin: async (lesson, { signal, resume }) => {
      await call(`begin ${lesson.id}`, signal)
      return begun(lesson, resume !== undefined)
    },
    reset: async (lesson, { signal }) => {
      await call(`reset ${lesson.id}`, signal)
      return begun(lesson, false, '2026-02-02T00:00:00.000Z')
    },
    leave: async (lesson, { signal }) => {
      await call(`leave ${lesson.id}`, signal)
      answers.attempt = undefined
    },
    grade: async ({ signal }) => {
      await call('grade', signal)
      return answers.results
    },
    watch: async ({ lesson }, listener) => {
      events = listener
      await call(`watch ${lesson.id}`)
      return {
        regrade: () => void journal.push('regrade'),
        stop: async () => {
          journal.push(`stop ${lesson.id}`)
          events = undefined
        },
      }
    },
    replay: async ({ signal }) => {
      await call('replay', signal)
      return answers.attack
    },
  }
  return { services, journal, answers, grader: () => events }
}
