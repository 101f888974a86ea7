import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isRunning } from '../../../src/store/process-identity.ts'
import { buildFolder, downloadFolder, publish, readCached, sweepDrafts, withDraft } from '../../../src/tools/cache.ts'
import type { Download } from '../../../src/tools/catalogue/entry.ts'
import { compiledIn, everything, tempFolder, toolEntry } from './fixture.ts'

let temp: ReturnType<typeof tempFolder>
beforeEach(() => {
  temp = tempFolder()
})
afterEach(() => temp.remove())

const entry = toolEntry('tool')
const download: Download = {
  version: 'v1.34.3',
  url: 'https://example.org/x',
  format: 'binary',
  checksum: compiledIn('a'.repeat(64)),
}
const origin = { tool: 'tool', version: 'v1.34.3', source: 'build' } as const

describe('the folder of a tool', () => {
  it('changes with everything that changes the program, and with nothing else', () => {
    const platform = 'linux-x64'
    const folders = [
      downloadFolder('/c', { entry, platform, download }),
      downloadFolder('/c', { entry, platform: 'linux-arm64', download }),
      downloadFolder('/c', { entry, platform, download: { ...download, url: 'https://example.org/y' } }),
      downloadFolder('/c', { entry, platform, download: { ...download, checksum: compiledIn('b'.repeat(64)) } }),
      buildFolder('/c', { entry, platform, build: entry.build }),
      buildFolder('/c', { entry, platform, build: { ...entry.build, ldflags: '-s' } }),
    ]
    expect(new Set(folders).size).toBe(folders.length)
    for (const folder of folders) expect(folder).toMatch(/^\/c\/tools\/tool\/v1\.34\.3-[0-9a-f]{12}$/)
    expect(downloadFolder('/c', { entry: { ...entry, about: 'else' }, platform, download })).toBe(folders[0])
  })
})

describe('a cached program', () => {
  const folder = () => join(temp.path, 'tools', 'tool', 'v1')
  const put = () =>
    withDraft(temp.path, async (draft) => {
      const ready = join(draft, 'ready')
      mkdirSync(ready)
      writeFileSync(join(ready, 'tool'), 'program', { mode: 0o755 })
      return publish({ draft: ready, folder: folder(), origin })
    })

  it('appears in whole, and its draft is gone', async () => {
    const { path } = await put()
    expect(await readCached(folder(), 'tool')).toEqual({ path, origin: { ...origin, size: 7 } })
    expect(everything(join(temp.path, 'tools')).filter((name) => name.startsWith('draft'))).toEqual([])
  })

  it('is not believed when its size, its mode or its origin is not what was put there', async () => {
    const { path } = await put()
    chmodSync(path, 0o644)
    expect(await readCached(folder(), 'tool')).toBeUndefined()
    chmodSync(path, 0o755)
    writeFileSync(path, 'cut')
    expect(await readCached(folder(), 'tool')).toBeUndefined()
    await put() // puts it right again
    expect(await readCached(folder(), 'tool')).toBeDefined()
    writeFileSync(join(folder(), 'origin.json'), '{')
    expect(await readCached(folder(), 'tool')).toBeUndefined()
  })

  it('leaves no draft when the work fails', async () => {
    await expect(withDraft(temp.path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(everything(join(temp.path, 'tools'))).toEqual([])
  })
})

describe('sweeping', () => {
  it('removes drafts of processes that are gone, and of other machines after a day; never those of the living', async () => {
    const child = spawn('true')
    await once(child, 'exit')
    await withDraft(temp.path, async (mine) => {
      const root = join(temp.path, 'tools')
      const [word, host] = basename(mine).split('-')
      const names = { dead: `${word}-${host}-${child.pid}-x`, foreign: `${word}-abcdef-1-x`, old: `${word}-abcdef-2-x` }
      for (const name of Object.values(names)) mkdirSync(join(root, name))
      const longAgo = new Date(Date.now() - 25 * 3600 * 1000)
      utimesSync(join(root, names.old), longAgo, longAgo)
      await sweepDrafts(temp.path, isRunning)
      expect(everything(root)).toEqual([basename(mine), names.foreign].sort())
    })
  })
})
