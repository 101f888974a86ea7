/** The composition root: the real adapters behind the ports, each loaded when first asked for and kept. */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { applyChanges } from '../core/changes.ts'
import { NO_PROGRESS } from '../core/course.ts'
import type { Attempt, Lesson, LessonHead, Progress } from '../core/model.ts'
import type { Log, ProgressStore, Report, Workspace } from '../core/ports.ts'
import { labPaths } from '../store/paths.ts'
import { systemClock } from './clock.ts'
import type { GradingNeeds } from './grading.ts'
import { builtFolder, lessonFolders } from './lesson-folders.ts'
import type { Services } from './services.ts'

const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** `debug` gets every line of the log as it is written. */
export const openServices = (options: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly backend: string
  /** The image that kind makes its node of; the lab's own choice when left out. */
  readonly nodeImage?: string
  readonly lessons?: string
  readonly debug?: (line: string) => void
}): Services => {
  const { env } = options
  const paths = labPaths(env)
  const clock = systemClock
  const self = [process.execPath, realpathSync(process.argv[1] ?? '')]
  const log = lateLog(join(paths.state, 'lab.log'), options.debug)

  const lessons = once(async () => {
    const { createLessonSource } = await import('../lessons/source.ts')
    const built = builtFolder(options.lessons)
    const dirs = lessonFolders(options.lessons)
    return createLessonSource({ dirs, ...(built ? { built: join(built, 'lessons.json') } : {}) })
  })
  const lessonHeads = async (): Promise<readonly LessonHead[]> => {
    const [[dir = ''], built] = [lessonFolders(options.lessons), builtFolder(options.lessons)]
    const { readHeads } = await import('../lessons/heads.ts')
    return (built && readHeads(dir, join(built, 'lesson-heads'))) || (await lessons()).all()
  }

  /** Progress as this process last read or wrote it: what it changes since is put onto what is on disk by then. */
  let base: Progress = NO_PROGRESS
  const store = once(async (): Promise<ProgressStore> => {
    const { createProgressStore } = await import('../store/progress.ts')
    const files = createProgressStore({ dir: paths.state })
    return {
      ...files,
      load: async () => {
        const loaded = await files.load()
        base = loaded.progress
        return loaded
      },
    }
  })
  const saveProgress = async (mine: Progress, from: Progress = base): Promise<Progress> => {
    const { createProgressStore } = await import('../store/progress.ts')
    const files = createProgressStore({ dir: paths.state })
    const { progress: disk } = await files.load()
    const merged = applyChanges({ base: from, mine, disk })
    base = mine
    await files.save(merged)
    return merged
  }

  const tools = once(async () => {
    const { createTools } = await import('../tools/tools.ts')
    return createTools({ paths, env, log })
  })
  const select = async () => {
    const [{ selectCluster }, ready] = await Promise.all([import('../cluster/select.ts'), tools()])
    return selectCluster({
      backend,
      env,
      ...(options.nodeImage === undefined ? {} : { nodeImage: options.nodeImage }),
      paths,
      tools: ready,
      supervisorArgv: [...self, '__supervise'],
      forgetAttempt: async () => (await store()).saveAttempt(undefined),
      log,
      clock,
    })
  }
  let backend = options.backend
  let selected = once(select)
  const cluster = async () => (await selected()).cluster
  const addOns = async () => {
    const { createAddOns } = await import('../addons/add-ons.ts')
    const { certify } = await import('../cluster/certify.ts')
    return createAddOns({ cluster: await cluster(), tools: await tools(), clock, cache: paths.cache, env, certify })
  }

  const workspaceRoot = (lesson: Lesson): string => join(paths.workspace, lesson.slug)
  const workspace = async (lesson: Lesson): Promise<Workspace> => {
    const { createWorkspace } = await import('../seeding/workspace.ts')
    return createWorkspace({ root: workspaceRoot(lesson) })
  }
  const home = env.K8S_SEC_LAB_HOME ?? ''
  const grading: GradingNeeds = {
    cluster,
    workspace,
    environment: async (lesson, attempt) => {
      const { learnerEnvironment } = await import('./learner-environment.ts')
      const own = learnerEnvironment({ paths, env, cluster: (await cluster()).environment(), lesson, attempt })
      return { ...(env as Record<string, string>), ...own }
    },
    labBindings: async (lesson, on) => {
      const { labValues } = await import('../seeding/begin.ts')
      return labValues({ cluster: on, workspace: await workspace(lesson), home }, lesson)
    },
    addOns,
    clock,
    log,
  }
  const replay: Services['replay'] = async (target) => (await import('./grading.ts')).replayTarget(grading, target)

  /** What begin, reset and leave have in common. */
  const place = async (lesson: Lesson, work: { signal: AbortSignal; report?: Report }) => ({
    cluster: await cluster(),
    workspace: await workspace(lesson),
    store: await store(),
    ...(lesson.needs.addons.length > 0 ? { addOns: await addOns() } : {}),
    stateDir: paths.state,
    home,
    clock,
    report: work.report ?? (() => {}),
    signal: work.signal,
    lesson,
    replay: (attempt: Attempt) => replay({ lesson, attempt, edges: [], signal: work.signal }),
  })

  return {
    paths,
    self,
    clock,
    log,
    lessons,
    lessonHeads,
    store,
    saveProgress,
    lock: async () => {
      const { acquireLock } = await import('../store/lock.ts')
      return acquireLock({ dir: paths.state })
    },
    tools,
    cluster,
    addOns,
    choice: async () => {
      const { backend: chosen, reason, replaces } = await selected()
      return { backend: chosen, reason, ...(replaces ? { replaces } : {}) }
    },
    changeBackend: (other) => {
      backend = other
      selected = once(select)
    },
    workspace,
    workspaceRoot,
    lessonTools: async (lesson, work) => {
      const { ensureLessonTools } = await import('./lesson-tools.ts')
      return ensureLessonTools({ lesson, tools: await tools(), path: env.PATH, scanner: paths.scanner, ...work })
    },
    begin: async (lesson, work) => {
      const { begin } = await import('../seeding/begin.ts')
      return begin({ ...(await place(lesson, work)), ...(work.resume ? { resume: work.resume } : {}) })
    },
    reset: async (lesson, work) => {
      const { reset } = await import('../seeding/leave.ts')
      return reset(await place(lesson, work))
    },
    leave: async (lesson, work) => {
      const { leave } = await import('../seeding/leave.ts')
      await leave(await place(lesson, work))
    },
    grade: async (target) => (await import('./grading.ts')).gradeTarget(grading, target),
    watch: async (target, events) => (await import('./grading.ts')).watchTarget(grading, target, events),
    replay,
  }
}

/** The log file, opened with the first line that is written. */
const lateLog = (path: string, echo: ((line: string) => void) | undefined): Log => {
  let pending: Promise<Log> | undefined
  return {
    event: (name, fields) => {
      pending ??= import('../store/log.ts').then(({ createLog }) =>
        createLog({ path, now: () => systemClock.now(), ...(echo ? { echo } : {}) }),
      )
      void pending.then((log) => log.event(name, fields))
    },
  }
}
