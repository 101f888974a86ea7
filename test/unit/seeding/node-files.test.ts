import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Bindings } from '../../../src/core/model.ts'
import type { Cluster, NodeAccess } from '../../../src/core/ports.ts'
import { keepNodeFiles, restoreNodes, seedNodes } from '../../../src/seeding/node-files.ts'
import { run } from '../../../src/tools/exec.ts'

const bindings: Bindings = { vars: { word: 'ruby' }, captured: {}, nonce: {}, lab: {}, image: {} }

/** A "node" that is this machine: the scripts run in its real shell, on paths in a temporary folder. */
const world = async () => {
  const root = await mkdtemp(join(tmpdir(), 'k8s-sec-lab-node-files-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const nodes: Pick<NodeAccess, 'list' | 'exec' | 'writeFile'> = {
    list: async () => ['n1'],
    exec: async (_, argv, { stdin } = {}) => run({ argv, ...(stdin === undefined ? {} : { input: stdin }) }),
    writeFile: async (_, path, text, { mode = 0o600 } = {}) => {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
      await chmod(path, mode)
    },
  }
  return { root, cluster: { backend: 'kind', nodes: nodes as NodeAccess } satisfies Pick<Cluster, 'nodes' | 'backend'> }
}
const there = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

describe('files on nodes', () => {
  it('come with the lesson and go with it, folders on the way included', async () => {
    const { root, cluster } = await world()
    const lesson = {
      nodeSeed: [
        { path: `${root}/etc/demo/deep/x.json`, text: '((vars.word))\n' },
        { path: `${root}/bin/tool`, text: '#!/bin/sh\n', mode: 0o755 },
      ],
      nodeFiles: [`${root}/seccomp/profiles`],
    }
    const before = await keepNodeFiles(cluster, lesson)
    await seedNodes(cluster, lesson, { bindings })
    expect(await readFile(`${root}/etc/demo/deep/x.json`, 'utf8')).toBe('ruby\n')
    expect((await stat(`${root}/etc/demo/deep/x.json`)).mode & 0o777).toBe(0o644)
    expect((await stat(`${root}/bin/tool`)).mode & 0o777).toBe(0o755)
    await mkdir(`${root}/seccomp/profiles/own`, { recursive: true })
    await writeFile(`${root}/seccomp/profiles/own/a b.json`, '{}')
    await restoreNodes(cluster, before)
    for (const path of ['etc', 'bin', 'seccomp']) expect([path, await there(join(root, path))]).toEqual([path, false])
    await restoreNodes(cluster, before)
  })

  it('are as before where there were some: content, mode, links, and nothing more', async () => {
    const { root, cluster } = await world()
    await mkdir(`${root}/etc/own`, { recursive: true })
    await writeFile(`${root}/etc/own/a`, 'as it was', { mode: 0o640 })
    await symlink('a', `${root}/etc/own/link`)
    await writeFile(`${root}/etc/single`, Buffer.from([0, 255, 10, 0]))
    const lesson = { nodeSeed: [{ path: `${root}/etc/single`, text: 'seeded' }], nodeFiles: [`${root}/etc/own`] }
    const before = await keepNodeFiles(cluster, lesson)
    await seedNodes(cluster, lesson, { bindings })
    await writeFile(`${root}/etc/own/a`, 'changed')
    await chmod(`${root}/etc/own/a`, 0o777)
    await writeFile(`${root}/etc/own/b`, 'new')
    await writeFile(`${root}/etc/other`, 'of somebody else')
    await rm(`${root}/etc/own/link`)
    await restoreNodes(cluster, before)
    expect(await readFile(`${root}/etc/own/a`, 'utf8')).toBe('as it was')
    expect((await stat(`${root}/etc/own/a`)).mode & 0o777).toBe(0o640)
    expect(await readFile(`${root}/etc/own/link`, 'utf8')).toBe('as it was')
    expect(await there(`${root}/etc/own/b`)).toBe(false)
    expect(await there(`${root}/etc/other`)).toBe(true)
    expect(await readFile(`${root}/etc/single`)).toEqual(Buffer.from([0, 255, 10, 0]))
  })

  it('keep a folder that somebody else has put something into', async () => {
    const { root, cluster } = await world()
    const lesson = { nodeSeed: [{ path: `${root}/etc/demo/x`, text: 'x' }], nodeFiles: [] }
    const before = await keepNodeFiles(cluster, lesson)
    await seedNodes(cluster, lesson, { bindings })
    await writeFile(`${root}/etc/demo/y`, 'of somebody else')
    await restoreNodes(cluster, before)
    expect([await there(`${root}/etc/demo/x`), await there(`${root}/etc/demo/y`)]).toEqual([false, true])
  })

  it('ask nothing of a cluster for a lesson without any, and say why they cannot be had', async () => {
    const none = { nodeSeed: [], nodeFiles: [] }
    expect(await keepNodeFiles({ backend: 'embedded' }, none)).toEqual({})
    await seedNodes({ backend: 'embedded' }, none, { bindings })
    await expect(keepNodeFiles({ backend: 'embedded' }, { ...none, nodeFiles: ['/etc/x'] })).rejects.toThrow(
      'The embedded backend has no nodes to put files on.',
    )
  })
})
