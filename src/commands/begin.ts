import { alone, beginLesson, bringUpFor, requireAvailable, unfinishedOther } from '../app/session.ts'
import { moduleTitle } from '../core/course.ts'
import { fillForReader } from '../core/fill.ts'
import { lessonLines } from '../text/lesson.ts'
import { wrap } from '../text/wrap.ts'
import { askYes } from './ask.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { stepLines } from './step-lines.ts'

/** `begin <lesson>`: brings the cluster up if needed, puts the lesson in, prints its text and the workspace folder. */
export const begin = async (context: CommandContext, _: object, args: readonly string[]): Promise<ExitCode> => {
  const { io, services } = context
  const lesson = await (await services.lessons()).find(args[0] ?? '')
  const other = await unfinishedOther(services, lesson)
  if (other) {
    const question = `Leave “${other.title}” unfinished? Its objects in the cluster are removed; your files stay.`
    if (!(await askYes(context, question))) return 0
  }
  await requireAvailable(services, lesson)
  const work = { signal: io.signal, report: stepLines(io.err) }
  const { status, begun } = await alone(services, async () => {
    const up = await bringUpFor(services, lesson, work)
    return { status: up, begun: await beginLesson(services, lesson, work) }
  })
  const { vars, captured } = begun.attempt
  const text = fillForReader(lesson.text, { vars, captured, lab: begun.lab })
  const width = io.columns()
  const shown = { title: lesson.title, moduleTitle: moduleTitle(lesson.module), minutes: lesson.minutes, text }
  const view = { ...status, steps: [], watching: false }
  const lines = [
    ...lessonLines(shown, view, width),
    '',
    ...(begun.resumed ? wrap('It had begun before: nothing in the cluster was changed.', { width }) : []),
    ...(begun.note === undefined ? [] : wrap(begun.note, { width })),
    `Your files: ${services.workspaceRoot(lesson)}`,
    ...HOW_TO_GO_ON,
  ]
  io.out(`${lines.join('\n')}\n`)
  return 0
}

export const HOW_TO_GO_ON = [
  'Go on with:',
  '  k8s-sec-lab shell     a shell with kubectl and your files',
  '  k8s-sec-lab check     how far you are',
  '  k8s-sec-lab hint      when you are stuck',
  '  k8s-sec-lab list      all lessons',
]
