import { join } from 'node:path'
import type {
  AttackStep,
  CheckSpec,
  Json,
  Lesson,
  ModuleId,
  ProvideSpec,
  QuizQuestion,
  WrongCase,
} from '../core/model.ts'
import { checkFieldMistakes } from './check-fields.ts'
import { parseDuration } from './duration.ts'
import type { Mistake } from './mistake.ts'
import type { LessonFolder } from './read.ts'
import { type AttackFile, attackSchema, type CheckFile, expectSchema, type LessonFile, lessonSchema } from './schema.ts'
import { parseYaml, type YamlDocument } from './yaml.ts'
import { zodMistakes } from './zod-mistakes.ts'

/** Settle window of a check that names none: long enough for the API server's own caches (authorizer, informers). */
export const DEFAULT_SETTLE_MS = 2000

/** A lesson folder with everything that could be made of it. */
export type LoadedLesson = {
  readonly folder: LessonFolder
  /** Present when the folder obeys the format; lint may still find content mistakes. */
  readonly lesson?: Lesson
  readonly mistakes: readonly Mistake[]
  /** Documents with places, for the mistakes that lint finds. */
  readonly documents: { readonly lesson: YamlDocument; readonly attack: YamlDocument }
}

/** The text before `## Debrief` and the text under it; the heading itself belongs to neither. */
export const splitText = (markdown: string): { readonly text: string; readonly debrief?: string } => {
  const match = /^##[ \t]+Debrief[ \t]*$/m.exec(markdown)
  if (!match) return { text: markdown.trim() }
  return { text: markdown.slice(0, match.index).trim(), debrief: markdown.slice(match.index + match[0].length).trim() }
}

const toCheck = (raw: Omit<CheckFile, 'why'> & { why?: string }): CheckSpec => ({
  id: raw.id,
  title: raw.title,
  kind: raw.kind,
  with: raw.with as { readonly [key: string]: Json },
  mode: raw.mode ?? 'level',
  expect: raw.expect,
  why: raw.why ?? '',
  reproduce: raw.reproduce,
  settleMs: raw.settle === undefined ? DEFAULT_SETTLE_MS : (parseDuration(raw.settle) ?? DEFAULT_SETTLE_MS),
  holdMs: raw.hold === undefined ? 0 : (parseDuration(raw.hold) ?? 0),
  given: (raw.given ?? []) as CheckSpec['given'],
  say: raw.say ?? [],
  needs: raw.needs ?? [],
  after: raw.after,
})

const toStep = (raw: AttackFile['steps'][number]): AttackStep => {
  const { role, ...check } = raw
  return { id: raw.id, title: raw.title, role, check: toCheck(check) }
}

const toProvide = (raw: NonNullable<LessonFile['provide']>[number]): ProvideSpec => {
  if ('kubeconfig' in raw) {
    return { kind: 'kubeconfig', file: raw.kubeconfig, user: raw.user, groups: raw.groups ?? [], capture: raw.capture }
  }
  if ('object' in raw) return { kind: 'field', object: raw.object, field: raw.field, capture: raw.capture }
  if ('sealing-key' in raw) {
    return { kind: 'sealing-key', file: raw.file, capture: raw.capture, captureName: raw['capture-name'] }
  }
  if ('sealed' in raw) {
    const [namespace = '', name = ''] = raw.sealed.split('/')
    const { key, value, file } = raw
    return { kind: 'sealed', namespace, name, key, value, file, ...(raw.for ? { sealedFor: raw.for } : {}) }
  }
  const cut = raw.secret.indexOf('/')
  return {
    kind: 'secret',
    file: raw.file,
    namespace: raw.secret.slice(0, cut),
    name: raw.secret.slice(cut + 1),
    key: raw.key,
    capture: raw.capture,
  }
}

const toQuiz = (raw: LessonFile['quiz']): readonly QuizQuestion[] =>
  raw.map((question, index) => ({
    id: question.id ?? `q${index + 1}`,
    question: question.question,
    options: question.options.map((option) => ({ ...option, correct: option.correct ?? false })),
  }))

const yamlMistakes = (file: string, document: YamlDocument): readonly Mistake[] =>
  document.mistakes.map(({ position, message }) => ({ severity: 'error', file, ...position, message }))

