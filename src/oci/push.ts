import { askRegistry, registryOrThrow } from '../core/api/registry.ts'
import { BugError } from '../core/errors.ts'
import type { Probe } from '../core/ports.ts'
import type { Blob, Image } from './image.ts'

type Cancel = { readonly signal?: AbortSignal | undefined }

/** Where an upload goes on: the registry answers a whole address, which the proxy on the way may have changed. */
const uploadPath = (location: string): string => {
  const at = location.indexOf('/v2/')
  if (at === -1) throw new BugError(`the registry named no place for an upload: ${location}`)
  return location.slice(at)
}

const pushBlob = async (probe: Probe, repository: string, blob: Blob, { signal }: Cancel): Promise<void> => {
  const what = `push ${blob.digest} to ${repository}`
  const start = await askRegistry(probe, { method: 'POST', path: `/v2/${repository}/blobs/uploads/`, signal })
  const place = uploadPath(registryOrThrow(start, what).headers.location ?? '')
  const path = `${place}${place.includes('?') ? '&' : '?'}digest=${encodeURIComponent(blob.digest)}`
  const contentType = 'application/octet-stream'
  registryOrThrow(await askRegistry(probe, { method: 'PUT', path, body: blob.bytes, contentType, signal }), what)
}

/**
 * Pushes an image under each of the tags, or under its digest alone when there are none; a tag that is there is
 * overwritten. Answers its digest.
 */
export const pushImage = async (
  probe: Probe,
  { repository, tags, image }: { readonly repository: string; readonly tags: readonly string[]; readonly image: Image },
  { signal }: Cancel = {},
): Promise<string> => {
  const { manifest, blobs } = image
  await Promise.all(blobs.map((blob) => pushBlob(probe, repository, blob, { signal })))
  for (const reference of tags.length > 0 ? tags : [manifest.digest]) {
    const reply = await askRegistry(probe, {
      method: 'PUT',
      path: `/v2/${repository}/manifests/${reference}`,
      body: manifest.bytes,
      contentType: manifest.mediaType,
      signal,
    })
    registryOrThrow(reply, `push ${repository}:${reference}`)
  }
  return manifest.digest
}
