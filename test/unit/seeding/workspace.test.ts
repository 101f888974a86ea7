import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import { createWorkspace } from '../../../src/seeding/workspace.ts'
import { clearSeeded, emptyWorkspace, hashOf } from '../../../src/seeding/workspace-files.ts'
import { temporary } from '../store/temporary.ts'

const make = async () => {
  const dir = await temporary()
  const root = join(dir, 'lesson')
  return { dir, root, workspace: createWorkspace({ root }) }
}

describe('a workspace', () => {
  it('is empty before it exists, and keeps what is written, with its mode', async () => {
    const { workspace, root } = await make()
    expect(await workspace.list()).toEqual([])
    expect(await workspace.read('a.txt')).toBeUndefined()
    await workspace.write('sub/a.txt', 'text', 0o600)
    await workspace.write('b.sh', 'echo', 0o755)
    expect(await workspace.list()).toEqual(['b.sh', 'sub/a.txt'])
    expect(Buffer.from((await workspace.read('sub/a.txt')) ?? []).toString()).toBe('text')
    expect(await workspace.stat('sub/a.txt')).toEqual({ size: 4, mode: 0o600 })
    expect((await workspace.stat('b.sh'))?.mode).toBe(0o755)
    expect(await workspace.stat('sub')).toBeUndefined()
    expect(await workspace.read('sub')).toBeUndefined()
    expect((await stat(root)).mode & 0o777).toBe(0o700)
  })

  it.each(['../outside', '/etc/hostname', 'sub/../../outside', 'link/file', 'filelink'])(
    'refuses %s, which leads out of it',
    async (path) => {
      const { dir, root, workspace } = await make()
      await mkdir(join(dir, 'other'))
      await mkdir(root)
      await writeFile(join(dir, 'outside'), 'secret')
      await writeFile(join(dir, 'other/file'), 'secret')
      await symlink(join(dir, 'other'), join(root, 'link'))
      await symlink(join(dir, 'outside'), join(root, 'filelink'))
      await expect(workspace.read(path)).rejects.toThrow(UserError)
      await expect(workspace.stat(path)).rejects.toThrow(UserError)
      await expect(workspace.write(path, 'mine')).rejects.toThrow(UserError)
      expect(await readFile(join(dir, 'outside'), 'utf8')).toBe('secret')
      expect(await readFile(join(dir, 'other/file'), 'utf8')).toBe('secret')
      expect(await workspace.list()).toEqual([])
    },
  )

  it('follows a link that stays inside, and survives one that leads nowhere or in circles', async () => {
    const { root, workspace } = await make()
    await workspace.write('real.txt', 'text')
    await symlink('real.txt', join(root, 'alias.txt'))
    await symlink('nowhere', join(root, 'dangling'))
    await symlink('loop', join(root, 'loop'))
    expect(await workspace.list()).toEqual(['alias.txt', 'real.txt'])
    expect(Buffer.from((await workspace.read('alias.txt')) ?? []).toString()).toBe('text')
    expect(await workspace.read('dangling')).toBeUndefined()
    await expect(workspace.read('loop')).rejects.toThrow(UserError)
  })

  it('tells of each change, also in folders that come later', async () => {
    const { root, workspace } = await make()
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const seen: string[] = []
    let changed = (): void => undefined
    const until = async (wanted: string): Promise<void> => {
      while (!seen.includes(wanted)) {
        await new Promise<void>((resolve) => {
          changed = resolve
        })
      }
    }
    workspace.watch((path) => {
      seen.push(path)
      changed()
    }, stop.signal)
    await workspace.write('a.txt', 'one')
    await until('a.txt')
    await workspace.write('sub/b.txt', 'two')
    await until('sub/b.txt')
    await writeFile(join(root, '.c.swp'), 'three')
    await rename(join(root, '.c.swp'), join(root, 'c.txt'))
    await until('c.txt')
  })
})

describe("the learner's files", () => {
  it('are kept aside when one is not as the lab put it there', async () => {
    const { dir, workspace } = await make()
    await workspace.write('seeded.txt', 'seed')
    await workspace.write('own/answer.txt', 'mine')
    const kept = await emptyWorkspace({ workspace, seeded: { 'seeded.txt': hashOf('seed') }, at: 0 })
    expect(kept).toBe(join(dir, '.kept', 'lesson-1970-01-01T00-00-00-000Z'))
    expect(await readFile(join(kept ?? '', 'own/answer.txt'), 'utf8')).toBe('mine')
    expect(await workspace.list()).toEqual([])
  })

  it('are not copied when there are none', async () => {
    const { dir, workspace } = await make()
    await workspace.write('seeded.txt', 'seed')
    expect(await emptyWorkspace({ workspace, seeded: { 'seeded.txt': hashOf('seed') }, at: 0 })).toBeUndefined()
    expect(await readdir(dir)).toEqual(['lesson'])
    expect(await workspace.list()).toEqual([])
  })

  it('stay when the lesson is left; what the lab put there goes', async () => {
    const { dir, workspace } = await make()
    const seeded = { 'sub/seeded.txt': hashOf('seed'), 'changed.txt': hashOf('before') }
    await workspace.write('sub/seeded.txt', 'seed')
    await workspace.write('changed.txt', 'after')
    await clearSeeded(workspace, seeded)
    expect(await workspace.list()).toEqual(['changed.txt'])
    await clearSeeded(workspace, { 'changed.txt': hashOf('after') })
    expect(await readdir(dir)).toEqual([])
  })
})