const loadWrong = (folder: LessonFolder): { cases: readonly WrongCase[]; mistakes: readonly Mistake[] } => {
  const cases: WrongCase[] = []
  const mistakes: Mistake[] = []
  for (const each of folder.wrong) {
    if (each.expect === undefined || each.script === undefined) continue
    const file = `${folder.name}/wrong/${each.name}/expect.yaml`
    const document = parseYaml(each.expect)
    mistakes.push(...yamlMistakes(file, document))
    if (document.mistakes.length > 0) continue
    const parsed = expectSchema.safeParse(document.value)
    if (!parsed.success) mistakes.push(...zodMistakes({ file, document, issues: parsed.error.issues }))
    else {
      const script = join(folder.dir, 'wrong', each.name, 'wrong.sh')
      cases.push({ name: each.name, script, check: parsed.data.check, contains: parsed.data.contains })
    }
  }
  return { cases, mistakes }
}

/**
 * A lesson of a folder that has been read. Collects every mistake of form at once (YAML, schema, fields of each check
 * kind); the lesson is only there when there is none.
 */
export const loadLesson = async (folder: LessonFolder): Promise<LoadedLesson> => {
  const file = `${folder.name}/lesson.yaml`
  const attackFile = `${folder.name}/attack.yaml`
  const document = parseYaml(folder.lessonYaml ?? '')
  const attackDocument = parseYaml(folder.attackYaml ?? '')
  const mistakes: Mistake[] = [...folder.mistakes, ...yamlMistakes(file, document)]
  mistakes.push(...yamlMistakes(attackFile, attackDocument))

  const parsed = lessonSchema.safeParse(document.value)
  if (folder.lessonYaml !== undefined && document.mistakes.length === 0) {
    if (!parsed.success) mistakes.push(...zodMistakes({ file, document, issues: parsed.error.issues }))
    mistakes.push(...(await checkFieldMistakes({ file, document, part: 'tasks' })))
  }
  const attack = attackSchema.safeParse(attackDocument.value)
  if (folder.attackYaml !== undefined && attackDocument.mistakes.length === 0) {
    if (!attack.success) {
      mistakes.push(...zodMistakes({ file: attackFile, document: attackDocument, issues: attack.error.issues }))
    }
    mistakes.push(...(await checkFieldMistakes({ file: attackFile, document: attackDocument, part: 'steps' })))
  }
  const wrong = loadWrong(folder)
  mistakes.push(...wrong.mistakes)

  const documents = { lesson: document, attack: attackDocument }
  const { text, debrief } = splitText(folder.lessonMd ?? '')
  if (mistakes.length > 0 || !parsed.success || !attack.success) return { folder, mistakes, documents }
  const raw = parsed.data
  const lesson: Lesson = {
    id: raw.id,
    slug: folder.slug,
    module: folder.module as ModuleId,
    title: raw.title,
    summary: raw.summary,
    layer: raw.layer,
    minutes: raw.minutes,
    prerequisites: raw.prerequisites ?? [],
    needs: { capabilities: raw.needs.capabilities, tools: raw.needs.tools ?? [], addons: raw.needs.addons ?? [] },
    kubernetes: raw.kubernetes,
    references: {
      cks: raw.references?.cks ?? [],
      owasp: raw.references?.owasp ?? [],
      cis: raw.references?.cis ?? [],
      docs: raw.references?.docs ?? [],
    },
    vars: raw.vars ?? {},
    nonces: raw.nonces ?? {},
    provide: (raw.provide ?? []).map(toProvide),
    ...(raw.vault ? { vault: { policies: {}, roles: {}, tokens: [], ...raw.vault } } : {}),
    ...(raw.registry ? { registry: raw.registry.map((image) => ({ ...image, tags: image.tags ?? [] })) } : {}),
    tasks: raw.tasks.map((task) => ({ id: task.id, title: task.title, checks: task.checks.map(toCheck) })),
    hints: raw.hints,
    quiz: toQuiz(raw.quiz),
    attack: attack.data.steps.map(toStep),
    text,
    debrief: debrief ?? '',
    seed: folder.seed,
    workspaceSeed: folder.workspaceSeed,
    controlPlaneSeed: folder.controlPlaneSeed,
    nodeSeed: folder.nodeSeed,
    nodeFiles: raw['node-files'] ?? [],
    solution: { path: join(folder.dir, 'solution.sh'), text: folder.solution ?? '' },
    wrong: wrong.cases,
    right: folder.right.map((name) => ({ name, script: join(folder.dir, 'right', name, 'right.sh') })),
    exempt: (raw.exempt ?? {}) as Readonly<Record<string, string>>,
    dir: folder.dir,
  }
  return { folder, lesson, mistakes, documents }
}
