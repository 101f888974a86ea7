/**
 * The shape of lesson.yaml, attack.yaml, expect.yaml and index.yaml. Unknown keys are mistakes. The field `with` of a
 * check is only an object here: its kind's own schema looks at it in check-fields.ts.
 */
import { z } from 'zod'
import { MODULES } from '../core/model.ts'
import { parseDuration } from './duration.ts'

const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens, starting with a letter')
const lessonId = z.string().regex(/^L\d{2}$/, 'expected an id like L05')
const sentence = z.string().trim().min(1, 'expected some text')
const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'expected a duration like 500ms, 5s or 1m')
  .meta({ examples: ['5s', '1m'] })

export const LAYERS = ['workload', 'control-plane', 'infrastructure', 'identity', 'supply-chain', 'secrets'] as const
export const CAPABILITIES = ['api', 'etcd', 'control-plane-files', 'nodes', 'network-policy', 'apparmor'] as const
export const MODULE_IDS = MODULES.map((module) => module.id)

/** The generic wrong cases of `lessons verify`, which a lesson may be exempt from with a reason. */
export const GENERIC_WRONGS = ['target-deleted', 'everything-allowed', 'renamed-target', 'seed-twice'] as const

const varSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password'), length: z.int().min(8).max(64) }),
  z.strictObject({
    kind: z.literal('name'),
    prefix: z.string().regex(/^[a-z]([a-z0-9-]{0,40})$/, 'expected the start of a DNS label, like bot-'),
  }),
  z.strictObject({ kind: z.literal('port') }),
  z.strictObject({ kind: z.literal('pick'), from: z.array(sentence).min(2) }),
])
const varName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'expected a name of letters, digits, - and _')
const varSpecs = z.record(varName, varSpec)

const json = z.json()
const object = z.record(z.string(), json)
const capabilities = z.array(z.enum(CAPABILITIES))

const checkFields = {
  id,
  title: sentence,
  kind: sentence,
  expect: sentence.optional(),
  reproduce: sentence.optional(),
  settle: duration.optional(),
  hold: duration.optional(),
  given: z.array(object).optional(),
  after: id.optional(),
  needs: capabilities.optional(),
  say: z.array(z.strictObject({ when: sentence, text: sentence })).optional(),
  with: object,
}
const check = z.strictObject({ ...checkFields, mode: z.enum(['level', 'edge']).optional(), why: sentence })

const relativeFile = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, 'expected a path inside the workspace folder, without ..')

/** Folders that are the node itself: putting one back would take everything else in it along. */
const TOO_WIDE =
  /^\/([a-z]+|etc\/(kubernetes|systemd|cni|containerd)|var\/(lib|log|run|cache)|var\/lib\/(kubelet|containerd|etcd)|usr\/[a-z]+)$/
const nodePath = z
  .string()
  .regex(/^(\/(?!\.\.?(\/|$))[^/\n]+)+$/, 'expected an absolute path on the node, without . or .. and no / at its end')
  .refine(
    (path) => !TOO_WIDE.test(path),
    'expected a file or folder of the lesson alone, not one that the node lives from',
  )

