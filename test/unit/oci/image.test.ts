import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'
import { describe, expect, it } from 'vitest'
import { makeImage } from '../../../src/oci/image.ts'

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const json = (bytes: Uint8Array | undefined) => JSON.parse(Buffer.from(bytes ?? []).toString())

describe('makeImage', () => {
  const layers: readonly Readonly<Record<string, string>>[] = [
    { 'etc/os-release': 'ID=alpine\n', 'lib/apk/db/installed': 'P:musl\n' },
    { 'srv/é.txt': 'é' },
  ]

  it('names its config and its layers by digest and size, in order', async () => {
    const { manifest, blobs } = await makeImage({ layers, labels: { team: 'shop' } })
    const [config, ...packed] = blobs
    const parsed = json(manifest.bytes)
    expect(manifest.digest).toBe(sha256(manifest.bytes))
    expect([parsed.config, ...parsed.layers]).toEqual(
      blobs.map(({ bytes, mediaType }) => ({ mediaType, digest: sha256(bytes), size: bytes.length })),
    )
    const { rootfs, config: settings, history } = json(config?.bytes)
    expect(rootfs.diff_ids).toEqual(packed.map(({ bytes }) => sha256(gunzipSync(bytes))))
    expect(settings).toEqual({ Labels: { team: 'shop' } })
    expect(history).toHaveLength(2)
  })

  it('packs folders before the files in them', async () => {
    const { blobs } = await makeImage({ layers })
    const unpacked = await Promise.all(blobs.slice(1).map(({ bytes }) => unpackTar(gunzipSync(bytes))))
    expect(unpacked.map((entries) => entries.map(({ header }) => header.name.replace(/\/$/, '')))).toEqual([
      ['etc', 'lib', 'lib/apk', 'lib/apk/db', 'etc/os-release', 'lib/apk/db/installed'],
      ['srv', 'srv/é.txt'],
    ])
    expect(Buffer.from(unpacked[1]?.[1]?.data ?? []).toString()).toBe('é')
  })

  it('makes the same bytes of the same contents, in whatever order they are written', async () => {
    const [first, again] = await Promise.all([
      makeImage({ layers: [{ a: '1', b: '2' }] }),
      makeImage({ layers: [{ b: '2', a: '1' }] }),
    ])
    expect(again).toEqual(first)
    const [other] = await Promise.all([makeImage({ layers: [{ a: '1', b: '3' }] })])
    expect(other.manifest.digest).not.toBe(first.manifest.digest)
  })
})
