import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoadedLesson } from './load.ts'

/** What ends a module, `<lessons>/<module>/closing.md`: a look back over its lessons, such as which of several ways to choose. */
const closingOf = async (dir: string, module: string): Promise<string | undefined> => {
  try {
    return (await readFile(join(dir, module, 'closing.md'), 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The lessons of a folder in course order, where the debrief of a module's last one goes on with the module's closing page. */
export const withClosings = async (dir: string, loaded: readonly LoadedLesson[]): Promise<readonly LoadedLesson[]> => {
  const last = new Map(loaded.map((each) => [each.folder.module, each]))
  return Promise.all(
    loaded.map(async (each) => {
      const { lesson } = each
      if (lesson === undefined || last.get(each.folder.module) !== each) return each
      const closing = await closingOf(dir, each.folder.module)
      return closing ? { ...each, lesson: { ...lesson, debrief: `${lesson.debrief}\n\n${closing}` } } : each
    }),
  )
}
