import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAbort, UserError } from '../../../src/core/errors.ts'
import type { Checksum, Download } from '../../../src/tools/catalogue/entry.ts'
import { run, which } from '../../../src/tools/exec.ts'
import { createTools } from '../../../src/tools/tools.ts'
import {
  compiledIn,
  everything,
  homePaths,
  publisher,
  recorder,
  sha256,
  tarball,
  tempFolder,
  toolEntry,
  toolScript,
} from './fixture.ts'

/** A zip archive with `pack/one`, which answers `one v1.34.3`. */
const ZIP = Buffer.from(
  [
    'UEsDBAoAAAAAAKRhd11JXdHIHQAAAB0AAAAIAAAAcGFjay9vbmUjIS9iaW4vc2gKZWNobyAib25lIHYxLjM0LjMiClBLAQIeAwoA',
    'AAAAAKRhd11JXdHIHQAAAB0AAAAIAAAAAAAAAAEAAACkgQAAAABwYWNrL29uZVBLBQYAAAAAAQABADYAAABDAAAAAAA=',
  ].join(''),
  'base64',
)

let temp: ReturnType<typeof tempFolder>
let site: Awaited<ReturnType<typeof publisher>>
let home: string
let archive: Buffer
beforeEach(async () => {
  temp = tempFolder()
  home = join(temp.path, 'home')
  archive = tarball(temp.path, {
    'pack/bin/one': toolScript('one', 'v1.34.3'),
    'pack/bin/two': toolScript('two', 'v1.34.3'),
  })
  site = await publisher({ '/pack.tar.gz': archive })
})
afterEach(async () => {
  await site.close()
  temp.remove()
})

const fromPack = (member: string, checksum: Checksum = compiledIn(sha256(archive))): Download => ({
  version: 'v1.34.3',
  url: `${site.origin}/pack.tar.gz`,
  format: 'tar.gz',
  member: `pack/bin/${member}`,
  checksum,
})
const sums = (): Checksum => ({ kind: 'publisher', algorithm: 'sha256', url: `${site.origin}/SHA256SUMS` })

const lab = (entries: readonly ReturnType<typeof toolEntry>[], sources = 'cache,download') =>
  createTools({
    paths: homePaths(home),
    env: { PATH: '/usr/bin:/bin', K8S_SEC_LAB_TOOL_SOURCES: sources },
    catalogue: entries,
    os: 'linux',
    arch: 'x64',
  })
const one = () => toolEntry('one', { downloads: [fromPack('one')] })
const two = () => toolEntry('two', { downloads: [fromPack('two')] })

/** What a failed attempt may leave in the cache: nothing but the folder of the (free) locks. */
const leftovers = () => everything(join(home, 'cache', 'tools')).filter((path) => path !== 'locks')

const failure = async (promise: Promise<unknown>): Promise<UserError> => {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(UserError)
  expect(error.exitCode).toBe(3)
  return error
}

