import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ToolStatus } from '../../../src/core/ports.ts'
import { chosenEngine, type EngineFacts, hasImage, lookAtEngines } from '../../../src/tools/machine/engine.ts'
import { type KindFacts, kindFindings } from '../../../src/tools/machine/kind-findings.ts'
import { proxyFinding } from '../../../src/tools/machine/proxy.ts'
import { script, tempFolder } from './fixture.ts'

const GIB = 1024 ** 3
const docker: EngineFacts = {
  name: 'docker',
  path: '/usr/bin/docker',
  version: '28.2.2',
  cgroup: 'v2',
  kernel: '6.1.0',
  memory: 16 * GIB,
  root: '/var/lib/docker',
}
const tool = (change: Partial<ToolStatus> = {}): ToolStatus => ({
  name: 'kind',
  version: 'v0.30.0',
  found: { path: '/x/kind', version: 'v0.30.0', source: 'cache' },
  ways: [],
  neededBy: [],
  ...change,
})
const facts = (change: Partial<KindFacts> = {}): KindFacts => ({
  env: {},
  os: 'linux',
  release: '6.1.0',
  engines: [docker],
  inotify: { watches: 524_288, instances: 512 },
  memory: 8 * GIB,
  disk: 40 * GIB,
  image: { name: 'kindest/node:v1.34.0', present: true },
  tools: [tool()],
  downloadsAnswer: false,
  ...change,
})
const states = (change: Partial<KindFacts> = {}) =>
  Object.fromEntries(kindFindings(facts(change)).map(({ id, state }) => [id, state]))
const one = (id: string, change: Partial<KindFacts>) => kindFindings(facts(change)).find((each) => each.id === id)

describe('what stands between a machine and kind', () => {
  it('nothing, on a good machine, and all of it is about kind', () => {
    expect(states()).toEqual({
      engine: 'ok',
      'tools-kind': 'ok',
      cgroup: 'ok',
      inotify: 'ok',
      'memory-node': 'ok',
      'disk-node': 'ok',
      'node-image': 'ok',
    })
    expect(kindFindings(facts()).every((each) => each.for === 'kind')).toBe(true)
  })

  it('no engine: what to install, and nothing is guessed about what lies behind it', () => {
    expect(states({ engines: [] })).toEqual({ engine: 'problem', 'tools-kind': 'ok' })
    expect(one('engine', { engines: [] })?.fix).toMatch(/Install one/)
  })

  it.each([
    ['permission', 'linux', /usermod -aG docker/],
    ['not-running', 'linux', /systemctl start docker/],
    ['not-running', 'darwin', /Docker Desktop/],
  ] as const)('an engine that is silent (%s, %s): how to reach it', (kind, os, fix) => {
    const silent: EngineFacts = { name: 'docker', path: '/d', silence: { kind, words: 'its own words' } }
    const finding = one('engine', { os, engines: [silent] })
    expect(finding).toMatchObject({ state: 'problem', found: expect.stringContaining('its own words') })
    expect(finding?.fix).toMatch(fix)
  })

  it('the engine that KIND_EXPERIMENTAL_PROVIDER names, or none', () => {
    const podman: EngineFacts = { ...docker, name: 'podman', version: '5.0.0' }
    expect(chosenEngine([docker, podman], {})?.name).toBe('docker')
    expect(chosenEngine([docker, podman], { KIND_EXPERIMENTAL_PROVIDER: 'podman' })?.name).toBe('podman')
    const env = { KIND_EXPERIMENTAL_PROVIDER: 'nerdctl' }
    expect(one('engine', { env })).toMatchObject({ state: 'problem', found: expect.stringContaining('nerdctl') })
  })

  it('cgroup v1: fine for 1.34, refused by the kubelet of 1.35, and no good without root', () => {
    const v1 = { ...docker, cgroup: 'v1' as const }
    const image = (version: string) => ({ name: `kindest/node:v${version}`, present: true })
    expect(one('cgroup', { engines: [v1] })?.state).toBe('note')
    expect(one('cgroup', { engines: [v1], image: image('1.35.1') })).toMatchObject({
      state: 'problem',
      found: expect.stringContaining('1.35'),
      fix: expect.stringContaining('--node-image'),
    })
    expect(one('cgroup', { image: image('1.36.1') })?.state).toBe('ok')
    expect(one('cgroup', { engines: [{ ...v1, rootless: true }] })?.state).toBe('problem')
  })

  it('inotify limits below what kind recommends are worth knowing, with the numbers to set', () => {
    const finding = one('inotify', { inotify: { watches: 192_536, instances: 128 } })
    expect(finding).toMatchObject({ state: 'note' })
    expect(finding?.fix).toMatch(/max_user_watches=524288 fs.inotify.max_user_instances=512/)
  })

  it('memory and disk, where the engine really runs', () => {
    expect(one('memory-node', { memory: GIB })?.state).toBe('problem')
    expect(one('disk-node', { disk: 0.5 * GIB })?.state).toBe('problem')
    expect(one('disk-node', { disk: 2 * GIB })?.state).toBe('ok')
    expect(one('disk-node', { disk: 2 * GIB, image: { name: 'kindest/node:v1.34.0', present: false } })?.state).toBe(
      'problem',
    )
    // A virtual machine has memory and limits of its own: ours say nothing about it.
    const elsewhere = { ...docker, kernel: '6.10-linuxkit', memory: 2 * GIB }
    expect(one('memory-node', { engines: [elsewhere], memory: GIB })).toMatchObject({
      state: 'ok',
      found: "2.0 GiB in the engine's machine",
    })
    expect(one('inotify', { engines: [elsewhere] })).toBeUndefined()
  })

  it('an image that has to be pulled, and a kind that has to be fetched or cannot be had', () => {
    expect(one('node-image', { image: { name: 'a/b:v1.34.0', present: false } })).toMatchObject({ state: 'note' })
    const missing = (ways: ToolStatus['ways']) => tool({ found: undefined, ways })
    expect(one('tools-kind', { tools: [missing(['build'])] })?.state).toBe('note')
    expect(one('tools-kind', { tools: [missing(['download'])] })?.state).toBe('problem')
    expect(one('tools-kind', { tools: [missing(['download'])], downloadsAnswer: true })?.state).toBe('note')
  })
})

