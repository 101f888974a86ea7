import { placeholders } from '../core/template.ts'
import { imageVariable, scriptVariable } from '../core/vars.ts'
import type { LoadedLesson } from './load.ts'
import type { Mistake } from './mistake.ts'
import type { YamlDocument, YamlPath } from './yaml.ts'

const LAB = ['server', 'api', 'workspace', 'home', 'backend', 'kubeconfig']
/** With the add-on vault. */
const LAB_VAULT = ['vault', 'vault-http', 'vault-ca']
/** With the add-on registry. */
const LAB_REGISTRY = ['registry']

/** Names by namespace; those that nobody told are not looked at. */
type Known = Readonly<Record<string, readonly string[] | undefined>>

/** Line and column of an offset in a text, both from 1. */
export const placeOf = (text: string, offset: number): { readonly line: number; readonly col: number } => {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, col: offset - before.lastIndexOf('\n') }
}

const known = ({ documents }: LoadedLesson, images: readonly string[] | undefined): Known => {
  const value = documents.lesson.value as Record<string, unknown> | undefined
  const keys = (name: string): readonly string[] => Object.keys((value?.[name] as object | undefined) ?? {})
  const made = [value?.provide, value?.registry].flatMap((all) =>
    Array.isArray(all) ? (all as readonly { readonly capture?: string; readonly 'capture-name'?: string }[]) : [],
  )
  const addOns = (value?.needs as { readonly addons?: readonly unknown[] } | undefined)?.addons ?? []
  return {
    vars: keys('vars'),
    nonce: keys('nonces'),
    captured: made.flatMap((each) => [each?.capture ?? [], each?.['capture-name'] ?? []].flat()),
    lab: [...LAB, ...(addOns.includes('vault') ? LAB_VAULT : []), ...(addOns.includes('registry') ? LAB_REGISTRY : [])],
    image: images,
  }
}

/** Mistakes of placeholders in one text: unknown names, and namespaces that have no value there. */
const inText = (options: {
  readonly file: string
  readonly text: string
  readonly known: Known
  readonly without?: Readonly<Record<string, string>>
}): readonly Mistake[] => {
  const found: Mistake[] = []
  let from = 0
  for (const each of placeholders(options.text)) {
    const offset = options.text.indexOf(each.text, from)
    from = offset + each.text.length
    const names = options.known[each.namespace]
    const reason = options.without?.[each.namespace]
    const message = !(each.namespace in options.known)
      ? `${each.text}: expected ((vars.x)), ((nonce.x)), ((captured.x)), ((lab.x)) or ((image.x))`
      : reason !== undefined
        ? `${each.text}: ${reason}`
        : !names || names.includes(each.name)
          ? undefined
          : `${each.text} is not defined: expected one of ${names.join(', ') || `(this lesson has no ${each.namespace})`}`
    if (message) found.push({ severity: 'error', file: options.file, ...placeOf(options.text, offset), message })
  }
  return found
}

const NO_NONCE = 'a nonce has a value only inside checks and attack steps'

/** Nonces in lesson.yaml outside a check: nothing is being graded there, so they have no value. */
const strayNonces = (file: string, document: YamlDocument): readonly Mistake[] => {
  const found: Mistake[] = []
  const visit = (value: unknown, path: YamlPath): void => {
    if (typeof value === 'string') {
      const inCheck = path[0] === 'tasks' && path[2] === 'checks' && path[4] !== 'title'
      for (const each of inCheck ? [] : placeholders(value)) {
        if (each.namespace !== 'nonce') continue
        found.push({ severity: 'error', file, ...document.at(path), message: `${each.text}: ${NO_NONCE}` })
      }
    } else if (Array.isArray(value)) for (const [index, each] of value.entries()) visit(each, [...path, index])
    else if (value !== null && typeof value === 'object') {
      for (const [key, each] of Object.entries(value)) visit(each, [...path, key])
    }
  }
  visit(document.value, [])
  return found
}

/** Scripts are not filled in: a placeholder in one is a mistake, and so is an unknown LAB_VAR_ or LAB_IMAGE_. */
const inScript = (file: string, text: string, { vars = [], image }: Known): readonly Mistake[] => {
  const found: Mistake[] = []
  for (const each of placeholders(text)) {
    const at = placeOf(text, text.indexOf(each.text))
    const variable = each.namespace.startsWith('image') ? imageVariable(each.name) : scriptVariable('name')
    const message = `${each.text}: scripts are not filled in, expected $${variable}`
    found.push({ severity: 'error', file, ...at, message })
  }
  const names = [...vars.map(scriptVariable), ...(image ?? []).map(imageVariable)]
  for (const match of text.matchAll(/LAB_(VAR|IMAGE)_[A-Z0-9_]*/g)) {
    if (names.includes(match[0]) || (match[1] === 'IMAGE' && !image)) continue
    const expected = names.join(', ') || '(this lesson has no vars)'
    const message = `$${match[0]} is not defined: expected one of ${expected}`
    found.push({ severity: 'error', file, ...placeOf(text, match.index), message })
  }
  return found
}

/** Every placeholder of a lesson that has no value where it stands; `images` as far as they are known. */
export const lintPlaceholders = (loaded: LoadedLesson, images?: readonly string[]): readonly Mistake[] => {
  const { folder, documents } = loaded
  if (documents.lesson.value === undefined) return []
  const names = known(loaded, images)
  const yaml = `${folder.name}/lesson.yaml`
  const noCaptured = 'captured values are made after the seed is applied, they have no value in it'
  const seedWithout = { nonce: NO_NONCE, captured: noCaptured }
  const seed = [
    ...folder.seed.map((file) => ({ file: `seed/${file.path}`, text: file.text, without: seedWithout })),
    ...folder.controlPlaneSeed.map((file) => ({
      file: `seed/control-plane/${file.path}`,
      text: file.text,
      without: seedWithout,
    })),
    ...folder.nodeSeed.map((file) => ({ file: `seed/node${file.path}`, text: file.text, without: seedWithout })),
    ...folder.workspaceSeed.map((file) => ({
      file: `seed/workspace/${file.path}`,
      text: file.text,
      without: { nonce: NO_NONCE },
    })),
  ]
  return [
    ...inText({ file: yaml, text: folder.lessonYaml ?? '', known: names }),
    ...strayNonces(yaml, documents.lesson),
    ...inText({ file: `${folder.name}/attack.yaml`, text: folder.attackYaml ?? '', known: names }),
    ...inText({
      file: `${folder.name}/lesson.md`,
      text: folder.lessonMd ?? '',
      known: names,
      without: { nonce: NO_NONCE },
    }),
    ...seed.flatMap((each) => inText({ ...each, file: `${folder.name}/${each.file}`, known: names })),
    ...inScript(`${folder.name}/solution.sh`, folder.solution ?? '', names),
    ...folder.wrong.flatMap((each) => inScript(`${folder.name}/wrong/${each.name}/wrong.sh`, each.script ?? '', names)),
  ]
}
