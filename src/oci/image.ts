import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import type { ImageContents } from '../core/add-on-contents.ts'

/** Something that is stored under its digest. */
export type Blob = { readonly digest: string; readonly mediaType: string; readonly bytes: Uint8Array }

/** An image of the OCI format as a registry takes it: first its blobs, then its manifest. */
export type Image = { readonly manifest: Blob; readonly blobs: readonly Blob[] }

const OCI = 'application/vnd.oci.image'
/** One time for everything: the same contents are the same bytes, and so the same digest. */
const EPOCH = new Date(0)
const UNKNOWN_SYSTEM = 255

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const blobOf = (mediaType: string, bytes: Uint8Array): Blob => ({ digest: digestOf(bytes), mediaType, bytes })
const jsonBlob = (mediaType: string, value: unknown): Blob => blobOf(mediaType, Buffer.from(JSON.stringify(value)))
const describe = ({ digest, mediaType, bytes }: Blob) => ({ mediaType, digest, size: bytes.length })

/** `lib/apk` and `lib` of `lib/apk/db`. */
const parentsOf = (path: string): readonly string[] =>
  path.split('/').flatMap((_, index, parts) => (index === 0 ? [] : [parts.slice(0, index).join('/')]))

const layerOf = async (files: Readonly<Record<string, string>>): Promise<{ blob: Blob; diffId: string }> => {
  const folders = [...new Set(Object.keys(files).flatMap(parentsOf))].sort()
  const tar = await packTar([
    ...folders.map((name) => ({
      header: { name: `${name}/`, type: 'directory' as const, size: 0, mtime: EPOCH, mode: 0o755 },
    })),
    ...Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, text]) => {
        const body = Buffer.from(text)
        return { header: { name, type: 'file' as const, size: body.length, mtime: EPOCH, mode: 0o644 }, body }
      }),
  ])
  const packed = gzipSync(tar, { level: 9 })
  // The header of gzip names the system that wrote it; everything else of it is the same everywhere.
  packed[9] = UNKNOWN_SYSTEM
  return { blob: blobOf(`${OCI}.layer.v1.tar+gzip`, packed), diffId: digestOf(tar) }
}

/** Makes an image of text files: a layer for each map of paths to texts. The same contents give the same digests. */
export const makeImage = async ({ layers, labels = {} }: ImageContents): Promise<Image> => {
  const made = await Promise.all(layers.map(layerOf))
  const config = jsonBlob(`${OCI}.config.v1+json`, {
    created: EPOCH.toISOString(),
    // Whatever machine this is: nothing in it is a program.
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: labels },
    rootfs: { type: 'layers', diff_ids: made.map(({ diffId }) => diffId) },
    history: made.map(() => ({ created: EPOCH.toISOString(), created_by: 'k8s-sec-lab' })),
  })
  const blobs = made.map(({ blob }) => blob)
  const mediaType = `${OCI}.manifest.v1+json`
  const manifest = { schemaVersion: 2, mediaType, config: describe(config), layers: blobs.map(describe) }
  return { manifest: jsonBlob(mediaType, manifest), blobs: [config, ...blobs] }
}
