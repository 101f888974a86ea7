/** What one-shot commands share: which lesson is meant, and whether it can be worked on now. */
import { backendsFor, specialNeeds, unavailableReason } from '../core/availability.ts'
import { progressOf, withLesson } from '../core/course.ts'
import { isAbort, UserError } from '../core/errors.ts'
import type { Attempt, Lesson, Progress } from '../core/model.ts'
import { type Outcome, outcomeOf } from '../core/outcome.ts'
import type { Cluster, ClusterStatus, Report } from '../core/ports.ts'
import type { Begun } from '../seeding/begin.ts'
import type { Services } from './services.ts'

export type Session = { readonly lesson: Lesson; readonly progress: Progress; readonly attempt?: Attempt }
export type BegunSession = Session & { readonly attempt: Attempt }

/** The lesson named, else the one in the cluster, else the last one open. Throws UserError when there is none. */
export const findSession = async (services: Services, name: string | undefined): Promise<Session> => {
  const [source, store] = await Promise.all([services.lessons(), services.store()])
  const [{ progress }, attempt] = await Promise.all([store.load(), store.attempt()])
  const wanted = name ?? attempt?.lesson ?? progress.last
  if (wanted === undefined) {
    throw new UserError({
      what: 'No lesson has begun yet.',
      next: 'Begin one, e.g. k8s-sec-lab begin L00; k8s-sec-lab list shows all.',
    })
  }
  const lesson = await source.find(wanted)
  return { lesson, progress, ...(attempt?.lesson === lesson.id ? { attempt } : {}) }
}

/** As `findSession`, for what needs the lesson in the cluster. */
export const findBegun = async (services: Services, name: string | undefined): Promise<BegunSession> => {
  const session = await findSession(services, name)
  if (session.attempt) return { ...session, attempt: session.attempt }
  throw new UserError({
    what: `${session.lesson.id} (${session.lesson.title}) is not in the cluster.`,
    next: `Begin it: k8s-sec-lab begin ${session.lesson.id}`,
  })
}

/** The cluster, if it is ready. Throws UserError (exit code 3) that says how it is otherwise. */
export const readyCluster = async (services: Services): Promise<Cluster> => {
  const cluster = await services.cluster()
  const status = await cluster.status()
  if (status.state === 'ready') return cluster
  const state = status.state === 'absent' ? 'not up' : status.state
  throw new UserError({
    what: `The cluster is ${state}${status.reason === undefined ? '' : `: ${status.reason}`}`.replace(/([^.])$/, '$1.'),
    // A reason may name the file to put right: that comes first.
    next: `${status.reason?.includes('k8s-sec-lab edit') ? 'Then bring it up' : 'Bring it up or repair it'}: k8s-sec-lab cluster up`,
    exitCode: 3,
  })
}

/** A lesson other than `lesson` that is in the cluster and has not been passed. */
export const unfinishedOther = async (services: Services, lesson: Lesson): Promise<Lesson | undefined> => {
  const [source, store] = await Promise.all([services.lessons(), services.store()])
  const [{ progress }, attempt] = await Promise.all([store.load(), store.attempt()])
  if (!attempt || attempt.lesson === lesson.id || progressOf(progress, attempt.lesson).status === 'passed') return
  return (await source.all()).find((candidate) => candidate.id === attempt.lesson)
}

/** Throws UserError for a lesson that this backend never runs, before anything is brought up for it. */
export const requireAvailable = async (services: Services, lesson: Lesson): Promise<void> => {
  const { backend, capabilities } = await services.cluster()
  if (backendsFor(lesson).includes(backend)) return
  const reason = unavailableReason(lesson, { backend, capabilities: capabilities() })
  if (reason === undefined) return
  const [other] = backendsFor(lesson)
  throw new UserError({
    what: `${lesson.id} (${lesson.title}) cannot run on the ${backend} backend: it ${specialNeeds(lesson)}.`,
    next: other
      ? `Begin it there: k8s-sec-lab begin ${lesson.id} --backend ${other} (your ${backend} cluster is removed; progress and files stay)`
      : 'See what this machine can run: k8s-sec-lab doctor',
    exitCode: 3,
  })
}

/** Does something that changes which lesson is in the cluster: not while another lab of this home is open. */
export const alone = async <T>(services: Services, work: () => Promise<T>): Promise<T> => {
  const unlock = await services.lock()
  try {
    return await work()
  } finally {
    await unlock()
  }
}

type Work = { readonly signal: AbortSignal; readonly report: Report }

/**
 * Brings the cluster up to begin `lesson`. When it does not come up with what the learner of another lesson did to its
 * control plane, that lesson is left, which puts the files back, and it is tried again.
 */
export const bringUpFor = async (services: Services, lesson: Lesson, work: Work): Promise<ClusterStatus> => {
  const [cluster, source, store] = await Promise.all([services.cluster(), services.lessons(), services.store()])
  try {
    return await cluster.up(work)
  } catch (error) {
    const attempt = await store.attempt()
    const other = (await source.all()).find((each) => each.id === attempt?.lesson && each.id !== lesson.id)
    if (!other || isAbort(error) || (await cluster.status()).state === 'absent') throw error
    await services.leave(other, work)
    return cluster.up(work)
  }
}

/** Puts a lesson into the cluster, taking another one out first, and notes it in the progress. */
export const beginLesson = async (services: Services, lesson: Lesson, work: Work): Promise<Begun> => {
  const [source, store] = await Promise.all([services.lessons(), services.store()])
  const attempt = await store.attempt()
  if (attempt && attempt.lesson !== lesson.id) {
    const other = (await source.all()).find((candidate) => candidate.id === attempt.lesson)
    if (other) await services.leave(other, work)
  }
  await services.lessonTools(lesson, work)
  const begun = await services.begin(lesson, {
    ...work,
    ...(attempt?.lesson === lesson.id ? { resume: attempt } : {}),
  })
  await noteBegun(services, begun, attempt)
  return begun
}

/** Back to the seed, with a copy of the learner's files. */
export const resetLesson = async (services: Services, session: Session, work: Work): Promise<Begun> => {
  await services.lessonTools(session.lesson, work)
  const begun = await services.reset(session.lesson, work)
  await noteBegun(services, begun, session.attempt)
  return begun
}

const noteBegun = async (services: Services, begun: Begun, earlier: Attempt | undefined): Promise<void> => {
  const { progress } = await (await services.store()).load()
  const id = begun.attempt.lesson
  const before = progressOf(progress, id)
  await services.saveProgress({
    ...withLesson(progress, id, {
      status: before.status === 'passed' ? 'passed' : 'started',
      startedAt: before.startedAt ?? begun.attempt.startedAt,
      ...(earlier?.startedAt === begun.attempt.startedAt ? {} : { edges: [] }),
    }),
    last: id,
  })
}

/** Grades every check once and notes edges and a pass. */
export const gradeSession = async (
  services: Services,
  session: BegunSession,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { lesson, attempt, progress } = session
  const results = await services.grade({ lesson, attempt, edges: progressOf(progress, lesson.id).edges, signal })
  const outcome = outcomeOf({ lesson, progress, results, at: services.clock.now() })
  if (outcome.progress !== progress) await services.saveProgress(outcome.progress)
  return outcome
}
