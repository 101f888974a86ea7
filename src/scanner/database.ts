/** The vulnerability database that the lab gives Trivy, so that scans work without a network. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { writeAtomic } from '../store/atomic.ts'
import { programFolder } from '../store/program-folder.ts'
import { type Advisory, databaseOf } from './advisories.ts'
import { boltFile } from './bolt-file.ts'

const SCHEMA_VERSION = 2
/** Nobody asks whether there is a newer one. */
const NEVER = '2100-01-01T00:00:00Z'

/** The lab's own advisories, clusters/advisories.yaml. */
export const readAdvisories = async (): Promise<readonly Advisory[]> =>
  parse(await readFile(join(programFolder(), 'clusters', 'advisories.yaml'), 'utf8')) as readonly Advisory[]

/** Writes the database where Trivy looks for it below a cache folder of its own. The same advisories give the same bytes. */
export const writeDatabase = async (cacheDir: string, advisories: readonly Advisory[]): Promise<void> => {
  const folder = join(cacheDir, 'db')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const updated = `${
    advisories
      .map(({ published }) => published)
      .sort()
      .at(-1) ?? '1970-01-01'
  }T00:00:00Z`
  const metadata = { Version: SCHEMA_VERSION, NextUpdate: NEVER, UpdatedAt: updated, DownloadedAt: updated }
  await writeAtomic(join(folder, 'trivy.db'), boltFile(databaseOf(advisories)))
  await writeAtomic(join(folder, 'metadata.json'), JSON.stringify(metadata))
}
