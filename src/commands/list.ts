import { BACKEND_CAPABILITIES, backendsFor, specialNeeds, unavailableReason } from '../core/availability.ts'
import { progressOf } from '../core/course.ts'
import type { LessonHead, Progress } from '../core/model.ts'
import type { LessonCard } from '../core/state.ts'
import { type KnownCluster, knownClusters } from '../store/clusters.ts'
import { listLines } from '../text/list.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/** `list`: the course. Asks nothing of a cluster: it is for looking around quickly. */
export const list = async (context: CommandContext, flags: { json?: boolean }): Promise<ExitCode> => {
  const { io, options, services } = context
  const [lessons, { progress, warning }] = await Promise.all([
    services.lessonHeads(),
    services.store().then((store) => store.load()),
  ])
  if (warning) io.err(`${warning}\n`)
  if (flags.json) {
    io.out(`${JSON.stringify({ lessons: lessons.map((lesson) => entry(lesson, progress)) }, null, 2)}\n`)
    return 0
  }
  const [inUse] = await knownClusters(services.paths)
  const here = options.backend === 'auto' || options.backend === inUse?.backend ? inUse : { backend: options.backend }
  io.out(`${courseLines(lessons, { progress, here, width: io.columns() }).join('\n')}\n`)
  return 0
}

const capabilitiesOf = ({ backend, extra = [] }: KnownCluster) => [...BACKEND_CAPABILITIES[backend], ...extra]

/** The course as lines of at most `width` columns. */
export const courseLines = (
  lessons: readonly LessonHead[],
  options: {
    readonly progress: Progress
    /** The cluster that the lessons would run in; absent where that is not decided yet. */
    readonly here: KnownCluster | undefined
    readonly width: number
  },
): readonly string[] => {
  const { progress, here, width } = options
  const cards = lessons.map((lesson): LessonCard => {
    const { id, slug, title, module, layer, minutes } = lesson
    const status = progressOf(progress, id).status
    const reason = here && unavailableReason(lesson, { ...here, capabilities: capabilitiesOf(here) })
    return { id, slug, title, module, layer, minutes, status, ...(reason === undefined ? {} : { unavailable: reason }) }
  })
  const needs = here ? {} : Object.fromEntries(lessons.map((lesson) => [lesson.id, specialNeeds(lesson)]))
  return listLines(cards, { width, here: progress.last, needs })
}

/** The JSON contract of `list`. */
const entry = (lesson: LessonHead, progress: Progress) => ({
  id: lesson.id,
  title: lesson.title,
  module: lesson.module,
  layer: lesson.layer,
  minutes: lesson.minutes,
  needs: [...lesson.needs.capabilities, ...lesson.needs.tools, ...lesson.needs.addons],
  backends: backendsFor(lesson),
  status: progressOf(progress, lesson.id).status,
})
