import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LabPaths } from '../../store/paths.ts'
import { type Finding, note, ok, problem } from './finding.ts'
import { gibibytes } from './system.ts'

const GIB = 1024 ** 3
/** etcd's data, logs and the learner's files. */
const HOME_NEEDS = 1 * GIB
/** Downloads and unpacked programs, or Go's module and build caches while building. */
const CACHE_NEEDS = 1.5 * GIB

/** The folder itself, or the nearest one above it that exists: that is where the lab would make it. */
const nearestExisting = async (folder: string): Promise<string> => {
  for (let current = folder; ; current = dirname(current)) {
    if (await stat(current).catch(() => undefined)) return current
    if (current === dirname(current)) return current
  }
}

const writable = async (folder: string): Promise<string | undefined> => {
  const existing = await nearestExisting(folder)
  try {
    if (!(await stat(existing)).isDirectory()) return `${existing} is a file, not a folder`
    await access(existing, constants.W_OK | constants.X_OK)
    return undefined
  } catch {
    return `${existing} is not writable for you`
  }
}

/** Whether the lab can write all its folders. */
export const homeFinding = async (paths: LabPaths): Promise<Finding> => {
  for (const folder of [paths.state, paths.cache, paths.workspace, paths.cluster, paths.bin]) {
    const objection = await writable(folder)
    if (objection) {
      return problem('home', 'Folders of the lab', {
        found: `${folder} cannot be used: ${objection}`,
        fix: 'Make it writable for you, or set K8S_SEC_LAB_HOME to a folder that is.',
      })
    }
  }
  return ok('home', 'Folders of the lab', `writable (state in ${paths.state})`)
}

const spaceFor = async (options: { folder: string; needs: number; id: string; title: string; variable: string }) => {
  const { folder, needs, id, title, variable } = options
  try {
    const { bavail, bsize } = await statfs(await nearestExisting(folder))
    const free = bavail * bsize
    if (free >= needs) return ok(id, title, `${gibibytes(free)} free`)
    return problem(id, title, {
      found: `${gibibytes(free)} free at ${folder}; ${gibibytes(needs)} may be needed`,
      fix: `Free some space, or set ${variable} to a folder on another disk.`,
    })
  } catch {
    return note(id, title, `the free space at ${folder} could not be read`)
  }
}

/** Free space where the cluster's data lies, and where tools are kept unless all of them are there. */
export const diskFindings = (paths: LabPaths, options: { toolsMissing: boolean }): Promise<readonly Finding[]> =>
  Promise.all([
    spaceFor({
      folder: paths.cluster,
      needs: HOME_NEEDS,
      id: 'disk-home',
      title: 'Disk, for the cluster',
      variable: 'K8S_SEC_LAB_HOME',
    }),
    ...(options.toolsMissing
      ? [
          spaceFor({
            folder: paths.cache,
            needs: CACHE_NEEDS,
            id: 'disk-cache',
            title: 'Disk, for tools',
            variable: 'K8S_SEC_LAB_CACHE',
          }),
        ]
      : []),
  ])
