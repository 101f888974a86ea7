import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'
// @ts-expect-error the build's own JavaScript
import { lighter } from '../../scripts/bundle/lighter.mjs'

const root = resolve(import.meta.dirname, '../..')

/** All frames as a bundle draws them; `isLight`: with what the product's bundle leaves out and does quicker. */
const frames = async (isLight: boolean): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-frames-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'frames.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'fixtures/all-frames.tsx')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    supported: { 'regexp-set-notation': true },
    ...(isLight
      ? {
          plugins: [lighter],
          inject: [join(root, 'scripts/bundle/segmenter.js')],
          define: { 'Intl.Segmenter': 'Segmenter', 'process.env.NODE_ENV': '"production"' },
        }
      : { alias: { 'react-devtools-core': 'node:util' }, define: { 'process.env.NODE_ENV': '"production"' } }),
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], {
    env: { PATH: process.env.PATH ?? '', FORCE_COLOR: '1' },
    maxBuffer: 1e8,
  })
  return JSON.parse(stdout) as readonly string[]
}

it('draws the same frames with the lighter bundle as with the packages as they are', async () => {
  const [light, whole] = await Promise.all([frames(true), frames(false)])
  expect(light.length).toBeGreaterThan(50)
  expect(light).toEqual(whole)
}, 60_000)
