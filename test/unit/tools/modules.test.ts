import { describe, expect, it } from 'vitest'
import type { ModuleSet } from '../../../src/tools/catalogue/entry.ts'
import { goModFromOwn, goModOfRequires, importsFile } from '../../../src/tools/modules.ts'

const requires = {
  kind: 'requires',
  requires: [['example.org/a', 'v1.2.3']],
  replaces: ['example.org/x => example.org/y v0.1.0'],
} as const
const own = {
  kind: 'own-go-mod',
  module: 'example.org/big',
  version: 'v1.5.0',
  stagingPrefix: './staging/src/',
  stagingVersion: 'v0.5.0',
} as const
const set = (base: ModuleSet['base']): ModuleSet => ({ id: 'x', go: '1.24', base, imports: ['example.org/a/cmd/one'] })

describe('the tools module', () => {
  it('requires what the recipe names, with its replacements', () => {
    expect(goModOfRequires(set(requires), requires, '1.24')).toBe(
      'module lab.tools/x\n\ngo 1.24\n\nrequire (\n\texample.org/a v1.2.3\n)\n\nreplace example.org/x => example.org/y v0.1.0\n',
    )
  })

  it('starts from the own go.mod of a module, with published versions for its folders', () => {
    const original = [
      'module example.org/big',
      'go 1.24.0',
      'require example.org/part v0.0.0',
      'replace (',
      '\texample.org/part => ./staging/src/example.org/part',
      '\texample.org/other => example.org/fork v2.0.0',
      ')',
      '',
    ].join('\n')
    expect(goModFromOwn(set(own), own, original).split('\n')).toEqual([
      'module lab.tools/x',
      'go 1.24.0',
      'require example.org/part v0.0.0',
      'replace (',
      '\texample.org/part => example.org/part v0.5.0',
      '\texample.org/other => example.org/fork v2.0.0',
      ')',
      '',
      'require example.org/big v1.5.0',
      '',
    ])
  })

  it('imports the programs behind a build tag', () => {
    expect(importsFile(set(own))).toContain(
      '//go:build tools\n\npackage tools\n\nimport (\n\t_ "example.org/a/cmd/one"\n)',
    )
  })
})
