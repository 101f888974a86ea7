import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { TextFile } from '../core/model.ts'
import type { Mistake } from './mistake.ts'

/** The files of one lesson folder, as text. */
export type LessonFolder = {
  /** Absolute path. */
  readonly dir: string
  /** module/slug, also the start of each path in a mistake. */
  readonly name: string
  readonly module: string
  readonly slug: string
  readonly lessonYaml?: string
  readonly lessonMd?: string
  readonly attackYaml?: string
  readonly solution?: string
  readonly seed: readonly TextFile[]
  readonly workspaceSeed: readonly TextFile[]
  readonly controlPlaneSeed: readonly TextFile[]
  /** Paths are absolute, as on the node. */
  readonly nodeSeed: readonly TextFile[]
  /** Names of the folders of right/. */
  readonly right: readonly string[]
  readonly wrong: readonly { readonly name: string; readonly script?: string; readonly expect?: string }[]
  /** Files that no part of the format names. */
  readonly strangers: readonly string[]
  /** What the folder itself lacks. */
  readonly mistakes: readonly Mistake[]
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

const readOptional = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const filesUnder = async (dir: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
      .sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

const textFile = async (dir: string, path: string): Promise<TextFile> => {
  const full = join(dir, path)
  const { mode } = await stat(full)
  const text = await readFile(full, 'utf8')
  return mode & 0o111 ? { path, text, mode: 0o755 } : { path, text }
}

const PARTS =
  /^(lesson(\.[a-z]{2})?\.md|lesson\.yaml|attack\.yaml|solution\.sh|wrong\/[^/]+\/(wrong\.sh|expect\.yaml)|right\/[^/]+\/right\.sh)$/
const SEEDS = /^seed\/([^/]+\.yaml|workspace\/.+|control-plane\/[^/]+|node\/.+)$/

/** Reads a lesson folder `<lessons>/<module>/<slug>`. Missing files become mistakes; only a broken disk throws. */
export const readLessonFolder = async (dir: string): Promise<LessonFolder> => {
  const slug = basename(dir)
  const module = basename(dirname(dir))
  const name = `${module}/${slug}`
  const all = (await filesUnder(dir)).filter((path) => !path.endsWith('~') && !basename(path).startsWith('.#'))
  const [lessonYaml, lessonMd, attackYaml, solution] = await Promise.all(
    ['lesson.yaml', 'lesson.md', 'attack.yaml', 'solution.sh'].map((file) => readOptional(join(dir, file))),
  )
  const seedDir = join(dir, 'seed')
  const under = (folder: string): readonly string[] =>
    all.filter((path) => path.startsWith(`seed/${folder}/`)).map((path) => path.slice(`seed/${folder}/`.length))
  const read = (base: string, paths: readonly string[]): Promise<readonly TextFile[]> =>
    Promise.all(paths.map((path) => textFile(base, path)))
  const wrongNames = [
    ...new Set(all.filter((path) => path.startsWith('wrong/')).map((path) => path.split('/')[1] ?? '')),
  ]
  const wrong = await Promise.all(
    wrongNames.map(async (each) => ({
      name: each,
      script: await readOptional(join(dir, 'wrong', each, 'wrong.sh')),
      expect: await readOptional(join(dir, 'wrong', each, 'expect.yaml')),
    })),
  )
  const mistakes: Mistake[] = []
  const lacks = (file: string, what: string): void => {
    mistakes.push({
      severity: 'error',
      file: `${name}/${file}`,
      line: 1,
      col: 1,
      message: `missing file: expected ${what}`,
    })
  }
  if (lessonYaml === undefined) lacks('lesson.yaml', 'the lesson itself')
  if (lessonMd === undefined) lacks('lesson.md', 'the text')
  if (attackYaml === undefined) lacks('attack.yaml', 'steps that work on the seed and fail after the fix')
  if (solution === undefined) lacks('solution.sh', 'the reference answer')
  for (const each of wrong) {
    if (each.script === undefined) lacks(`wrong/${each.name}/wrong.sh`, 'the commands of this wrong turn')
    if (each.expect === undefined)
      lacks(`wrong/${each.name}/expect.yaml`, 'the check that fails, and words of its message')
  }
  return {
    dir,
    name,
    module,
    slug,
    lessonYaml,
    lessonMd,
    attackYaml,
    solution,
    seed: await read(
      seedDir,
      all.filter((path) => /^seed\/[^/]+\.yaml$/.test(path)).map((path) => path.slice('seed/'.length)),
    ),
    workspaceSeed: await read(join(seedDir, 'workspace'), under('workspace')),
    controlPlaneSeed: await read(join(seedDir, 'control-plane'), under('control-plane')),
    nodeSeed: (await read(join(seedDir, 'node'), under('node'))).map((file) => ({ ...file, path: `/${file.path}` })),
    right: all.flatMap((path) => /^right\/([^/]+)\/right\.sh$/.exec(path)?.[1] ?? []),
    wrong,
    strangers: all.filter((path) => !PARTS.test(path) && !SEEDS.test(path)),
    mistakes,
  }
}

/** Folders `<dir>/<module>/<slug>` that look like lessons: sorted `module/slug` names. */
export const lessonFolders = async (dir: string): Promise<readonly string[]> => {
  const names: string[] = []
  const entries = async (path: string): Promise<readonly string[]> => {
    try {
      return (await readdir(path, { withFileTypes: true }))
        .filter((each) => each.isDirectory())
        .map((each) => each.name)
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }
  for (const module of await entries(dir)) {
    for (const slug of await entries(join(dir, module))) {
      if ((await filesUnder(join(dir, module, slug))).length > 0) names.push(`${module}/${slug}`)
    }
  }
  return names.sort()
}

/** Text of `<dir>/index.yaml`, or undefined. */
export const readIndex = (dir: string): Promise<string | undefined> => readOptional(join(dir, 'index.yaml'))
