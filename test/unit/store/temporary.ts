import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new folder that is removed after the test. */
export const temporary = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'lab-store-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}
