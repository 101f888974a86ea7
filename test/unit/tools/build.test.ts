import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildProgram } from '../../../src/tools/build.ts'
import type { BuildRecipe } from '../../../src/tools/catalogue/entry.ts'
import { script, tempFolder } from './fixture.ts'

let folder: ReturnType<typeof tempFolder>
beforeEach(() => {
  folder = tempFolder()
})
afterEach(() => folder.remove())

const recipe = (experiment?: string): BuildRecipe => ({
  set: {
    id: 'x',
    go: '1.26',
    ...(experiment ? { experiment } : {}),
    base: { kind: 'requires', requires: [['example.org/a', 'v1.2.3']] },
    imports: ['example.org/a'],
  },
  package: 'example.org/a',
  ldflags: '-s -w',
})

it.each([
  ['jsonv2', 'list jsonv2\nbuild jsonv2\n'],
  [undefined, 'list none\nbuild none\n'],
])('a build with the experiment %s', async (experiment, said) => {
  const calls = join(folder.path, 'calls')
  // A go that only writes down what it was asked.
  const go = { path: script(join(folder.path, 'go'), `echo "$1 \${GOEXPERIMENT-none}" >> ${calls}`), version: '1.26.8' }
  const context = { go, env: { PATH: process.env.PATH }, folder: folder.path, cache: folder.path, onProgress: () => {} }
  await buildProgram(recipe(experiment), join(folder.path, 'out', 'a'), context)
  expect(readFileSync(calls, 'utf8')).toBe(said)
})
