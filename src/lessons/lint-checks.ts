import type { CheckSpec, Json, Lesson } from '../core/model.ts'
import { placeholders } from '../core/template.ts'
import type { LoadedLesson } from './load.ts'
import type { Mistake } from './mistake.ts'
import type { YamlPath } from './yaml.ts'

type Placed = { readonly check: CheckSpec; readonly path: YamlPath }

const placed = (lesson: Lesson): readonly Placed[] =>
  lesson.tasks.flatMap((task, index) =>
    task.checks.map((check, inner) => ({ check, path: ['tasks', index, 'checks', inner] })),
  )

type Fields = { readonly [key: string]: Json | undefined }

/** What a check that is content with an absence looks like, kind by kind. Undefined: it also asks for a presence. */
const negative = (check: CheckSpec): string | undefined => {
  const fields: Fields = check.with
  const requests = Array.isArray(fields.requests) ? (fields.requests as readonly Fields[]) : []
  const refused = (status: Json | undefined): boolean =>
    (Array.isArray(status) ? status : [status]).every((each) => typeof each === 'number' && each >= 400)
  switch (check.kind) {
    case 'access':
      return fields.allowed === false ? 'is content when access is denied' : undefined
    case 'request':
    case 'kubelet':
      return requests.length > 0 && requests.every((each) => refused(each.status))
        ? 'is content when every request is refused'
        : undefined
    case 'object':
    case 'file':
      return fields.exists === false ? 'is content when something is absent' : undefined
    case 'rules':
      return fields.excludes !== undefined && fields.equals === undefined && fields.contains === undefined
        ? 'is content when rights are absent'
        : undefined
    case 'secret':
      return fields.absent !== undefined && fields.equals === undefined
        ? 'is content when a value is absent'
        : undefined
    case 'admission':
      return fields.expect === 'denied' ? 'is content when an object is denied' : undefined
    case 'stored':
      return fields.lacks !== undefined && fields.every === undefined && fields['newest-key'] === undefined
        ? 'is content when bytes are absent'
        : undefined
    case 'ports':
      return fields['open-exactly'] === undefined && fields.must === undefined
        ? 'is content when ports are closed'
        : undefined
    case 'pod':
    case 'node':
      return (fields.code === 'nonzero' || fields.code === 'any') &&
        fields.prints === undefined &&
        fields.matches === undefined
        ? 'is content when a command fails'
        : undefined
    default:
      return undefined
  }
}

const metadata = (manifest: CheckSpec['given'][number]): readonly string[] => {
  const meta = (manifest.metadata ?? {}) as { readonly [key: string]: Json }
  return [meta.name, meta.namespace].filter((each) => typeof each === 'string')
}

const duplicates = (ids: readonly string[]): readonly number[] =>
  ids.flatMap((id, index) => (ids.indexOf(id) < index ? [index] : []))

/** Mistakes in how the checks, the attack, the quiz and the wrong cases refer to each other. */
export const lintChecks = ({ lesson, documents, folder }: LoadedLesson): readonly Mistake[] => {
  if (!lesson) return []
  const found: Mistake[] = []
  const file = `${folder.name}/lesson.yaml`
  const add = (path: YamlPath, message: string, severity: Mistake['severity'] = 'error'): void => {
    found.push({ severity, file, ...documents.lesson.at(path), message })
  }
  const all = placed(lesson)
  const ids = all.map(({ check }) => check.id)
  for (const index of duplicates(ids)) add([...(all[index]?.path ?? []), 'id'], `check id ${ids[index]} is used twice`)
  const taskIds = lesson.tasks.map((task) => task.id)
  for (const index of duplicates(taskIds)) add(['tasks', index, 'id'], `task id ${taskIds[index]} is used twice`)

  const after = new Map(all.map(({ check }) => [check.id, check.after]))
  for (const { check, path } of all) {
    if (check.after === check.id) add([...path, 'after'], 'after: a check cannot wait for itself')
    else if (check.after !== undefined && !ids.includes(check.after)) {
      add([...path, 'after'], `after: no check ${check.after} in this lesson: expected one of ${ids.join(', ')}`)
    } else {
      const seen = new Set([check.id])
      for (let next = check.after; next !== undefined; next = after.get(next)) {
        if (seen.has(next)) {
          add([...path, 'after'], `after: ${[...seen, next].join(' → ')} goes round in a circle`)
          break
        }
        seen.add(next)
      }
    }
    const words = negative(check)
    // A positive check that waits for it does as well: the lesson is passed only when both are.
    const waits = all.some((one) => one.check.after === check.id && negative(one.check) === undefined)
    if (words && check.after === undefined && !waits) {
      add(path, `check ${check.id} ${words}, and no positive companion is named in after`, 'warning')
    }
    for (const [index, manifest] of check.given.entries()) {
      const fresh = metadata(manifest).some((text) => placeholders(text).some((each) => each.namespace === 'nonce'))
      if (!fresh) add([...path, 'given', index], 'given: expected a ((nonce.x)) in metadata.name or metadata.namespace')
    }
  }
  if (all.every(({ check }) => negative(check) !== undefined)) {
    add(['tasks'], 'every check is content with an absence: expected one that asks for the legitimate use to work')
  }

  for (const [index, question] of lesson.quiz.entries()) {
    const correct = question.options.filter((option) => option.correct).length
    if (correct !== 1) add(['quiz', index], `quiz: expected exactly one option with correct: true, found ${correct}`)
  }
  const quizIds = lesson.quiz.map((question) => question.id)
  for (const index of duplicates(quizIds)) add(['quiz', index], `quiz id ${quizIds[index]} is used twice`)

  const attackFile = `${folder.name}/attack.yaml`
  const attack = (path: YamlPath, message: string): void => {
    found.push({ severity: 'error', file: attackFile, ...documents.attack.at(path), message })
  }
  const steps = lesson.attack.map((step) => step.id)
  for (const index of duplicates(steps)) attack(['steps', index, 'id'], `step id ${steps[index]} is used twice`)
  for (const role of ['attack', 'legitimate'] as const) {
    if (!lesson.attack.some((step) => step.role === role)) attack(['steps'], `expected a step with role: ${role}`)
  }

  for (const wrong of lesson.wrong) {
    if (ids.includes(wrong.check)) continue
    const where = { file: `${folder.name}/wrong/${wrong.name}/expect.yaml`, line: 1, col: 1 }
    const message = `check: no check ${wrong.check} in this lesson: expected one of ${ids.join(', ')}`
    found.push({ severity: 'error', ...where, message })
  }
  return found
}