const provide = z.union([
  z.strictObject({
    kubeconfig: relativeFile,
    user: sentence,
    groups: z.array(sentence).optional(),
    capture: varName.optional(),
  }),
  z.strictObject({
    secret: z.string().regex(/^[a-z0-9-]+\/[a-z0-9.-]+$|\(\(/, 'expected namespace/name'),
    key: sentence,
    file: relativeFile.optional(),
    capture: varName.optional(),
  }),
  z.strictObject({
    object: z.strictObject({
      apiVersion: sentence,
      kind: sentence,
      namespace: sentence.optional(),
      name: sentence,
    }),
    field: z.string().regex(/^[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)*$/, 'expected a dotted path like metadata.uid'),
    capture: varName,
  }),
  z.strictObject({
    'sealing-key': z.literal('newest'),
    file: relativeFile.optional(),
    capture: varName,
    'capture-name': varName.optional(),
  }),
  z.strictObject({
    sealed: z.string().regex(/^[a-z0-9-]+\/[a-z0-9.-]+$/, 'expected namespace/name'),
    for: z
      .string()
      .regex(/^[a-z0-9-]+\/[a-z0-9.-]+$/, 'expected namespace/name')
      .optional(),
    key: sentence,
    value: sentence,
    file: relativeFile,
  }),
])

/** What begin writes into the add-on vault. */
const vault = z.strictObject({
  secrets: z.record(
    z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/, 'expected a path below secret/, like app/db'),
    z.record(z.string(), sentence),
  ),
  policies: z.record(id, sentence).optional(),
  roles: z
    .record(
      id,
      z.strictObject({
        account: z.string().regex(/^[a-z0-9-]+\/[a-z0-9.-]+$/, 'expected namespace/name'),
        audience: sentence,
        policies: z.array(sentence).min(1),
      }),
    )
    .optional(),
  tokens: z
    .array(
      z.strictObject({
        id: sentence,
        name: id,
        policies: z.array(sentence).min(1),
        revoked: z.literal(true).optional(),
      }),
    )
    .optional(),
})

const imagePath = z
  .string()
  .max(200)
  .regex(/^(?!(.*\/)?\.{0,2}(\/|$))\S+$/, 'expected a path in the image without a slash before it, like etc/os-release')
/** What a registry takes as a name, and placeholders. */
const repository = z
  .string()
  .regex(/^(\(\([a-z]+\.\w+\)\)|[a-z0-9]+|[._-](?=[a-z0-9(])|\/(?=[a-z0-9(]))+$/, 'expected a repository like shop/web')
const tag = z.string().regex(/^(\(\([a-z]+\.\w+\)\)|[\w.-])+$/, 'expected a tag like 1.4.2, in quotes')

/** What begin pushes into the add-on registry. */
const registryImage = z.strictObject({
  repository,
  tags: z.array(tag).optional(),
  layers: z.array(z.record(imagePath, z.string())).min(1),
  labels: z.record(sentence, z.string()).optional(),
  capture: varName.optional(),
})

export const lessonSchema = z.strictObject({
  format: z.literal(1),
  id: lessonId,
  title: sentence,
  summary: sentence,
  layer: z.enum(LAYERS),
  minutes: z.int().min(1).max(120),
  prerequisites: z.array(lessonId).optional(),
  needs: z.strictObject({
    capabilities: capabilities.min(1),
    tools: z.array(sentence).optional(),
    addons: z.array(sentence).optional(),
  }),
  kubernetes: sentence,
  references: z
    .strictObject({
      cks: z.array(sentence).optional(),
      owasp: z.array(z.string().regex(/^K\d\d$/, 'expected an id like K02')).optional(),
      cis: z.array(z.string().regex(/^\d+(\.\d+)+$/, 'expected a section number in quotes, like "5.1.1"')).optional(),
      docs: z.array(z.strictObject({ title: sentence, url: z.url() })).optional(),
    })
    .optional(),
  vars: varSpecs.optional(),
  nonces: varSpecs.optional(),
  provide: z.array(provide).optional(),
  vault: vault.optional(),
  registry: z.array(registryImage).min(1).optional(),
  'node-files': z.array(nodePath).min(1).optional(),
  tasks: z.array(z.strictObject({ id, title: sentence, checks: z.array(check).min(1) })).min(1),
  hints: z.array(sentence).length(3, 'expected exactly 3 hints: where to look, which mechanism, the shape with blanks'),
  quiz: z
    .array(
      z.strictObject({
        id: id.optional(),
        question: sentence,
        options: z
          .array(z.strictObject({ text: sentence, correct: z.boolean().optional(), reason: sentence }))
          .min(2, 'expected at least 2 options'),
      }),
    )
    .min(1),
  exempt: z.partialRecord(z.enum(GENERIC_WRONGS), sentence).optional(),
})

export const attackSchema = z.strictObject({
  steps: z
    .array(z.strictObject({ ...checkFields, role: z.enum(['attack', 'legitimate']), why: sentence.optional() }))
    .min(1),
})

export const expectSchema = z.strictObject({ check: id, contains: z.array(sentence).min(1) })

export const indexSchema = z.strictObject({
  lessons: z.array(z.string().regex(/^[a-z-]+\/[a-z0-9-]+$/, 'expected module/slug')),
})

export type LessonFile = z.infer<typeof lessonSchema>
export type AttackFile = z.infer<typeof attackSchema>
export type CheckFile = z.infer<typeof check>
