import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { learnerEnvironment, writeShim } from '../app/learner-environment.ts'
import { lessonFolders } from '../app/lesson-folders.ts'
import type { Services } from '../app/services.ts'
import { openServices } from '../app/wire.ts'
import type { Attempt, Lesson } from '../core/model.ts'
import { lintLessons } from '../lessons/lint.ts'
import { mistakeLine } from '../lessons/mistake.ts'
import { closingLine, lessonLines, type VerifyReport } from '../verify/report.ts'
import { verifyLessons } from '../verify/verify.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'
import { stepLines } from './step-lines.ts'

const errorsOf = async (lesson: Lesson, dirs: readonly string[]): Promise<readonly string[]> =>
  (await lintLessons({ dirs, only: [lesson.id] })).mistakes
    .filter(({ severity }) => severity === 'error')
    .map(mistakeLine)

/**
 * `lessons verify [lesson…]`: proves lessons on a cluster of its own, in a temporary home that is removed afterwards;
 * only the cache of tools is shared. Exit code 0 when every lesson is proved, 1 with findings, 3 when none could run.
 */
export const lessonsVerify = async (
  context: CommandContext,
  flags: { json?: boolean },
  args: readonly string[],
): Promise<ExitCode> => {
  const { io, options } = context
  const source = await context.services.lessons()
  const lessons = args.length > 0 ? await Promise.all(args.map((name) => source.find(name))) : await source.all()
  const dirs = lessonFolders(options.lessons)
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-verify-'))
  const user = join(home, 'user')
  mkdirSync(user)
  const { KUBECONFIG: _, ...outer } = io.env
  const env = { ...outer, HOME: user, K8S_SEC_LAB_HOME: home, K8S_SEC_LAB_CACHE: context.services.paths.cache }
  const fresh = (): Services => openServices({ env, backend: options.backend, lessons: options.lessons })
  const own = fresh()
  const report = stepLines(io.err)
  const { signal } = io
  const cluster = await own.cluster()
  try {
    await cluster.up({ signal, report })
    await writeShim(own.paths, own.self)
    for (const lesson of lessons) await own.lessonTools(lesson, { signal, report })
    const result = await verifyLessons({
      lessons,
      backend: cluster.backend,
      capabilities: cluster.capabilities(),
      clock: own.clock,
      signal,
      report,
      onLesson: (lesson) => {
        if (!flags.json) io.out(`${lessonLines(lesson).join('\n')}\n`)
      },
      lintOf: (lesson) => errorsOf(lesson, dirs),
      open: async (lesson) => {
        const services = fresh()
        return {
          cluster: await services.cluster(),
          workspace: await services.workspace(lesson),
          store: await services.store(),
          stateDir: services.paths.state,
          home,
          clock: services.clock,
          report: () => undefined,
          signal,
        }
      },
      environment: async (lesson: Lesson, attempt: Attempt) => ({
        ...(env as Record<string, string>),
        ...learnerEnvironment({ paths: own.paths, env, cluster: cluster.environment(), lesson, attempt }),
      }),
    })
    io.out(flags.json ? `${JSON.stringify(result, null, 2)}\n` : `${closingLine(result)}\n`)
    return exitCodeOf(result)
  } finally {
    await cluster.down({ report: () => undefined })
    rmSync(home, { recursive: true, force: true })
  }
}

const exitCodeOf = (result: VerifyReport): ExitCode => {
  if (!result.ok) return 1
  return result.lessons.every((lesson) => lesson.skipped !== undefined) ? 3 : 0
}
