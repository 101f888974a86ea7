import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../core/errors.ts'

/**
 * The folder of the program with everything that comes with it (lessons, clusters, dist): the one with its
 * package.json, both when packed and in a checkout. Throws UserError when the program stands alone.
 */
export const programFolder = (): string => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) {
      throw new UserError({
        what: 'The lessons and cluster profiles of the lab are not where they belong.',
        next: 'Install it again: npx k8s-sec-lab@latest start',
        exitCode: 3,
      })
    }
  }
}
