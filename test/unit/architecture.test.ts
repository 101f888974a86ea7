import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const files = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const sources = files('src', /\.tsx?$/)

/** Import specifiers of a file, static and dynamic, types included. */
const importsOf = (file: string): string[] =>
  [...read(file).matchAll(/(?:from\s+|import\s*\(\s*|import\s+)'([^']+)'/g)].map((match) => match[1] ?? '')
const area = (file: string): string => {
  const [, first = '', second] = file.split('/')
  return second === undefined ? first.replace(/\.ts$/, '') : first
}

/** What each area may import of ours; architecture: one direction, core at the bottom. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  checks: ['core', 'oci'],
  cluster: ['core', 'store', 'tools'],
  tools: ['core', 'store'],
  addons: ['core', 'store', 'tools'],
  scanner: ['core', 'store'],
  oci: ['core'],
  store: ['core'],
  lessons: ['core', 'checks'],
  grader: ['core', 'checks'],
  seeding: ['core', 'oci', 'store', 'lessons'],
  verify: ['core', 'checks', 'grader', 'lessons', 'seeding', 'store', 'tools'],
  app: ['core', 'cluster', 'tools', 'addons', 'scanner', 'grader', 'lessons', 'checks', 'store', 'seeding', 'verify'],
  text: ['core', 'app'],
  tui: ['core', 'app'],
  commands: ['core', 'addons', 'app', 'text', 'tui', 'verify', 'lessons', 'cluster', 'store', 'tools'],
  cli: ['core', 'commands', 'app', 'cluster'],
}

/** Third-party packages that enter through one door. */
const doors: Readonly<Record<string, (file: string) => boolean>> = {
  '@kubernetes/client-node/dist/watch.js': (file) => file === 'src/cluster/client-node.ts',
  execa: (file) => file === 'src/tools/exec.ts',
  '@marcbachmann/cel-js': (file) => file === 'src/checks/cel.ts',
  'marked-terminal': (file) => file === 'src/tui/markdown.ts',
  ink: (file) => file.startsWith('src/tui/'),
  react: (file) => file.startsWith('src/tui/'),
  'env-paths': (file) => file === 'src/store/paths.ts',
  'modern-tar': (file) => file === 'src/oci/image.ts',
  commander: (file) => file === 'src/cli.ts' || file.startsWith('src/commands/'),
}

describe('the structure of src', () => {
  it('imports one way', () => {
    const offences = sources.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(root, resolve(root, file, '..', specifier)))
        .filter((target) => area(target) !== area(file) && !(allowed[area(file)] ?? []).includes(area(target)))
        .map((target) => `${file} -> ${target}`),
    )
    expect(offences).toEqual([])
  })

  it('keeps core pure: no file system, network, processes or third-party code', () => {
    const offences = sources
      .filter((file) => area(file) === 'core')
      .flatMap((file) =>
        importsOf(file)
          .filter((specifier) => !specifier.startsWith('.'))
          .map((specifier) => `${file}: ${specifier}`),
      )
    expect(offences).toEqual([])
  })

  it('lets a third-party package in through one door', () => {
    const offences = sources.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => doors[specifier] !== undefined && !doors[specifier]?.(file))
        .map((specifier) => `${file} imports ${specifier}`),
    )
    expect(offences).toEqual([])
  })

  it('has one idea a file: nothing over 300 lines, no utils, helpers or managers', () => {
    const long = sources.filter((file) => read(file).split('\n').length > 301)
    const vague = sources.filter((file) => /util|helper|manager|common|misc/i.test(file))
    expect({ long, vague }).toEqual({ long: [], vague: [] })
  })

  it('exports by name only', () => {
    expect(sources.filter((file) => /^export default/m.test(read(file)))).toEqual([])
  })
})
