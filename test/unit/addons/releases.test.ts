import { describe, expect, it } from 'vitest'
import { addOnCatalogue, findAddOn } from '../../../src/addons/catalogue.ts'
import { createNodeRunner } from '../../../src/addons/on-nodes.ts'
import type { RunnerOptions } from '../../../src/addons/runner.ts'
import { lessonImages } from '../../../src/cluster/lesson-images.ts'
import type { NodeAccess } from '../../../src/core/ports.ts'

const images = lessonImages().filter(({ addOn }) => addOn !== undefined)

/** What is offered where these references work for the images. */
const offered = (name: string, which: 'public' | 'local') => {
  const found: NodeAccess['provideImages'] = async (names) =>
    Object.fromEntries(images.filter((image) => names.includes(image.name)).map((image) => [image.name, image[which]]))
  const runner = createNodeRunner({ nodes: { provideImages: found } } as unknown as RunnerOptions & {
    nodes: NodeAccess
  })
  return runner.offered(findAddOn(name))
}

describe('releases of add-ons', () => {
  it.each(addOnCatalogue.map((addOn) => [addOn.name, addOn] as const))('%s: tags say which', (name, addOn) => {
    const own = addOn.version.replace(/^v/, '')
    const published = (addOn.kind.published ?? addOn).version.replace(/^v/, '')
    for (const image of images.filter((each) => each.addOn === name)) {
      expect(image.local).toMatch(new RegExp(`:v?${own}$`))
      expect(image.public).toMatch(new RegExp(`:v?${published}(@sha256:[0-9a-f]{64})?$`))
    }
  })

  it('brings the definitions of the release that its image is of', async () => {
    const built = await offered('external-secrets', 'local')
    const pulled = await offered('external-secrets', 'public')
    expect([built.version, pulled.version]).toEqual(['v0.19.2', 'v2.9.0'])
    expect(built.crds[0]?.url).toContain('/v0.19.2/')
    expect(pulled.crds[0]?.url).toContain('/v2.9.0/')
  })
})
