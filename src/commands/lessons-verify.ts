import { ADD_ON_NAMES, ONLY_IN_CONTAINERS } from '../addons/catalogue.ts'
import { lessonFolders } from '../app/lesson-folders.ts'
import { publicImages } from '../cluster/lesson-images.ts'
import { UserError } from '../core/errors.ts'
import type { Lesson } from '../core/model.ts'
import { lintLessons } from '../lessons/lint.ts'
import { mistakeLine } from '../lessons/mistake.ts'
import { closingLine, type LessonReport, lessonLines, type VerifyReport } from '../verify/report.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { stepLines } from './step-lines.ts'
import { type Lane, openLane } from './verify-lane.ts'

const errorsOf = async (lesson: Lesson, dirs: readonly string[]): Promise<readonly string[]> =>
  (
    await lintLessons({
      dirs,
      only: [lesson.id],
      catalogue: { images: Object.keys(publicImages()), addons: ADD_ON_NAMES, onlyInContainers: ONLY_IN_CONTAINERS },
    })
  ).mistakes
    .filter(({ severity }) => severity === 'error')
    .map(mistakeLine)

const lanesOf = (flag: string | undefined, lessons: number): number => {
  const lanes = Number(flag ?? 1)
  if (Number.isInteger(lanes) && lanes >= 1) return Math.max(1, Math.min(lanes, lessons))
  throw new UserError({ what: `--lanes ${flag} is no number of clusters.`, next: 'Give a whole number, such as 2.' })
}

/**
 * `lessons verify [lesson…]`: proves lessons on clusters of their own, in temporary homes that are removed afterwards.
 * With `--lanes N`, N clusters work side by side: a proof mostly waits. With `--wrong nodes`, wrong turns are proved of
 * lessons that look at nodes alone: those of the others are about the API, which is the same on every backend. Exit code 0
 * when every lesson is proved, 1 with findings, 3 when none could run.
 */
export const lessonsVerify = async (
  context: CommandContext,
  flags: { json?: boolean; lanes?: string; wrong?: 'all' | 'nodes' },
  args: readonly string[],
): Promise<ExitCode> => {
  const { io, options } = context
  const source = await context.services.lessons()
  const lessons = args.length > 0 ? await Promise.all(args.map((name) => source.find(name))) : await source.all()
  const dirs = lessonFolders(options.lessons)
  const lanes = lanesOf(flags.lanes, lessons.length)
  // The long ones first: a lane that begins one at the end would work alone.
  const queue = lanes === 1 ? [...lessons] : [...lessons].sort((a, b) => b.wrong.length - a.wrong.length)
  const reports: LessonReport[] = []
  const told = (report: LessonReport): void => {
    reports.push(report)
    if (!flags.json) io.out(`${lessonLines(report).join('\n')}\n`)
  }
  const work = async (lane: Lane): Promise<void> => {
    for (let lesson = queue.shift(); lesson !== undefined; lesson = queue.shift()) {
      for (const report of (await lane.prove(lesson)).lessons) told(report)
    }
  }
  const report = stepLines(io.err)
  const opened: Lane[] = []
  try {
    // One after the other: what the first has to get, the others find.
    for (let lane = 0; lane < lanes; lane += 1) {
      opened.push(
        await openLane({ context, report, lintOf: (lesson) => errorsOf(lesson, dirs), wrong: flags.wrong ?? 'all' }),
      )
    }
    const ends = await Promise.allSettled(opened.map(work))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  } finally {
    await Promise.all(opened.map((lane) => lane.close()))
  }
  const backend = opened[0]?.backend ?? 'embedded'
  const place = (id: string): number => lessons.findIndex((lesson) => lesson.id === id)
  const sorted = reports.sort((a, b) => place(a.id) - place(b.id))
  const result: VerifyReport = { backend, ok: sorted.every(({ ok }) => ok), lessons: sorted }
  io.out(flags.json ? `${JSON.stringify(result, null, 2)}\n` : `${closingLine(result)}\n`)
  return exitCodeOf(result)
}

const exitCodeOf = (result: VerifyReport): ExitCode => {
  if (!result.ok) return 1
  return result.lessons.every((lesson) => lesson.skipped !== undefined) ? 3 : 0
}
