import { readFile } from 'node:fs/promises'
import { NO_PROGRESS } from '../core/course.ts'
import { UserError } from '../core/errors.ts'
import { count } from '../text/spoken.ts'
import { askYes } from './ask.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

/** `progress export`: the progress as JSON on stdout. */
export const progressExport = async (context: CommandContext): Promise<ExitCode> => {
  const [store, { exportProgress }] = await Promise.all([context.services.store(), import('../store/progress.ts')])
  context.io.out(await exportProgress(store))
  return 0
}

/** `progress import <file>`: merges an exported file in; `-` reads stdin. Nothing achieved is taken away. */
export const progressImport = async (
  context: CommandContext,
  _: object,
  args: readonly string[],
): Promise<ExitCode> => {
  const { io, services } = context
  const file = args[0] ?? '-'
  const text = file === '-' ? await readAll(io.stdin) : await readNamed(file)
  const { importProgress } = await import('../store/progress.ts')
  const name = file === '-' ? 'The text on stdin' : file
  const merged = await importProgress({ store: await services.store(), text, name })
  const passed = Object.values(merged.lessons).filter((lesson) => lesson.status === 'passed').length
  io.out(`Merged. ${count(passed, 'lesson')} passed.\n`)
  return 0
}

/** `progress reset`: forgets everything, after a question. The cluster and the learner's files stay. */
export const progressReset = async (context: CommandContext): Promise<ExitCode> => {
  const { io, services } = context
  const [source, store] = await Promise.all([services.lessons(), services.store()])
  const [lessons, { progress }] = await Promise.all([source.all(), store.load()])
  const passed = lessons.filter((lesson) => progress.lessons[lesson.id]?.status === 'passed')
  const question = `Forget your progress (${count(passed.length, 'lesson')} passed)? The cluster and your files stay.`
  if (!(await askYes(context, question))) return 0
  await store.save(NO_PROGRESS)
  io.out('Your progress is empty.\n')
  return 0
}

const readNamed = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new UserError({
      what: missing ? `There is no file ${file}.` : `${file} cannot be read.`,
      next: 'Give a file that k8s-sec-lab progress export printed.',
      cause: error,
    })
  }
}

const readAll = async (stream: NodeJS.ReadableStream): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
