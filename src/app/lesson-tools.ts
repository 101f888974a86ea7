import { UserError } from '../core/errors.ts'
import type { Lesson } from '../core/model.ts'
import type { Report, Tools } from '../core/ports.ts'

/** What every lesson's text uses, said or not. */
const ALWAYS = ['kubectl']

/**
 * Makes a lesson's tools available: those of the lab's catalogue are found or fetched; others, like openssl, have to be
 * on PATH. A scanner gets its database. Throws UserError that names the tools that are missing on PATH.
 */
export const ensureLessonTools = async (options: {
  readonly lesson: Lesson
  readonly tools: Tools
  readonly path: string | undefined
  /** Folder of what scanners keep. */
  readonly scanner: string
  readonly signal: AbortSignal
  readonly report: Report
}): Promise<void> => {
  const { lesson, tools, path, scanner, signal, report } = options
  const [{ catalogue }, { which }] = await Promise.all([
    import('../tools/catalogue/catalogue.ts'),
    import('../tools/exec.ts'),
  ])
  const known = new Set(catalogue.map((entry) => entry.name))
  const needed = [...new Set([...ALWAYS, ...lesson.needs.tools])]
  const others = needed.filter((name) => !known.has(name))
  const found = await Promise.all(others.map((name) => which(name, path)))
  const missing = others.filter((_, index) => found[index] === undefined)
  if (missing.length > 0) {
    throw new UserError({
      what: `Lesson ${lesson.id} needs ${missing.join(' and ')}, which was not found on PATH.`,
      next: `Install it with the package manager of your system, then open the lesson again.`,
      exitCode: 3,
    })
  }
  await tools.ensure(
    needed.filter((name) => known.has(name)),
    { signal, report },
  )
  if (!needed.includes('trivy')) return
  const { readAdvisories, writeDatabase } = await import('../scanner/database.ts')
  await writeDatabase(scanner, await readAdvisories())
}
