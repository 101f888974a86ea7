import { randomUUID } from 'node:crypto'
import { mkdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes `<binDir>/<name>` a link to a program, replacing an older link in one step. */
export const linkTool = async (binDir: string, name: string, target: string): Promise<void> => {
  const link = join(binDir, name)
  if ((await readlink(link).catch(() => undefined)) === target) return
  await mkdir(binDir, { recursive: true })
  const draft = join(binDir, `.${name}.${randomUUID().slice(0, 8)}`)
  await symlink(target, draft)
  await rename(draft, link).catch(async (error) => {
    await rm(draft, { force: true })
    throw error
  })
}
