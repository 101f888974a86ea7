import { deleteManifest } from '../core/api/registry.ts'
import type { CheckContext } from '../core/ports.ts'
import { makeImage } from '../oci/image.ts'
import { pushImage } from '../oci/push.ts'

/** An image that a check pushes for a moment, as a lesson writes it. */
type Wanted = {
  readonly repository: string
  readonly tags: readonly string[]
  readonly layers: readonly Readonly<Record<string, string>>[]
}
export type PushedImage = Wanted & { readonly digest: string; readonly 'reported-in'?: string | undefined }

/**
 * Does something while these images are in the add-on registry, and takes them out afterwards. A nonce in their files
 * makes their digests new ones; then nothing of the learner goes with them.
 */
export const withImages = async <T, Image extends Wanted>(
  { probe, signal }: Pick<CheckContext, 'probe' | 'signal'>,
  images: readonly Image[],
  work: (pushed: readonly (Image & { readonly digest: string })[]) => Promise<T>,
): Promise<T> => {
  const pushed: (Image & { readonly digest: string })[] = []
  try {
    for (const image of images) {
      const { repository, tags, layers } = image
      const digest = await pushImage(probe, { repository, tags, image: await makeImage({ layers }) }, { signal })
      pushed.push({ ...image, digest })
    }
    return await work(pushed)
  } finally {
    // Also when the look was cancelled: what is left would be graded as the learner's.
    await Promise.all(pushed.map(({ repository, digest }) => deleteManifest(probe, { repository, reference: digest })))
  }
}
