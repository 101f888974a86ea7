import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { programFolder } from '../store/program-folder.ts'
import { CONFIG_FILES, type ConfigFile } from './control-plane-files.ts'

/** A file of clusters/, which comes with the program. Throws UserError when it cannot be read. */
export const readProfileFile = async (name: string): Promise<string> => {
  const path = join(programFolder(), 'clusters', name)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw brokenInstall(path, error)
  }
}

/** A file that comes with the program is gone or damaged. */
export const brokenInstall = (path: string, cause: unknown): UserError =>
  new UserError({
    what: `A file of the lab itself cannot be read: ${path}`,
    next: 'Install the lab again: npx k8s-sec-lab@latest start',
    exitCode: 3,
    cause,
  })

/** First contents of kube-apiserver's config files, the same for every backend, placeholders included. */
export const readConfigProfile = async (): Promise<Readonly<Record<ConfigFile, string>>> =>
  Object.fromEntries(
    await Promise.all(CONFIG_FILES.map(async (name) => [name, await readProfileFile(`config/${name}`)])),
  )