describe('a proxy', () => {
  it('none, one of ours, one of the engine alone; its password is nobody’s business', () => {
    expect(proxyFinding({}, '')).toMatchObject({ state: 'ok', found: 'none' })
    expect(proxyFinding({}, 'http://p:3128')).toMatchObject({ state: 'note' })
    const ours = proxyFinding({ https_proxy: 'http://me:secret@proxy:3128', NO_PROXY: '10.0.0.0/8' }, '')
    expect(ours.found).toContain('HTTPS_PROXY=http://…@proxy:3128')
    expect(JSON.stringify(ours)).not.toContain('secret')
    expect(ours.fix).toMatch(/embedded: .* kind: the engine has no proxy of its own/)
    expect(proxyFinding({ HTTPS_PROXY: 'http://p' }, 'http://p').fix).toMatch(/the nodes get it/)
  })
})

describe('asking the engines', () => {
  let temp: ReturnType<typeof tempFolder>
  let env: Record<string, string>
  beforeEach(() => {
    temp = tempFolder()
    env = { PATH: join(temp.path, 'bin') }
  })
  afterEach(() => temp.remove())
  const program = (name: string, body: string) => script(join(temp.path, 'bin', name), body)

  it('none is installed', async () => {
    expect(await lookAtEngines(env)).toEqual([])
  })

  it('docker without its daemon answers with JSON all the same', async () => {
    program(
      'docker',
      `echo '{"ServerVersion":"","CgroupVersion":""}'; echo "Cannot connect to the Docker daemon" >&2; exit 1`,
    )
    const [engine] = await lookAtEngines(env)
    expect(engine).toMatchObject({
      name: 'docker',
      silence: { kind: 'not-running', words: expect.stringContaining('Cannot connect') },
    })
    expect(engine?.version).toBeUndefined()
  })

  it('docker that lets nobody in', async () => {
    program('docker', 'echo "permission denied while trying to connect to the Docker daemon socket" >&2; exit 1')
    expect((await lookAtEngines(env))[0]?.silence?.kind).toBe('permission')
  })

  it('docker and podman, each in its own words', async () => {
    const info = {
      ServerVersion: '20.10.24',
      CgroupVersion: '1',
      KernelVersion: '6.1.0',
      MemTotal: 4096,
      DockerRootDir: '/var/lib/docker',
      SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'],
      HttpsProxy: 'http://proxy:3128',
    }
    program('docker', `echo '${JSON.stringify(info)}'`)
    const podman = {
      version: { Version: '5.2.1' },
      host: { cgroupVersion: 'v2', kernel: '6.1.0', memTotal: 8192, security: { rootless: false } },
      store: { graphRoot: '/var/lib/containers/storage' },
    }
    program('podman', `echo '${JSON.stringify(podman)}'`)
    expect(await lookAtEngines(env)).toEqual([
      {
        name: 'docker',
        path: join(temp.path, 'bin', 'docker'),
        version: '20.10.24',
        cgroup: 'v1',
        kernel: '6.1.0',
        memory: 4096,
        root: '/var/lib/docker',
        rootless: true,
        proxy: 'http://proxy:3128',
      },
      {
        name: 'podman',
        path: join(temp.path, 'bin', 'podman'),
        version: '5.2.1',
        cgroup: 'v2',
        kernel: '6.1.0',
        memory: 8192,
        root: '/var/lib/containers/storage',
        rootless: false,
      },
    ])
  })

  it('whether an image is there', async () => {
    program('docker', '[ "$3" = there:1 ]')
    const engine = { ...docker, path: join(temp.path, 'bin', 'docker') }
    expect(await hasImage(engine, { image: 'there:1', env })).toBe(true)
    expect(await hasImage(engine, { image: 'gone:1', env })).toBe(false)
  })
})
