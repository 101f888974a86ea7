import type { Mistake } from './mistake.ts'
import type { YamlDocument } from './yaml.ts'
import { zodMistakes } from './zod-mistakes.ts'

type RawCheck = { readonly kind?: unknown; readonly with?: unknown }
type Found = { readonly path: readonly (string | number)[]; readonly check: RawCheck }

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const field = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined

const checksOf = (document: YamlDocument, part: 'tasks' | 'steps'): readonly Found[] => {
  if (part === 'steps') {
    return list(field(document.value, 'steps')).map((check, index) => ({
      path: ['steps', index],
      check: check as RawCheck,
    }))
  }
  return list(field(document.value, 'tasks')).flatMap((task, index) =>
    list(field(task, 'checks')).map((check, inner) => ({
      path: ['tasks', index, 'checks', inner],
      check: check as RawCheck,
    })),
  )
}

/** Mistakes in the kind and the `with` of every check of a file, by the schemas of the kinds. */
export const checkFieldMistakes = async (options: {
  readonly file: string
  readonly document: YamlDocument
  readonly part: 'tasks' | 'steps'
}): Promise<readonly Mistake[]> => {
  const { file, document } = options
  // Loaded when the first lesson is: the kinds bring the CEL library along.
  const { expressionMistake } = await import('../checks/cel.ts')
  const { checkKind, checkKinds } = await import('../checks/registry.ts')
  return checksOf(document, options.part).flatMap(({ path, check }) => {
    const says = list(field(check, 'say')).flatMap((say, index): Mistake[] => {
      const when = field(say, 'when')
      const mistake = typeof when === 'string' ? expressionMistake(when) : undefined
      if (mistake === undefined) return []
      const at = document.at([...path, 'say', index, 'when'])
      return [{ severity: 'error', file, ...at, message: `when: not a CEL expression: ${mistake}` }]
    })
    const name = field(check, 'kind')
    if (typeof name !== 'string') return says
    const kind = checkKind(name)
    if (!kind) {
      const at = document.at([...path, 'kind'])
      const message = `unknown kind ${JSON.stringify(name)}: expected one of ${[...checkKinds.keys()].join(', ')}`
      return [...says, { severity: 'error', file, ...at, message }]
    }
    const parsed = kind.schema.safeParse(field(check, 'with'))
    if (parsed.success || field(check, 'with') === undefined) return says
    return [...says, ...zodMistakes({ file, document, issues: parsed.error.issues, prefix: [...path, 'with'] })]
  })
}
