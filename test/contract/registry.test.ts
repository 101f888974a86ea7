import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAddOns } from '../../src/addons/add-ons.ts'
import { systemClock } from '../../src/app/clock.ts'
import { certify } from '../../src/cluster/certify.ts'
import type { RegistryImage } from '../../src/core/add-on-contents.ts'
import { list, read } from '../../src/core/api/objects.ts'
import { deleteManifest, listRepositories, listTags, pullManifest, storedDigests } from '../../src/core/api/registry.ts'
import type { Lesson } from '../../src/core/model.ts'
import type { AddOns, Probe } from '../../src/core/ports.ts'
import { makeImage } from '../../src/oci/image.ts'
import { pushImage } from '../../src/oci/push.ts'
import { registryAt, seedRegistry } from '../../src/seeding/registry.ts'
import { labPaths } from '../../src/store/paths.ts'
import { createTools } from '../../src/tools/tools.ts'
import { ownCluster } from '../support/cluster.ts'
import { until } from '../support/until.ts'

const quiet = { report: () => undefined }
const WEB = 'shop/web'
const alpine = (version: string) => ({
  'etc/alpine-release': `${version}\n`,
  'lib/apk/db/installed': `P:musl\nV:${version}-r0\n\n`,
})
const IMAGES: readonly RegistryImage[] = [
  { repository: WEB, tags: ['1.0', 'latest'], layers: [alpine('3.18.0')], capture: 'first' },
  { repository: WEB, tags: ['latest'], layers: [alpine('3.20.0'), { 'srv/((vars.page))': 'é' }], capture: 'second' },
  { repository: WEB, tags: ['1.0'], layers: [alpine('3.19.0')] },
  { repository: 'tools/scan', tags: [], layers: [{ 'a.txt': 'a' }], capture: 'bare' },
]

describe('the registry as an add-on', () => {
  const own = ownCluster()
  const env = process.env
  const { cache } = labPaths(env)
  let addOns: AddOns
  let probe: Probe
  let captured: Readonly<Record<string, string>>
  const lesson = { needs: { addons: ['registry'] }, registry: IMAGES } as unknown as Lesson
  const seed = () => {
    const bindings = { vars: { page: 'index.html' }, captured: {}, nonce: {}, lab: {}, image: {} }
    return seedRegistry({ lesson, bindings, cluster: own.cluster, probe })
  }
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
    captured = await seed()
  })
  afterAll(() => own.remove())

  it('holds what was pushed, and the tag that came again points at the last', async () => {
    expect(await listRepositories(probe)).toEqual([WEB, 'tools/scan'])
    expect(await listTags(probe, WEB)).toEqual(['1.0', 'latest'])
    expect(await listTags(probe, 'no/such')).toEqual([])
    const latest = await pullManifest(probe, { repository: WEB, reference: 'latest' })
    expect(latest).toMatchObject({ status: 200, digest: captured.second })
    const made = await makeImage({ layers: [alpine('3.20.0'), { 'srv/index.html': 'é' }] })
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
    await until(async () => (await get('/v2/').catch(() => undefined))?.status === 200)
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

  it('is emptied by starting it anew, and takes the same images under the same digests', async () => {
    const before = await addOns.lives(['registry'])
    expect(await addOns.extras(['registry'])).toEqual(
      expect.arrayContaining(['registry shop/nonce', `registry ${WEB}`, 'registry tools/scan']),
    )
    await addOns.putBack(['registry'])
    expect(await addOns.extras(['registry'])).toEqual([])
    expect(await listRepositories(probe)).toEqual([])
    expect(await addOns.lives(['registry'])).not.toEqual(before)
    const again = await addOns.lives(['registry'])
    await addOns.putBack(['registry'])
    // There was nothing to put back.
    expect(await addOns.lives(['registry'])).toEqual(again)
    expect(await storedDigests(probe, known())).toEqual([])
    expect(await seed()).toEqual(captured)
    expect(await storedDigests(probe, known())).toHaveLength(4)
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
