import { describe, expect, it } from 'vitest'
import type { Making } from '../../../../src/cluster/kind/context.ts'
import { provideImages } from '../../../../src/cluster/kind/lesson-images.ts'
import { lessonImages } from '../../../../src/cluster/lesson-images.ts'
import type { ExecResult } from '../../../../src/core/ports.ts'

const result = (code: number, stdout: string, stderr = ''): ExecResult => ({ code, stdout, stderr }) as ExecResult

describe('images for a node', () => {
  it('waits for the container runtime of a node that boots, instead of taking its silence for no images', async () => {
    const [image] = lessonImages()
    if (!image) throw new Error('the lab has no image of its own')
    const refused = 'ctr: failed to dial "/run/containerd/containerd.sock": dial unix /run/containerd/containerd.sock'
    const answers = [result(1, '', refused), result(0, `${image.local}\n`)]
    const asked: string[][] = []
    const cli = {
      call: async () => answers.shift(),
      imagesHere: async (images: string[]) => {
        asked.push(images)
        return []
      },
    }
    const job = { cli, node: 'n', kind: {} } as unknown as Making
    expect(await provideImages(job, [image], {})).toEqual({ [image.name]: image.local })
    expect(asked).toEqual([[]])
  })
})
