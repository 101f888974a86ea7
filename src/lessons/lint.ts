import { join } from 'node:path'
import semver from 'semver'
import { MODULES } from '../core/model.ts'
import { withClosings } from './closing.ts'
import { lintChecks } from './lint-checks.ts'
import { lintFiles } from './lint-files.ts'
import { lintPlaceholders } from './lint-placeholders.ts'
import { lintSeed } from './lint-seed.ts'
import { lintText } from './lint-text.ts'
import { lintUnwritten } from './lint-unwritten.ts'
import { type LoadedLesson, loadLesson } from './load.ts'
import { type Mistake, sortMistakes } from './mistake.ts'
import { lessonFolders, readIndex, readLessonFolder } from './read.ts'
import { indexSchema } from './schema.ts'
import { parseYaml } from './yaml.ts'
import { zodMistakes } from './zod-mistakes.ts'

/** Names of things outside the lessons that lessons may ask for; absent lists are not checked. */
export type Catalogue = {
  readonly tools?: readonly string[]
  readonly addons?: readonly string[]
  /** Of these, those that run only in containers. */
  readonly onlyInContainers?: readonly string[]
  readonly images?: readonly string[]
}

export type LintResult = {
  /** Every mistake of every file, in file order. */
  readonly mistakes: readonly Mistake[]
  /** module/slug of the lessons looked at. */
  readonly lessons: readonly string[]
}

const field = (loaded: LoadedLesson, key: string): unknown =>
  (loaded.documents.lesson.value as Readonly<Record<string, unknown>> | undefined)?.[key]

const lintNeeds = (loaded: LoadedLesson, catalogue: Catalogue): readonly Mistake[] => {
  const { folder, lesson, documents } = loaded
  if (!lesson) return []
  const file = `${folder.name}/lesson.yaml`
  const found: Mistake[] = []
  for (const part of ['tools', 'addons'] as const) {
    const known = catalogue[part]
    for (const [index, name] of lesson.needs[part].entries()) {
      if (!known || known.includes(name)) continue
      const at = documents.lesson.at(['needs', part, index])
      const message = `needs.${part}: unknown ${name}: expected one of ${known.join(', ')}`
      found.push({ severity: 'error', file, ...at, message })
    }
  }
  const contained = lesson.needs.addons.find((name) => catalogue.onlyInContainers?.includes(name))
  if (contained !== undefined && !lesson.needs.capabilities.includes('nodes')) {
    const message = `needs.capabilities: expected nodes, since the add-on ${contained} runs only in containers`
    found.push({ severity: 'error', file, ...documents.lesson.at(['needs', 'capabilities']), message })
  }
  for (const key of ['vault', 'registry'] as const) {
    if (lesson[key] === undefined || lesson.needs.addons.includes(key)) continue
    const message = `${key}: expected needs.addons to name ${key}`
    found.push({ severity: 'error', file, ...documents.lesson.at([key]), message })
  }
  if (semver.validRange(lesson.kubernetes) === null) {
    const at = documents.lesson.at(['kubernetes'])
    const message = `kubernetes: expected a version range like ">=1.34.0 <1.38.0", found ${lesson.kubernetes}`
    found.push({ severity: 'error', file, ...at, message })
  }
  return found
}

const lintFolder = ({ folder }: LoadedLesson): readonly Mistake[] => {
  const at = { line: 1, col: 1 }
  const found: Mistake[] = folder.strangers.map((path) => ({
    severity: 'warning',
    file: `${folder.name}/${path}`,
    ...at,
    message: 'no part of the lesson format has this name',
  }))
  if (!MODULES.some((module) => module.id === folder.module)) {
    const names = MODULES.map((module) => module.id).join(', ')
    const message = `unknown module ${folder.module}: expected one of ${names}`
    found.push({ severity: 'error', file: `${folder.name}/lesson.yaml`, ...at, message })
  }
  if (!/^[a-z][a-z0-9-]*$/.test(folder.slug)) {
    const message = `folder ${folder.slug}: expected lower-case letters, digits and hyphens`
    found.push({ severity: 'error', file: `${folder.name}/lesson.yaml`, ...at, message })
  }
  return found
}

