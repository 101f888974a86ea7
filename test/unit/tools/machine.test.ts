import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ToolStatus, Tools } from '../../../src/core/ports.ts'
import { EMBEDDED_TOOLS } from '../../../src/tools/catalogue/catalogue.ts'
import { diagnose } from '../../../src/tools/machine/diagnose.ts'
import type { Finding } from '../../../src/tools/machine/finding.ts'
import { answers, loopbackFinding, publishersFinding } from '../../../src/tools/machine/network.ts'
import { goFinding, systemProgramsFinding } from '../../../src/tools/machine/programs.ts'
import { homeFinding } from '../../../src/tools/machine/storage.ts'
import { nodeFinding, platformFinding } from '../../../src/tools/machine/system.ts'
import { everything, homePaths, publisher, script, tempFolder } from './fixture.ts'

let temp: ReturnType<typeof tempFolder>
let env: Record<string, string>
beforeEach(() => {
  temp = tempFolder()
  env = { PATH: join(temp.path, 'bin') }
})
afterEach(() => temp.remove())

const program = (name: string, body = 'true') => script(join(temp.path, 'bin', name), body)

describe('what is looked at', () => {
  it.each([
    ['20.20.2', 'ok'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
    ['20.18.3', 'problem'],
    ['18.20.0', 'problem'],
  ])('Node.js %s: %s', (version, state) => {
    expect(nodeFinding(version)).toMatchObject({ state })
  })

  it('the platform, WSL included', () => {
    const linux = { os: 'linux', arch: 'x64' }
    expect(platformFinding({ ...linux, release: '6.1.0' }).found).toBe('linux-x64')
    expect(platformFinding({ ...linux, release: '5.15.1-microsoft-standard-WSL2' }).found).toContain('inside WSL')
    expect(platformFinding({ os: 'win32', arch: 'x64', release: '' })).toMatchObject({
      state: 'problem',
      fix: expect.stringContaining('WSL 2'),
    })
  })

  it('Go: none, too old, good', async () => {
    expect((await goFinding(env)).finding).toMatchObject({ state: 'note', found: 'not on PATH' })
    program('go', 'echo go1.22.1')
    expect((await goFinding(env)).finding).toMatchObject({ state: 'note', found: expect.stringContaining('too old') })
    program('go', 'echo go1.26.8')
    expect((await goFinding(env)).finding).toMatchObject({ state: 'ok', found: '1.26.8' })
  })

  it('programs of the system, each missing one by name', async () => {
    program('bash')
    expect(await systemProgramsFinding(env)).toMatchObject({ state: 'note', fix: expect.stringContaining('openssl') })
    program('openssl')
    expect(await systemProgramsFinding(env)).toMatchObject({ state: 'ok' })
  })

  it('the folders of the lab, without making them', async () => {
    const paths = homePaths(join(temp.path, 'new', 'home'))
    expect(await homeFinding(paths)).toMatchObject({ state: 'ok' })
    expect(everything(temp.path)).toEqual([])
    writeFileSync(join(temp.path, 'file'), '')
    expect(await homeFinding(homePaths(join(temp.path, 'file')))).toMatchObject({
      state: 'problem',
      found: expect.stringContaining('is a file, not a folder'),
    })
  })

  it('loopback', async () => {
    expect(await loopbackFinding()).toMatchObject({ state: 'ok' })
  })

  it('whether an address answers', async () => {
    const site = await publisher({})
    expect(await answers(site.origin)).toBeUndefined()
    await site.close()
    expect(await answers(site.origin)).toBe('ECONNREFUSED')
    expect(await publishersFinding([])).toBeUndefined()
  })
})

describe('the diagnosis', () => {
  const tool = (name: string, change: Partial<ToolStatus>): ToolStatus => ({
    name,
    version: 'v1.34.3',
    ways: [],
    neededBy: [],
    ...change,
  })
  const toolsWith = (change: Partial<ToolStatus>): Tools => ({
    list: async () => EMBEDDED_TOOLS.map((name) => tool(name, change)),
    ensure: () => Promise.reject(new Error('doctor must not get tools')),
    binDir: '',
  })
  const found = { found: { path: '/x', version: 'v1.34.3', source: 'cache' } } as const
  const silent: Finding = {
    id: 'engine',
    title: 'Container engine',
    state: 'problem',
    found: 'none',
    fix: 'Install one.',
    for: 'kind',
  }
  let engine = silent
  beforeEach(() => {
    engine = silent
  })
  const look = (change: Partial<ToolStatus>, options: { nodeVersion?: string; os?: string } = {}) => {
    mkdirSync(join(temp.path, 'home'), { recursive: true })
    return diagnose({
      tools: toolsWith(change),
      paths: homePaths(join(temp.path, 'home')),
      env,
      lookAtKind: async () => ({ findings: [engine] }),
      ...options,
    })
  }

  it('says that the embedded control plane works, and what kind lacks', async () => {
    const { backends, findings } = await look(found)
    expect(backends).toEqual([
      { backend: 'embedded', works: true, why: expect.any(String) },
      { backend: 'kind', works: false, why: 'In the way: Container engine.' },
    ])
    expect(findings).toContainEqual(expect.objectContaining({ id: 'engine', for: 'kind', state: 'problem' }))
    expect(findings.find((finding) => finding.id === 'downloads')).toBeUndefined()
  })

  it('says that kind works where nothing is in its way, whatever embedded lacks', async () => {
    engine = { id: 'engine', title: 'Container engine', state: 'ok', found: 'docker 28.2.2 answers', for: 'kind' }
    const { backends } = await look({ unavailable: 'nobody releases it.' })
    expect(backends.map(({ backend, works }) => [backend, works])).toEqual([
      ['embedded', false],
      ['kind', true],
    ])
  })

  it('names what is in the way', async () => {
    const { backends, findings } = await look({ unavailable: 'nobody releases it.' })
    expect(findings.find((finding) => finding.id === 'tools')).toMatchObject({ state: 'problem' })
    expect(backends[0]).toMatchObject({ works: false, why: 'In the way: Tools of the control plane.' })
    expect((await look(found, { nodeVersion: '18.0.0' })).backends[0]).toMatchObject({ works: false })
  })

  it('gives every problem a fix', async () => {
    const { findings } = await look({ unavailable: 'no.' }, { nodeVersion: '18.0.0', os: 'win32' })
    const problems = findings.filter((finding) => finding.state === 'problem')
    expect(problems.map((finding) => finding.id)).toEqual(['platform', 'node', 'tools', 'engine'])
    for (const finding of problems) expect(finding.fix).toMatch(/\w/)
  })
})
