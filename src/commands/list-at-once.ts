/**
 * `list` without options, for looking something up in passing. The build makes one small file of this and of what it
 * needs, because finding and loading the many files of the whole program takes longer than the list itself.
 */
import { join } from 'node:path'
import { builtFolder, lessonFolders } from '../app/lesson-folders.ts'
import { readHeads } from '../lessons/heads.ts'
import { knownClusters } from '../store/clusters.ts'
import { labPaths } from '../store/paths.ts'
import { createProgressStore } from '../store/progress.ts'
import { courseLines } from './list.ts'

type Process = Pick<NodeJS.Process, 'argv' | 'env' | 'stdout' | 'stderr'>

/** True when it printed the list. False when there is anything unusual about it: the command itself has to do it. */
export const listAtOnce = async ({ env, stdout, stderr }: Process): Promise<boolean> => {
  try {
    const [dir = ''] = lessonFolders(undefined)
    const built = builtFolder(undefined)
    const lessons = built === undefined ? undefined : readHeads(dir, join(built, 'lesson-heads'))
    if (!lessons) return false
    const paths = labPaths(env)
    const [{ progress, warning }, [here]] = await Promise.all([
      createProgressStore({ dir: paths.state }).load(),
      knownClusters(paths),
    ])
    stdout.on('error', () => {}) // nobody reads any further, which is no mistake
    if (warning) stderr.write(`${warning}\n`)
    const width = stdout.columns || Number(env.COLUMNS) || 80
    stdout.write(`${courseLines(lessons, { progress, here, width }).join('\n')}\n`)
    return true
  } catch {
    return false
  }
}
