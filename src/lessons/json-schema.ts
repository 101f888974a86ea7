import { z } from 'zod'
import { lessonSchema } from './schema.ts'

type JsonSchema = { readonly [key: string]: unknown }

const toJson = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonSchema
  return rest
}

/**
 * JSON Schema of lesson.yaml, for editors: completion, and mistakes while typing. What a check may have under `with`
 * follows from its kind.
 */
export const lessonJsonSchema = async (): Promise<JsonSchema> => {
  const { checkKinds } = await import('../checks/registry.ts')
  const base = z.toJSONSchema(lessonSchema, { unrepresentable: 'any', io: 'input' }) as JsonSchema
  const byKind = [...checkKinds].map(([name, kind]) => ({
    if: { properties: { kind: { const: name } }, required: ['kind'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { with: toJson(kind.schema) } },
  }))
  const checks = { properties: { kind: { enum: [...checkKinds.keys()] } }, allOf: byKind }
  const tasks = { properties: { tasks: { items: { properties: { checks: { items: checks } } } } } }
  return { ...base, title: 'k8s-sec-lab lesson.yaml', allOf: [tasks] }
}
