import { mkdir } from 'node:fs/promises'
import { learnerEnvironment, writeShim } from '../app/learner-environment.ts'
import type { Services } from '../app/services.ts'
import type { Attempt, Lesson } from '../core/model.ts'
import type { Io } from './io.ts'

export type Place = {
  readonly lesson?: Lesson
  /** The learner's folder of the lesson; of all lessons when there is none. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/** The lesson the learner is at: the one in the cluster, else the last one open; undefined before the first. */
const lessonHere = async (services: Services): Promise<{ lesson?: Lesson; attempt?: Attempt }> => {
  const store = await services.store()
  const [attempt, { progress }] = await Promise.all([store.attempt(), store.load()])
  const id = attempt?.lesson ?? progress.last
  if (id === undefined) return {}
  const lesson = (await (await services.lessons()).all()).find((each) => each.id === id)
  return { lesson, attempt }
}

/**
 * Where the learner works and with which environment: what `shell`, `env` and `edit` have in common. Writes the
 * `k8s-sec-lab` that stands in front of PATH there.
 */
export const learnerPlace = async (io: Io, services: Services): Promise<Place> => {
  const [{ lesson, attempt }, cluster] = await Promise.all([lessonHere(services), services.cluster()])
  await writeShim(services.paths, services.self)
  const folder = lesson ? (await services.workspace(lesson)).root : services.paths.workspace
  // Before the first lesson there is no folder yet, and a program cannot be started in one that is missing.
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const env = learnerEnvironment({
    paths: services.paths,
    env: io.env,
    cluster: cluster.environment(),
    lesson,
    attempt,
  })
  return { folder, env, ...(lesson ? { lesson } : {}) }
}
