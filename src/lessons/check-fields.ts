import type { z } from 'zod'
import type { Mistake } from './mistake.ts'
import type { YamlDocument } from './yaml.ts'
import { zodMistakes } from './zod-mistakes.ts'

/** What the lint needs to know of a check kind: the schema of its `with`. */
type KindSchema = { readonly schema: z.ZodType }
type Kinds = { readonly names: readonly string[]; readonly find: (name: string) => KindSchema | undefined }

const kinds = async (): Promise<Kinds | undefined> => undefined

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
  const known = await kinds()
  if (!known) return []
  return checksOf(document, options.part).flatMap(({ path, check }) => {
    const name = field(check, 'kind')
    if (typeof name !== 'string') return []
    const kind = known.find(name)
    if (!kind) {
      const at = document.at([...path, 'kind'])
      const message = `unknown kind ${JSON.stringify(name)}: expected one of ${known.names.join(', ')}`
      return [{ severity: 'error', file, ...at, message }]
    }
    const parsed = kind.schema.safeParse(field(check, 'with'))
    if (parsed.success || field(check, 'with') === undefined) return []
    return zodMistakes({ file, document, issues: parsed.error.issues, prefix: [...path, 'with'] })
  })
}