/** Mistakes between lessons: ids used twice, prerequisites unknown or later in the course. */
const lintCourse = (lessons: readonly LoadedLesson[]): readonly Mistake[] => {
  const found: Mistake[] = []
  const order = lessons.map((loaded) => field(loaded, 'id'))
  for (const [index, loaded] of lessons.entries()) {
    const file = `${loaded.folder.name}/lesson.yaml`
    const add = (path: readonly (string | number)[], message: string): void => {
      found.push({ severity: 'error', file, ...loaded.documents.lesson.at(path), message })
    }
    const id = order[index]
    const first = order.indexOf(id)
    if (typeof id === 'string' && first < index) add(['id'], `id ${id} is used by ${lessons[first]?.folder.name} too`)
    const slugs = lessons.findIndex((each) => each.folder.slug === loaded.folder.slug)
    if (slugs < index) add([], `the name ${loaded.folder.slug} is used by ${lessons[slugs]?.folder.name} too`)
    const prerequisites = field(loaded, 'prerequisites')
    for (const [at, each] of (Array.isArray(prerequisites) ? prerequisites : []).entries()) {
      const where = order.indexOf(each)
      if (where === -1) add(['prerequisites', at], `prerequisites: there is no lesson ${String(each)}`)
      else if (where >= index)
        add(['prerequisites', at], `prerequisites: ${String(each)} does not come before this one`)
    }
  }
  return found
}

/** Names of index.yaml in course order, and what is wrong with it. */
export const lessonOrder = async (
  dir: string,
): Promise<{ readonly names: readonly string[]; readonly mistakes: readonly Mistake[] }> => {
  const file = 'index.yaml'
  const folders = await lessonFolders(dir)
  const text = await readIndex(dir)
  if (text === undefined) {
    const message = 'missing file: expected {lessons: [module/slug, …]} in course order'
    return { names: folders, mistakes: [{ severity: 'error', file, line: 1, col: 1, message }] }
  }
  const document = parseYaml(text)
  const mistakes: Mistake[] = document.mistakes.map((each) => ({
    severity: 'error',
    file,
    ...each.position,
    message: each.message,
  }))
  const parsed = indexSchema.safeParse(document.value)
  if (!parsed.success) {
    if (mistakes.length === 0) mistakes.push(...zodMistakes({ file, document, issues: parsed.error.issues }))
    return { names: folders, mistakes }
  }
  const names = parsed.data.lessons
  for (const [index, name] of names.entries()) {
    const at = document.at(['lessons', index])
    if (!folders.includes(name))
      mistakes.push({ severity: 'error', file, ...at, message: `there is no lesson ${name}` })
    if (names.indexOf(name) < index)
      mistakes.push({ severity: 'error', file, ...at, message: `${name} is listed twice` })
  }
  const listed = [...new Set(names)].filter((name) => folders.includes(name))
  const unlisted = folders.filter((name) => !names.includes(name))
  for (const name of unlisted) {
    mistakes.push({ severity: 'error', file, ...document.at(['lessons']), message: `lesson ${name} is not listed` })
  }
  return { names: [...listed, ...unlisted], mistakes }
}

/** Loads every lesson below a folder, in course order. */
export const loadLessons = async (dir: string): Promise<readonly LoadedLesson[]> => {
  const { names } = await lessonOrder(dir)
  const loaded = await Promise.all(names.map(async (name) => loadLesson(await readLessonFolder(join(dir, name)))))
  return withClosings(dir, loaded)
}

/** Everything that is wrong with one lesson by itself. */
export const lintLesson = (loaded: LoadedLesson, catalogue: Catalogue = {}): readonly Mistake[] => [
  ...loaded.mistakes,
  ...lintFolder(loaded),
  ...lintNeeds(loaded, catalogue),
  ...lintPlaceholders(loaded, catalogue.images),
  ...lintChecks(loaded),
  ...lintText(loaded),
  ...lintSeed(loaded),
  ...lintFiles(loaded),
  ...lintUnwritten(loaded),
]

const matches = (loaded: LoadedLesson, wanted: string): boolean =>
  [field(loaded, 'id'), loaded.folder.slug, loaded.folder.name].some(
    (each) => typeof each === 'string' && each.toLowerCase() === wanted.toLowerCase(),
  )

/**
 * Looks at every lesson below the folders and reports every mistake at once. `only` narrows the report to lessons by
 * id, slug or module/slug; mistakes of index.yaml are then left out.
 */
export const lintLessons = async (options: {
  readonly dirs: readonly string[]
  readonly only?: readonly string[]
  readonly catalogue?: Catalogue
}): Promise<LintResult> => {
  const only = options.only ?? []
  const mistakes: Mistake[] = []
  const loaded: LoadedLesson[] = []
  for (const dir of options.dirs) {
    if (only.length === 0) mistakes.push(...(await lessonOrder(dir)).mistakes)
    loaded.push(...(await loadLessons(dir)))
  }
  const chosen = loaded.filter((each) => only.length === 0 || only.some((name) => matches(each, name)))
  const names = chosen.map((each) => each.folder.name)
  const course = lintCourse(loaded).filter((each) => names.some((name) => each.file.startsWith(`${name}/`)))
  mistakes.push(...chosen.flatMap((each) => lintLesson(each, options.catalogue)), ...course)
  return { mistakes: sortMistakes(mistakes), lessons: names }
}
