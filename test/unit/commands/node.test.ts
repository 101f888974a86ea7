import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { editFile } from '../../../src/commands/edit-file.ts'
import { node } from '../../../src/commands/node.ts'
import type { NodeAccess } from '../../../src/core/ports.ts'
import { run } from '../../../src/tools/exec.ts'
import { fakeWorld } from '../app/fake-services.ts'
import { commandBench } from './run-command.ts'

/** A bench whose cluster has one node: this machine, below a temporary folder. */
const onNode = async (options: { readonly input?: string; readonly nodes?: readonly string[] } = {}) => {
  const root = await mkdtemp(join(tmpdir(), 'k8s-sec-lab-node-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const asked: unknown[] = []
  const nodes: NodeAccess = {
    published: async () => undefined,
    list: async () => options.nodes ?? ['lab-control-plane'],
    exec: (_, argv) => run({ argv }),
    foreground: async (name, argv, how) => {
      asked.push({ name, argv, ...how })
      return argv.length === 0 ? ['sh', '-c', 'exit 5'] : argv
    },
    readFile: (_, path) => readFile(path, 'utf8'),
    writeFile: async (_, path, text, { mode = 0o600 } = {}) => {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
      await chmod(path, mode)
    },
    loadImages: async () => {},
    provideImages: async () => ({}),
  }
  const world = fakeWorld(root)
  const cluster = await world.services.cluster()
  const services = { ...world.services, cluster: async () => ({ ...cluster, backend: 'kind' as const, nodes }) }
  return { root, asked, bench: commandBench({ input: options.input, world: { ...world, services } }) }
}

describe('node', () => {
  it('opens the shell of the node, and hands its exit code on', async () => {
    const { bench, asked } = await onNode()
    expect((await bench.run((context) => node(context, {}, []))).code).toBe(5)
    expect(asked).toEqual([{ name: 'lab-control-plane', argv: [], tty: false }])
  })

  it('runs one command there, dashes and all', async () => {
    const { bench, asked } = await onNode()
    const argv = ['sh', '-c', 'exit 7', '--', '-x']
    expect((await bench.run((context) => node(context, {}, argv))).code).toBe(7)
    expect(asked).toEqual([{ name: 'lab-control-plane', argv, tty: false }])
  })

  it('says what to do where there is none', async () => {
    const { code, err } = await commandBench().run((context) => node(context, {}, []))
    expect(code).toBe(3)
    expect(err).toContain('The embedded backend has no nodes')
    const { bench } = await onNode({ nodes: [] })
    expect((await bench.run((context) => node(context, {}, []))).err).toContain('k8s-sec-lab cluster up')
  })
})

describe('edit node:', () => {
  it('writes a file back with the mode it had', async () => {
    const { bench, root } = await onNode({ input: 'new\n' })
    const path = join(root, 'unit.conf')
    await writeFile(path, 'old\n')
    await chmod(path, 0o640)
    const { code, out } = await bench.run((context) => editFile(context, { from: '-' }, [`node:${path}`]))
    expect([code, out]).toEqual([0, `${path}: written on node lab-control-plane.\n`])
    expect(await readFile(path, 'utf8')).toBe('new\n')
    expect((await stat(path)).mode & 0o777).toBe(0o640)
    const shown = await bench.run((context) => editFile(context, { print: true }, [`node:${path}`]))
    expect(shown.out).toBe('new\n')
  })

  it('makes a file that is not there yet, for root alone', async () => {
    const { bench, root } = await onNode({ input: '{}' })
    const path = join(root, 'seccomp/own.json')
    const { out } = await bench.run((context) => editFile(context, { from: '-' }, [`node:${path}`]))
    expect(out).toBe(`${path}: made on node lab-control-plane.\n`)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('leaves a file alone that was not changed', async () => {
    const { bench, root } = await onNode({ input: 'same' })
    const path = join(root, 'a')
    await writeFile(path, 'same')
    const { out } = await bench.run((context) => editFile(context, { from: '-' }, [`node:${path}`]))
    expect(out).toBe(`${path}: nothing changed.\n`)
  })

  it.each([
    ['node:etc/hosts', 'node:etc/hosts names no file on the node'],
    ['node:/etc/', 'node:/etc/ names no file on the node'],
    ['node:/etc', '/etc on the node is no file: it is a directory.'],
  ])('refuses %s', async (name, words) => {
    const { bench } = await onNode({ input: '' })
    const { err } = await bench.run((context) => editFile(context, { from: '-' }, [name]))
    expect(err).toContain(words)
  })

  it('is offered where there are nodes, and refused where there are none', async () => {
    const { bench } = await onNode()
    expect((await bench.run((context) => editFile(context, {}, []))).out).toContain('node:/absolute/path')
    const embedded = commandBench()
    expect((await embedded.run((context) => editFile(context, { print: true }, ['node:/etc/hosts']))).err).toContain(
      'The embedded backend has no nodes',
    )
  })
})
