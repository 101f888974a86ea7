/** What a lesson leaves behind: objects, what add-ons keep, control-plane files, files of nodes and lab, processes. */
import { readdir, readFile } from 'node:fs/promises'
import type { Lesson } from '../core/model.ts'
import type { Clock } from '../core/ports.ts'
import { clusterId, compare, takeBaseline } from '../seeding/baseline.ts'
import type { Place } from '../seeding/begin.ts'
import { changedFiles } from '../seeding/control-plane.ts'
import { describeKey, listCluster } from '../seeding/objects.ts'
import type { SeedRecord } from '../seeding/record.ts'
import { SCRIPT_MARK } from './bench-lesson.ts'
import { type NodePicture, nodeLeftovers, pictureNodes } from './node-picture.ts'

export type Picture = {
  readonly record: SeedRecord
  readonly nodes: NodePicture
  /** Those that the lesson needs. */
  readonly addOns: readonly string[]
}

/** A picture of everything, taken before the lesson. */
export const takePicture = async ({ cluster }: Place, { needs }: Lesson, clock: Clock): Promise<Picture> => ({
  record: await takeBaseline({ cluster, clock }),
  nodes: await pictureNodes(cluster),
  addOns: needs.addons,
})

/** Processes that a script of this proof started and that live on. Where /proc is not readable, none is known. */
const processesOf = async (mark: string): Promise<readonly string[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const found = pids.map(async (pid): Promise<readonly string[]> => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(`${SCRIPT_MARK}=${mark}`)) return []
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return [`process ${pid}: ${command.replaceAll('\0', ' ').trim()}`]
  })
  return (await Promise.all(found)).flat()
}

/** Ends processes that should not be there any more, so that they do not disturb the lessons that follow. */
export const endProcesses = (leftovers: readonly string[]): void => {
  for (const each of leftovers) {
    const pid = Number(/^process (\d+):/.exec(each)?.[1])
    if (!Number.isInteger(pid)) continue
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone meanwhile.
    }
  }
}

/** Everything that is not as in the picture after the lesson was left. */
export const findLeftovers = async (options: {
  readonly place: Place
  readonly picture: Picture
  readonly mark: string
}): Promise<readonly string[]> => {
  const { place, picture, mark } = options
  const { cluster, workspace, store } = place
  const probe = await cluster.probe()
  const left: string[] = []
  // A cluster that had to be made anew has nothing of the lesson, and nothing to compare with.
  if (clusterId(probe) === picture.record.cluster) {
    const { added, missing, changed } = compare(picture.record, await listCluster(probe))
    left.push(...added.map(({ key }) => describeKey(key)))
    left.push(...changed.map(({ key }) => `${describeKey(key)} (changed)`))
    left.push(...missing.map((key) => `${describeKey(key)} (missing)`))
    const files = await changedFiles(cluster, picture.record.files)
    left.push(...files.map((name) => `control-plane file ${name} (changed)`))
    left.push(...((await place.addOns?.extras(picture.addOns)) ?? []))
    left.push(...nodeLeftovers(picture.nodes, await pictureNodes(cluster)))
  }
  const files = await workspace.list()
  left.push(...files.map((path) => `file ${path} in the lesson's folder`))
  if ((await store.attempt()) !== undefined) left.push('the attempt')
  return [...left, ...(await processesOf(mark))]
}
