/** Carries out what the machine wants done, and reports back as events. Every failure becomes an event too. */
import type { Effect, LabEvent } from '../core/events.ts'
import type { Backend, Lesson, Progress } from '../core/model.ts'
import type { Report } from '../core/ports.ts'
import { monitorCluster } from './monitor.ts'
import { createOneByOne } from './one-by-one.ts'
import { problemOf, wasCancelled } from './problem.ts'
import type { RunningGrader, Services } from './services.ts'

type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never
export type Dispatch = (event: WithoutTime<LabEvent>) => void

export type EffectRunner = {
  readonly run: (effect: Effect) => void
  /** Stops everything, waits until it has stopped, and lets go of what was held. */
  readonly close: () => Promise<void>
}

/** `dispatch` takes what came of an effect. Effects on the cluster run one after another, in the order given. */
export const createEffectRunner = (services: Services, dispatch: Dispatch): EffectRunner => {
  const all = new AbortController()
  /** Ends with the lesson that is open, or when it is begun anew. */
  let lessonWork = new AbortController()
  let grader: { readonly run: number; readonly running: RunningGrader } | undefined
  /** What the progress in memory grew from: other loads of the file meanwhile are not ours. */
  let known: Progress | undefined
  let monitor: { readonly now: () => void } | undefined
  let monitoring = new AbortController()
  const onCluster = createOneByOne()
  const onDisk = createOneByOne()
  let lessons: readonly Lesson[] = []

  const lesson = (id: string): Lesson => {
    const found = lessons.find((candidate) => candidate.id === id)
    if (!found) throw new Error(`lesson ${id} was never loaded`)
    return found
  }

  /** A job about the open lesson: cancelled with it, and a failure told through `failed` unless it was cancelled. */
  const forLesson = (job: (signal: AbortSignal) => Promise<void>, failed: (error: unknown) => void): void => {
    const signal = AbortSignal.any([all.signal, lessonWork.signal])
    void onCluster.add(async () => {
      if (signal.aborted) return
      try {
        await job(signal)
      } catch (error) {
        if (!wasCancelled(error, signal)) failed(error)
      }
    })
  }

  const report: Report = (step) => dispatch({ kind: 'step', step })
  const notice = (error: unknown): void => dispatch({ kind: 'noticed', ...problemOf(error), error: true })

  const stopGrader = async (): Promise<void> => {
    const stopping = grader
    grader = undefined
    await stopping?.running.stop()
  }

  const load = async (): Promise<void> => {
    try {
      const [source, store] = await Promise.all([services.lessons(), services.store()])
      const [found, { progress, warning }, attempt] = await Promise.all([source.all(), store.load(), store.attempt()])
      lessons = found
      known = progress
      const workspaces = Object.fromEntries(found.map((each) => [each.id, services.workspaceRoot(each)]))
      dispatch({ kind: 'loaded', lessons: found, workspaces, progress, attempt, warning })
    } catch (error) {
      dispatch({ kind: 'load-failed', ...problemOf(error) })
    }
  }

  const bringUp = async (backend: Backend | undefined): Promise<void> => {
    try {
      if (backend) {
        services.changeBackend(backend)
        monitoring.abort()
        monitoring = new AbortController()
        monitor = undefined
      }
      const [cluster, choice] = await Promise.all([services.cluster(), services.choice()])
      const before = cluster.capabilities()
      dispatch({ kind: 'backend-chosen', ...choice, capabilities: before })
      const status = await cluster.up({ signal: all.signal, report })
      const { backend: chosen } = choice
      const capabilities = cluster.capabilities()
      if (capabilities.length !== before.length) dispatch({ kind: 'backend-chosen', backend: chosen, capabilities })
      dispatch({ kind: 'cluster-up', status })
      monitor ??= monitorCluster({
        cluster,
        clock: services.clock,
        signal: AbortSignal.any([all.signal, monitoring.signal]),
        tell: (seen) => dispatch({ kind: 'cluster-status', status: seen }),
      })
    } catch (error) {
      if (!wasCancelled(error, all.signal)) dispatch({ kind: 'cluster-failed', ...problemOf(error) })
    }
  }

  const watch = async (effect: Effect & { kind: 'watch' }, signal: AbortSignal): Promise<void> => {
    const { run } = effect
    await stopGrader()
    const running = await services.watch(
      { lesson: lesson(effect.lesson), attempt: effect.attempt, edges: effect.edges, signal },
      {
        changed: (what) => dispatch({ kind: 'changed', run, what }),
        grading: () => dispatch({ kind: 'grading', run }),
        verdict: (result) => dispatch({ kind: 'verdict', run, result }),
        graded: (results, ms) => dispatch({ kind: 'graded', run, results, ms }),
        watching: (alive) => dispatch({ kind: 'watch-health', alive }),
        reachable: () => monitor?.now(),
      },
    )
    if (signal.aborted) await running.stop()
    else grader = { run, running }
  }

  const run = (effect: Effect): void => {
    if (all.signal.aborted) return
    switch (effect.kind) {
      case 'load':
        void load()
        return
      case 'bring-up':
        void onCluster.add(() => bringUp(effect.backend))
        return
      case 'unwatch':
        lessonWork.abort()
        lessonWork = new AbortController()
        void onCluster.add(stopGrader)
        return
      case 'leave':
        void onCluster.add(async () => {
          try {
            await services.leave(lesson(effect.lesson), { signal: all.signal, report })
          } catch (error) {
            if (!all.signal.aborted) notice(error)
          }
        })
        return
      case 'begin':
      case 'reset':
        forLesson(
          async (signal) => {
            const target = lesson(effect.lesson)
            await services.lessonTools(target, { signal, report })
            const begun =
              effect.kind === 'begin'
                ? await services.begin(target, { signal, report, resume: effect.resume })
                : await services.reset(target, { signal, report })
            dispatch({ kind: 'begun', run: effect.run, ...begun })
          },
          (error) => dispatch({ kind: 'begin-failed', run: effect.run, ...problemOf(error) }),
        )
        return
      case 'watch':
        forLesson((signal) => watch(effect, signal), notice)
        return
      case 'grade':
        if (grader?.run === effect.run) grader.running.regrade()
        return
      case 'replay-attack':
        forLesson(
          async (signal) => {
            const target = { lesson: lesson(effect.lesson), attempt: effect.attempt, edges: [], signal }
            dispatch({ kind: 'attack-done', run: effect.run, steps: await services.replay(target) })
          },
          (error) => dispatch({ kind: 'attack-failed', run: effect.run, error: problemOf(error).what }),
        )
        return
      case 'write-answer':
        void onDisk.add(async () => {
          try {
            const { writeAnswer } = await import('./answers.ts')
            await writeAnswer(await services.workspace(lesson(effect.lesson)), effect)
            grader?.running.regrade()
          } catch (error) {
            notice(error)
          }
        })
        return
      case 'save-progress':
        void onDisk.add(async () => {
          try {
            await services.saveProgress(effect.progress, known)
            known = effect.progress
          } catch (error) {
            notice(error)
          }
        })
        return
      case 'close':
        void close()
        return
    }
  }

  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= (async () => {
      // What was to be saved is saved; everything else stops.
      await onDisk.idle()
      all.abort()
      await onCluster.idle()
      await stopGrader()
      await onDisk.idle()
    })()
    return closing
  }
  return { run, close }
}
