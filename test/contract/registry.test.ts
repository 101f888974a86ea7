import { readdir, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { certify } from '../../src/cluster/certify.ts'
import { list, read } from '../../src/core/api/objects.ts'
import { deleteManifest, listRepositories, listTags, pullManifest, storedDigests } from '../../src/core/api/registry.ts'
import type { AddOns, Probe } from '../../src/core/ports.ts'
import { createLessonSource } from '../../src/lessons/source.ts'
import { makeImage } from '../../src/oci/image.ts'
import { pushImage } from '../../src/oci/push.ts'
import { begin, labValues } from '../../src/seeding/begin.ts'
import { leave } from '../../src/seeding/leave.ts'
import { registryAt } from '../../src/seeding/registry.ts'
import { createWorkspace } from '../../src/seeding/workspace.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createProgressStore } from '../../src/store/progress.ts'
import { createTools } from '../../src/tools/tools.ts'
import { ownCluster } from '../support/cluster.ts'
import { lessonsFolder } from '../unit/lessons/fixture-lesson.ts'

const quiet = { report: () => undefined }
const WEB = 'shop/web'
const alpine = (version: string) => ({
  'etc/alpine-release': `${version}\n`,
  'lib/apk/db/installed': `P:musl\nV:${version}-r0\n\n`,
})
const IMAGES = [
  { repository: WEB, tags: ['1.0', 'latest'], layers: [alpine('3.18.0')], capture: 'first' },
  {
    repository: WEB,
    tags: ['latest'],
    layers: [alpine('3.20.0'), { 'srv/((vars.password))': 'é' }],
    capture: 'second',
  },
  { repository: WEB, tags: ['1.0'], layers: [alpine('3.19.0')] },
  { repository: 'tools/scan', layers: [{ 'a.txt': 'a' }], capture: 'bare' },
]

/** The lesson of the unit tests, with images in the registry. */
const lessonOf = async () => {
  const dir = await lessonsFolder({
    'lesson.yaml': (text) =>
      `${text.replace('tools: [kubectl]', 'tools: [kubectl], addons: [registry]')}\nregistry: ${JSON.stringify(IMAGES)}\n`,
    'seed/workspace/registry.txt': () => '((lab.registry)) ((captured.second))',
  })
  return createLessonSource({ dirs: [dir] }).find('L90')
}

describe('the registry as an add-on', () => {
  const own = ownCluster()
  const env = process.env
  const { cache } = labPaths(env)
  let addOns: AddOns
  let probe: Probe
  let page: string
  let captured: Readonly<Record<string, string>>
  const place = () => ({
    cluster: own.cluster,
    workspace: createWorkspace({ root: join(own.paths.workspace, 'registry') }),
    store: createProgressStore({ dir: own.paths.state }),
    stateDir: own.paths.state,
    addOns,
    home: own.home,
    clock: systemClock,
    ...quiet,
  })
  const known = () =>
    [
      { repository: WEB, digest: captured.first ?? '' },
      { repository: WEB, digest: captured.second ?? '' },
      { repository: 'tools/scan', digest: captured.bare ?? '' },
    ] as const
  /** What this machine gets at the address that learners are told. */
  const get = async (path: string, accept = '*/*') => {
    const [host, port] = (await registryAt(own.cluster)).split(':')
    return new Promise<{ readonly status: number; readonly body: Buffer }>((resolve, reject) => {
      request({ host, port, path, headers: { accept } }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }))
      })
        .on('error', reject)
        .end()
    })
  }

  beforeAll(async () => {
    await own.cluster.up(quiet)
    const tools = createTools({ paths: { ...own.paths, cache }, env })
    addOns = createAddOns({ cluster: own.cluster, tools, clock: systemClock, cache, env, certify })
    await addOns.ensure(['registry'], quiet)
    probe = await own.cluster.probe()
  })
  afterAll(() => own.remove())

  it('is filled at begin, and the tag that came again points at the last', async () => {
    const { attempt } = await begin({ ...place(), lesson: await lessonOf() })
    captured = attempt.captured
    page = attempt.vars.password ?? ''
    expect(await listRepositories(probe)).toEqual([WEB, 'tools/scan'])
    expect(await listTags(probe, WEB)).toEqual(['1.0', 'latest'])
    expect(await listTags(probe, 'no/such')).toEqual([])
    const latest = await pullManifest(probe, { repository: WEB, reference: 'latest' })
    expect(latest).toMatchObject({ status: 200, digest: captured.second })
    const made = await makeImage({ layers: [alpine('3.20.0'), { [`srv/${page}`]: 'é' }] })
    expect(latest.digest).toBe(made.manifest.digest)
    expect(latest.json).toEqual(JSON.parse(Buffer.from(made.manifest.bytes).toString()))
    expect((await pullManifest(probe, { repository: WEB, reference: 'none' })).status).toBe(404)
  })

  it('tells of a digest without a tag only to who knows it', async () => {
    const tagged = await storedDigests(probe, [])
    expect(tagged.map(({ repository, tags }) => [repository, tags])).toEqual(
      expect.arrayContaining([
        [WEB, ['1.0']],
        [WEB, ['latest']],
      ]),
    )
    expect(tagged).toHaveLength(2)
    const all = await storedDigests(probe, [...known(), { repository: WEB, digest: `sha256:${'0'.repeat(64)}` }])
    expect(all).toHaveLength(4)
    expect(all).toContainEqual({ repository: WEB, digest: captured.first, tags: [] })
    expect(all).toContainEqual({ repository: WEB, digest: captured.second, tags: ['latest'] })
    expect(all).toContainEqual({ repository: 'tools/scan', digest: captured.bare, tags: [] })
  })

  it('is reached from this machine, blobs and all', async () => {
    const { registry } = await labValues(place(), { needs: { capabilities: [], tools: [], addons: ['registry'] } })
    expect(registry).toBe(await registryAt(own.cluster))
    expect(await readFile(join(own.paths.workspace, 'registry', 'registry.txt'), 'utf8')).toBe(
      `${registry} ${captured.second}`,
    )
    const { manifest, blobs } = await makeImage({ layers: [alpine('3.18.0')] })
    const found = await get(`/v2/${WEB}/manifests/${captured.first}`, manifest.mediaType)
    expect(found.body).toEqual(Buffer.from(manifest.bytes))
    for (const { digest, bytes } of blobs) {
      expect((await get(`/v2/${WEB}/blobs/${digest}`)).body).toEqual(Buffer.from(bytes))
    }
  })

  it('takes an image at grading time, and lets go of a tag alone or of a manifest with its tags', async () => {
    const image = await makeImage({ layers: [{ 'nonce.txt': 'one of a kind' }], labels: { nonce: 'x' } })
    const digest = await pushImage(probe, { repository: 'shop/nonce', tags: ['a', 'b'], image })
    expect(await listTags(probe, 'shop/nonce')).toEqual(['a', 'b'])
    expect(await deleteManifest(probe, { repository: 'shop/nonce', reference: 'a' })).toBe(true)
    expect(await listTags(probe, 'shop/nonce')).toEqual(['b'])
    expect(await pullManifest(probe, { repository: 'shop/nonce', reference: digest })).toMatchObject({ status: 200 })
    expect(await deleteManifest(probe, { repository: 'shop/nonce', reference: digest })).toBe(true)
    expect(await pullManifest(probe, { repository: 'shop/nonce', reference: digest })).toMatchObject({ status: 404 })
    expect(await pullManifest(probe, { repository: 'shop/nonce', reference: 'b' })).toMatchObject({ status: 404 })
    expect(await deleteManifest(probe, { repository: 'shop/nonce', reference: digest })).toBe(false)
    expect(await storedDigests(probe, [{ repository: 'shop/nonce', digest }, ...known()])).toHaveLength(4)
  })

  it('keeps everything, and its life, as long as nobody starts it anew', async () => {
    const before = await addOns.lives(['registry'])
    expect(before.registry).not.toBe('')
    await addOns.ensure(['registry'], quiet)
    expect(await addOns.lives(['registry'])).toEqual(before)
    expect(await storedDigests(probe, known())).toHaveLength(4)
  })

  it('is emptied when the lesson is left, and the way to it is closed', async () => {
    const before = await addOns.lives(['registry'])
    expect(await addOns.extras(['registry'])).toEqual(
      expect.arrayContaining(['registry shop/nonce', `registry ${WEB}`, 'registry tools/scan']),
    )
    await leave(place())
    expect(await addOns.extras(['registry'])).toEqual([])
    expect(await storedDigests(probe, known())).toEqual([])
    const again = await addOns.lives(['registry'])
    expect(again).not.toEqual(before)
    const services = await list(probe, { apiVersion: 'v1', kind: 'Service', namespace: 'registry' })
    expect(services.map(({ metadata }) => metadata?.name)).toEqual(['registry'])
    await addOns.putBack(['registry'])
    // There was nothing to put back.
    expect(await addOns.lives(['registry'])).toEqual(again)
  })

  it('is filled anew for the next time, with the same digests for the same contents', async () => {
    const { attempt } = await begin({ ...place(), lesson: await lessonOf() })
    expect(attempt.captured.first).toBe(captured.first)
    expect(attempt.captured.bare).toBe(captured.bare)
    expect(attempt.captured.second).not.toBe(captured.second)
    expect((await get('/v2/')).status).toBe(200)
    await addOns.restart('registry')
    // What the lesson had in it is gone: it is begun again.
    const resumed = await begin({ ...place(), lesson: await lessonOf(), resume: attempt })
    expect(resumed).toMatchObject({ resumed: false, attempt: { captured: attempt.captured } })
    expect(await storedDigests(probe, [])).toHaveLength(2)
    expect(await begin({ ...place(), lesson: await lessonOf(), resume: resumed.attempt })).toMatchObject({
      resumed: true,
    })
  })

  it('is taken up as it was left when it had stopped, where what it keeps is still there', async () => {
    const { attempt } = await begin({ ...place(), lesson: await lessonOf() })
    expect(await deleteManifest(probe, { repository: WEB, reference: '1.0' })).toBe(true)
    await addOns.stop('registry')
    const { resumed } = await begin({ ...place(), lesson: await lessonOf(), resume: attempt })
    // In a container it goes with the Pod.
    expect(resumed).toBe(own.cluster.nodes === undefined)
    expect(await listTags(probe, WEB)).toEqual(resumed ? ['latest'] : ['1.0', 'latest'])
  })

  it('has no rights, and where it is a container no more than it works with', async () => {
    const pods = await list(probe, { apiVersion: 'v1', kind: 'Pod', namespace: 'registry' })
    expect(pods).toHaveLength(1)
    if (!own.cluster.nodes) {
      const files = await readdir(join(own.paths.cluster, '..'), { recursive: true })
      expect(files.some((file) => file.endsWith('registry/data/docker/registry/v2/blobs'))).toBe(true)
      return
    }
    const warned = await probe.api({
      method: 'PATCH',
      path: '/api/v1/namespaces/registry?dryRun=All',
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
    })
    expect(warned).toMatchObject({ status: 200, warnings: [] })
    const service = await read(probe, { apiVersion: 'v1', kind: 'Service', namespace: 'registry', name: 'registry' })
    expect(service?.spec).toMatchObject({ type: 'ClusterIP' })
  })

  it('is said to be stopped, and comes back', async () => {
    await addOns.stop('registry')
    expect(await addOns.status('registry')).toMatchObject({
      state: 'broken',
      reason: expect.stringContaining('It was stopped'),
    })
    await expect(listRepositories(probe)).rejects.toThrow('The registry gave no answer')
    await addOns.start('registry')
    expect(await addOns.status('registry')).toMatchObject({ state: 'ready' })
  })
})