describe('a download', () => {
  it('is verified, unpacked, tried, cached and linked; a shared archive is fetched once', async () => {
    const { steps, report } = recorder()
    const tools = lab([one(), two()])
    const paths = await tools.ensure(['one', 'two'], { report })
    expect(site.requests).toEqual(['/pack.tar.gz'])
    for (const name of ['one', 'two']) {
      const path = paths[name] ?? ''
      expect(path).toMatch(new RegExp(`/cache/tools/${name}/v1\\.34\\.3-[0-9a-f]{12}/${name}$`))
      expect((await run({ argv: [path] })).stdout).toBe(`${name} v1.34.3\n`)
      expect((await run({ argv: [join(tools.binDir, name)] })).stdout).toBe(`${name} v1.34.3\n`)
    }
    const bytes = steps.filter((step) => step.id === 'tool:one' && step.unit === 'bytes').at(-1)
    expect(bytes).toMatchObject({ done: archive.length, total: archive.length, state: 'running' })
    expect(steps.at(-1)).toMatchObject({ state: 'done', detail: 'downloaded, checksum verified' })
    expect(everything(join(home, 'cache', 'tools')).filter((path) => path.startsWith('draft'))).toEqual([])
  })

  it('is not repeated: the second time everything comes from the cache', async () => {
    const { steps, report } = recorder()
    await lab([one()]).ensure(['one'], { report })
    await lab([one()]).ensure(['one'], { report })
    expect(site.requests).toHaveLength(1)
    expect(steps.at(-1)).toMatchObject({ state: 'done', detail: 'from the cache' })
  })

  it('is repeated when the cached program was changed', async () => {
    const { report } = recorder()
    const { one: path = '' } = await lab([one()]).ensure(['one'], { report })
    writeFileSync(path, 'shorter')
    await lab([one()]).ensure(['one'], { report })
    expect(readFileSync(path, 'utf8')).toBe(toolScript('one', 'v1.34.3'))
    expect(site.requests).toHaveLength(2)
  })

  it('with another checksum is deleted, and stops everything', async () => {
    site.routes['/pack.tar.gz'] = tarball(temp.path, { 'pack/bin/one': toolScript('one', 'v6.6.6') })
    const error = await failure(lab([one()], 'cache,download,build').ensure(['one'], recorder()))
    expect(error.message).toContain('does not have the sha256 checksum its publisher announced; it was deleted')
    expect(leftovers()).toEqual([])
  })

  it('that breaks off leaves nothing, and the next try is whole', async () => {
    site.routes['/pack.tar.gz'] = (_, response) => {
      response.writeHead(200, { 'content-length': archive.length })
      response.write(archive.subarray(0, 100), () => response.destroy())
    }
    const error = await failure(lab([one()]).ensure(['one'], recorder()))
    expect(error.message).toMatch(/Could not get one v1\.34\.3 \(cache: not in the cache; download: .* broke off/)
    expect(error.next).toContain('tools install one')
    expect(leftovers()).toEqual([])
    site.routes['/pack.tar.gz'] = archive
    expect(await lab([one()]).ensure(['one'], recorder())).toHaveProperty('one')
  })

  it('that is cancelled in the middle leaves nothing', async () => {
    const stop = new AbortController()
    site.routes['/pack.tar.gz'] = (_, response) => {
      response.writeHead(200, { 'content-length': archive.length })
      response.write(archive.subarray(0, 100), () => stop.abort())
    }
    const error = await lab([one()])
      .ensure(['one'], { ...recorder(), signal: stop.signal })
      .catch((thrown) => thrown)
    expect(isAbort(error)).toBe(true)
    expect(leftovers()).toEqual([])
    expect(everything(join(home, 'cache', 'tools', 'locks'))).toEqual([])
  })

  it('that is not there says so for every tool it was for, and names the next way', async () => {
    delete site.routes['/pack.tar.gz']
    const error = await failure(lab([one(), two()], 'download,build').ensure(['one', 'two'], recorder()))
    expect(error.message).toMatch(/one .*answered 404.*two .*answered 404/)
    expect(error.message).toContain('building it needs Go 99.0 or newer')
  })

  it('that holds another version than announced is not kept', async () => {
    const wrong = toolEntry('one', { version: 'v1.34.4', downloads: [{ ...fromPack('one'), version: 'v1.34.4' }] })
    const error = await failure(lab([wrong]).ensure(['one'], recorder()))
    expect(error.message).toContain('says it is v1.34.3, not v1.34.4')
    expect(leftovers()).toEqual([])
  })

  it('without the program inside is not kept', async () => {
    const absent = toolEntry('one', { downloads: [fromPack('absent')] })
    const error = await failure(lab([absent, two()]).ensure(['one', 'two'], recorder()))
    expect(error.message).toContain('pack/bin/absent could not be taken out of the archive')
    expect(error.message).not.toContain('two v1.34.3')
    // What did work is kept for the next time.
    expect(leftovers().filter((path) => path.endsWith('/two'))).toHaveLength(1)
  })

  it('of a plain program needs no archive', async () => {
    const content = toolScript('plain', 'v1.34.3')
    site.routes['/plain'] = content
    const url = `${site.origin}/plain`
    const entry = toolEntry('plain', {
      downloads: [{ version: 'v1.34.3', url, format: 'binary', checksum: compiledIn(sha256(content)) }],
    })
    expect(await lab([entry]).ensure(['plain'], recorder())).toHaveProperty('plain')
  })

  it('of a zip archive takes unzip, and says so where there is none', async () => {
    site.routes['/pack.zip'] = ZIP
    const download = { ...fromPack('one', compiledIn(sha256(ZIP))), url: `${site.origin}/pack.zip`, member: 'pack/one' }
    const entry = toolEntry('one', { downloads: [{ ...download, format: 'zip' }] })
    if (await which('unzip', process.env.PATH)) {
      expect(await lab([entry]).ensure(['one'], recorder())).toHaveProperty('one')
    } else {
      expect((await failure(lab([entry]).ensure(['one'], recorder()))).message).toContain('unzip was not found')
    }
  })

  it('asks a host that gave no answer only once in a call', async () => {
    await site.close()
    const many = [one(), toolEntry('two', { downloads: [{ ...fromPack('two'), url: `${site.origin}/other.tar.gz` }] })]
    const { steps, report } = recorder()
    await failure(lab(many).ensure(['one', 'two'], { report }))
    expect(steps.filter((step) => step.state === 'failed').map((step) => step.detail)).toEqual([
      expect.stringContaining('cannot be reached'),
      expect.stringContaining('cannot be reached'),
    ])
    site = await publisher({})
  })

  it('is done once when two labs want it at the same time', async () => {
    await Promise.all([lab([one()]).ensure(['one'], recorder()), lab([one()]).ensure(['one'], recorder())])
    expect(site.requests).toHaveLength(1)
  })
})

describe("a publisher's own checksum", () => {
  const viaPublisher = () => toolEntry('one', { downloads: [fromPack('one', sums())] })
  const record = () => join(home, 'state', 'tool-checksums.json')

  it('is fetched, verified and recorded at first use', async () => {
    site.routes['/SHA256SUMS'] = `${sha256('other')}  other.tar.gz\n${sha256(archive)}  pack.tar.gz\n`
    expect((await lab([viaPublisher()]).list())[0]?.checksum).toBe('publisher')
    await lab([viaPublisher()]).ensure(['one'], recorder())
    expect(JSON.parse(readFileSync(record(), 'utf8'))).toMatchObject({
      [`${site.origin}/pack.tar.gz`]: { algorithm: 'sha256', hex: sha256(archive) },
    })
    expect((await lab([viaPublisher()]).list())[0]).toMatchObject({
      checksum: 'recorded',
      found: { source: 'download' },
    })
  })

  it('that changed since first use stops everything, even when the new file fits it', async () => {
    site.routes['/SHA256SUMS'] = `${sha256(archive)}  pack.tar.gz\n`
    await lab([viaPublisher()]).ensure(['one'], recorder())
    rmSync(join(home, 'cache'), { recursive: true })
    const other = tarball(temp.path, { 'pack/bin/one': `${toolScript('one', 'v1.34.3')}# changed\n` })
    site.routes['/pack.tar.gz'] = other
    site.routes['/SHA256SUMS'] = `${sha256(other)}  pack.tar.gz\n`
    const error = await failure(lab([viaPublisher()]).ensure(['one'], recorder()))
    expect(error.message).toContain('is not the one recorded at first use')
    expect(error.next).toContain(record())
    expect(leftovers()).toEqual([])
  })

  it('that does not fit the file deletes it, and nothing is recorded', async () => {
    site.routes['/SHA256SUMS'] = `${sha256('else')}  pack.tar.gz\n`
    await failure(lab([viaPublisher()]).ensure(['one'], recorder()))
    expect(leftovers()).toEqual([])
    expect((await lab([viaPublisher()]).list())[0]?.checksum).toBe('publisher')
  })

  it('that cannot be had means no download', async () => {
    const error = await failure(lab([viaPublisher()]).ensure(['one'], recorder()))
    expect(error.message).toContain('answered 404 for /SHA256SUMS')
    expect(site.requests).not.toContain('/pack.tar.gz')
  })
})
