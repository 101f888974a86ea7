import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../core/errors.ts'

/**
 * The folders that lessons are read from: the one named, else the one that comes with the program, which lies beside
 * its package.json both when packed and in a checkout.
 */
export const lessonFolders = (named: string | undefined): readonly string[] => {
  if (named === undefined) return [join(programFolder(), 'lessons')]
  const folder = resolve(named)
  if (existsSync(folder)) return [folder]
  throw new UserError({ what: `There is no folder ${folder}.`, next: 'Give --lessons a folder of lessons.' })
}

/** Where the build put what it read of the lab's own lessons; none for other lessons, or when run from the sources. */
export const builtFolder = (named: string | undefined): string | undefined =>
  named === undefined && process.env.LAB_VERSION !== undefined ? join(programFolder(), 'dist') : undefined

const programFolder = (): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) {
      throw new UserError({
        what: 'The lessons of the lab are not where they belong.',
        next: 'Install it again: npx k8s-sec-lab@latest start',
        exitCode: 3,
      })
    }
  }
}
