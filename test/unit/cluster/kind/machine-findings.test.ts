import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Engine, ReadyEngine } from '../../../../src/cluster/kind/engine.ts'
import { nodeImageHere } from '../../../../src/cluster/kind/machine-facts.ts'
import { type KindFacts, kindFindings } from '../../../../src/cluster/kind/machine-findings.ts'
import type { ToolStatus } from '../../../../src/core/ports.ts'
import { proxyFinding } from '../../../../src/tools/machine/proxy.ts'
import { script, tempFolder } from '../../tools/fixture.ts'

const GIB = 1024 ** 3
const docker: ReadyEngine = {
  kind: 'ready',
  name: 'Docker',
  command: 'docker',
  version: '28.2.2',
  rootless: false,
  cgroup: 2,
  kernel: '6.1.0',
  memoryBytes: 16 * GIB,
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
  release: '6.1.0',
  engine: docker,
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

  it('no engine that answers: why, what to do, and nothing is guessed about what lies behind it', () => {
    const engine: Engine = { kind: 'not-running', name: 'Docker', what: 'It sleeps.', next: 'Wake it.' }
    expect(states({ engine })).toEqual({ engine: 'problem', 'tools-kind': 'ok' })
    expect(one('engine', { engine })).toMatchObject({ found: 'It sleeps.', fix: 'Wake it.' })
  })

  it('cgroup v1: fine for 1.34, refused by the kubelet of 1.35', () => {
    const v1 = { ...docker, cgroup: 1 as const }
    const image = (version: string) => ({ name: `kindest/node:v${version}`, present: true })
    expect(one('cgroup', { engine: v1 })?.state).toBe('note')
    expect(one('cgroup', { engine: v1, image: image('1.35.1') })).toMatchObject({
      state: 'problem',
      found: expect.stringContaining('1.35'),
      fix: expect.stringContaining('--node-image'),
    })
    expect(one('cgroup', { image: image('1.36.1') })?.state).toBe('ok')
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
    const elsewhere = { ...docker, kernel: '6.10-linuxkit', memoryBytes: 2 * GIB }
    expect(one('memory-node', { engine: elsewhere, memory: GIB })).toMatchObject({
      state: 'ok',
      found: "2.0 GiB in the engine's machine",
    })
    expect(one('inotify', { engine: elsewhere })).toBeUndefined()
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

describe('an image', () => {
  it('is there, or is not', async () => {
    const temp = tempFolder()
    try {
      const built = 'k8s-sec-lab.local/node:v1.34.3-abc'
      const list = `printf '%s\\n' k8s-sec-lab.local/node:v1.35.0-def ${built}`
      const command = script(
        join(temp.path, 'docker'),
        `case $2 in inspect) [ "$3" = there:1 ] || [ "$3" = ${built} ];; ls) ${list};; esac`,
      )
      const look = (nodeImage?: string) => nodeImageHere({ command }, { nodeImage, env: {} }, undefined)
      expect(await look('there:1')).toEqual({ name: 'there:1', present: true })
      expect(await look('gone:1')).toEqual({ name: 'gone:1', present: false })
      // Nobody named one, and the pinned one is not there: one that was built for the lab is.
      expect(await look()).toEqual({ name: built, present: true })
    } finally {
      temp.remove()
    }
  })
})
