import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run, which } from '../../../src/tools/exec.ts'

// The program that scripts/kind/engine.sh puts in front of runc where CAP_SYS_RESOURCE is missing.
const wrapper = join(import.meta.dirname, '../../../scripts/kind/engine/runc-without-sys-resource.sh')
const sets = (names: readonly string[]) => ({ bounding: names, effective: names, permitted: names })
const ALL = ['CAP_CHOWN', 'CAP_SYS_RESOURCE', 'CAP_NET_ADMIN']
const LESS = ['CAP_CHOWN', 'CAP_NET_ADMIN']

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runc-'))
  // Says what it was called with, in place of starting a container.
  await writeFile(join(folder, 'runc'), '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n')
  await chmod(join(folder, 'runc'), 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const call = (...args: readonly string[]) =>
  run({ argv: [wrapper, ...args], env: { ...process.env, PATH: `${folder}:${process.env.PATH}` }, timeoutMs: 10_000 })
const file = (name: string) => join(folder, name)
const write = (name: string, value: unknown) => writeFile(file(name), JSON.stringify(value))
const read = async (name: string) => JSON.parse(await readFile(file(name), 'utf8'))
const needs = async () => expect(await which('jq', process.env.PATH), 'jq is needed').toBeTruthy()

describe('runc without CAP_SYS_RESOURCE', () => {
  it.each([[['--bundle', '.']], [['--bundle=.']], [['-b', '.']]])(
    'takes the one capability off a new container, and leaves the rest as it was: %j',
    async (given) => {
      await needs()
      const bundle = given.map((word) => word.replace(/\.$/, folder))
      const config = { ociVersion: '1.0.2', process: { args: ['sh'], capabilities: sets(ALL) }, mounts: [{ a: 1 }] }
      await write('config.json', config)
      const args = ['--root', '/run/x', '--log', 'create', 'create', ...bundle, '--pid-file', 'p', 'id']
      const { code, stdout } = await call(...args)
      expect(stdout.trim().split('\n')).toEqual(args)
      expect(code).toBe(7)
      expect(await read('config.json')).toEqual({ ...config, process: { args: ['sh'], capabilities: sets(LESS) } })
    },
  )

  it('does the same for a command in a running container', async () => {
    await needs()
    await write('process.json', { args: ['id'], capabilities: { ...sets(ALL), ambient: null } })
    await call('--root', '/run/x', 'exec', '--process', file('process.json'), '--detach', 'id')
    expect(await read('process.json')).toEqual({ args: ['id'], capabilities: { ...sets(LESS), ambient: null } })
  })

  it('adds nothing to a container that asks for nothing, and touches no file otherwise', async () => {
    await needs()
    await write('config.json', { process: { args: ['sh'] } })
    await call('create', '--bundle', folder, 'id')
    expect(await read('config.json')).toEqual({ process: { args: ['sh'] } })
    await write('config.json', { process: { capabilities: sets(ALL) } })
    await call('--root', folder, 'delete', '--force', 'id')
    expect(await read('config.json')).toEqual({ process: { capabilities: sets(ALL) } })
  })
})
