import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModuleSet } from './catalogue/entry.ts'

type RunGo = (args: readonly string[], what: string) => Promise<{ readonly stdout: string }>

const moduleName = (set: ModuleSet): string => `lab.tools/${set.id}`

/** The go.mod of a module made of requirements alone. */
export const goModOfRequires = (
  set: ModuleSet,
  base: Extract<ModuleSet['base'], { kind: 'requires' }>,
  go: string,
): string =>
  [
    `module ${moduleName(set)}`,
    '',
    `go ${go}`,
    '',
    'require (',
    ...base.requires.map(([module, version]) => `\t${module} ${version}`),
    ')',
    ...(base.replaces ?? []).map((replace) => `\nreplace ${replace}`),
    '',
  ].join('\n')

/**
 * The go.mod of a tools module that starts from another module's own: renamed, with folders of its repository
 * replaced by their published versions, and the module itself required.
 */
export const goModFromOwn = (
  set: ModuleSet,
  base: Extract<ModuleSet['base'], { kind: 'own-go-mod' }>,
  original: string,
): string => {
  const lines = original.split('\n').map((line) => {
    if (/^module\s/.test(line)) return `module ${moduleName(set)}`
    const [left, right] = line.split('=>').map((part) => part.trim())
    if (!left || !right?.startsWith(base.stagingPrefix)) return line
    const module = right.slice(base.stagingPrefix.length)
    return line.replace(right, `${module} ${base.stagingVersion}`)
  })
  return `${lines.join('\n').trimEnd()}\n\nrequire ${base.module} ${base.version}\n`
}

/** The file that makes `go mod tidy` resolve everything the programs need; its build tag keeps it out of builds. */
export const importsFile = (set: ModuleSet): string =>
  [
    '//go:build tools',
    '',
    'package tools',
    '',
    'import (',
    ...set.imports.map((path) => `\t_ "${path}"`),
    ')',
    '',
  ].join('\n')

/** Writes the tools module into an empty folder and resolves its dependencies. */
export const writeModule = async (options: { set: ModuleSet; folder: string; runGo: RunGo }): Promise<void> => {
  const { set, folder, runGo } = options
  const { base } = set
  let goMod: string
  if (base.kind === 'requires') {
    goMod = goModOfRequires(set, base, set.go)
  } else {
    // `go mod download` works outside of a module, and checks what it gets against the checksum database.
    const { stdout } = await runGo(
      ['mod', 'download', '-json', `${base.module}@${base.version}`],
      `fetching ${base.module}`,
    )
    const { GoMod } = JSON.parse(stdout) as { GoMod: string }
    goMod = goModFromOwn(set, base, await readFile(GoMod, 'utf8'))
  }
  await writeFile(join(folder, 'go.mod'), goMod)
  await writeFile(join(folder, 'tools.go'), importsFile(set))
  await runGo(['mod', 'tidy'], `resolving the Go modules of ${set.id}`)
}
