import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UserError } from '../core/errors.ts'
import { programFolder } from '../store/program-folder.ts'

/** The folders that lessons are read from: the one named, else the one that comes with the program. */
export const lessonFolders = (named: string | undefined): readonly string[] => {
  if (named === undefined) return [join(programFolder(), 'lessons')]
  const folder = resolve(named)
  if (existsSync(folder)) return [folder]
  throw new UserError({ what: `There is no folder ${folder}.`, next: 'Give --lessons a folder of lessons.' })
}

/** Where the build put what it read of the lab's own lessons; none for other lessons, or when run from the sources. */
export const builtFolder = (named: string | undefined): string | undefined =>
  named === undefined && process.env.LAB_VERSION !== undefined ? join(programFolder(), 'dist') : undefined
