/** The pieces that the schemas of several kinds share; the door through which zod enters the checks. */
import { z } from 'zod'
import type { CredentialSpec } from '../core/model.ts'
import { expressionMistake } from './cel.ts'

export { z }

export const text = z.string().min(1)

/** CEL that parses; it is evaluated only when the check runs. */
export const expression = text.superRefine((value, context) => {
  const mistake = expressionMistake(value)
  if (mistake !== undefined) context.addIssue({ code: 'custom', message: `not a CEL expression: ${mistake}` })
})

/** A regular expression in JavaScript's syntax. */
export const pattern = text.superRefine((value, context) => {
  try {
    new RegExp(value)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not a regular expression' })
  }
})

/** File mode in octal, as a string: "600". */
export const mode = z.string().regex(/^0?[0-7]{3}$/, 'expected three octal digits in quotes, like "600"')

/** `namespace/name`; either part may be a placeholder. */
export const namespacedName = z.string().regex(/^[^/\s]+\/[^/\s]+$/, 'expected namespace/name, like shop/report-bot')

/** A path inside the learner's folder. */
export const workspacePath = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, 'expected a path inside the workspace, without a leading / or ..')

/** A whole API object. */
export const manifest = z.looseObject({
  apiVersion: text,
  kind: text,
  metadata: z
    .looseObject({ name: text.optional(), generateName: text.optional(), namespace: text.optional() })
    .optional(),
})
export type ManifestField = z.infer<typeof manifest>

/** Written like the validations of a ValidatingAdmissionPolicy. */
export const validation = z.strictObject({
  expression,
  message: text.optional(),
  messageExpression: expression.optional(),
})
export type Validation = z.infer<typeof validation>

const impersonatedUser = z.strictObject({ user: text, groups: z.array(text).optional() })
const impersonatedServiceAccount = z.strictObject({ serviceAccount: namespacedName })

/** Subjects that can be named without holding a credential of theirs. */
export const subject: z.ZodType<Subject> = z.union([impersonatedUser, impersonatedServiceAccount], {
  error: 'expected {user, groups} or {serviceAccount: namespace/name}',
})
export type Subject = Extract<CredentialSpec, { readonly user: string } | { readonly serviceAccount: string }>

export const credential: z.ZodType<CredentialSpec> = z.union(
  [
    z.literal('admin'),
    z.literal('anonymous'),
    impersonatedUser,
    impersonatedServiceAccount,
    z.strictObject({ token: text }),
    z.strictObject({ kubeconfig: workspacePath }),
    z.strictObject({ provided: text }),
  ],
  {
    error:
      'expected admin, anonymous, {user, groups}, {serviceAccount: namespace/name}, {token}, {kubeconfig} or {provided}',
  },
)

/** HTTP status, one or several. */
const code = z.int().min(100).max(599)
export const status = z.union([code, z.array(code).min(1)], { error: 'expected a status code or a list of them' })

/** The codes of a status field as a list. */
export const codesOf = (value: number | readonly number[]): readonly number[] =>
  typeof value === 'number' ? [value] : value
