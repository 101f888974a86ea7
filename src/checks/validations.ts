import type { Bindings } from '../core/model.ts'
import { type CelVariables, evaluate } from './cel.ts'
import type { Validation } from './fields.ts'

/** What validations say about one object. */
export type Judgement = {
  /** Indexes of those that do not hold. */
  readonly failed: readonly number[]
  /** A sentence for each that does not hold. */
  readonly messages: readonly string[]
  /** Expressions that cannot work at all: a mistake of the lesson, not of the learner. */
  readonly broken: readonly string[]
}

/** The names that a lesson's expressions can use beside `object`. */
export const celNames = (bindings: Bindings): CelVariables => ({
  vars: bindings.vars,
  nonce: bindings.nonce,
  captured: bindings.captured,
})

/**
 * Puts validations to an object, as a ValidatingAdmissionPolicy would: all must be true. A field that the object
 * lacks fails the validation; an expression that could never work is reported as broken.
 */
export const judge = (object: unknown, validations: readonly Validation[], bindings: Bindings): Judgement => {
  const variables = { ...celNames(bindings), object }
  const failed: number[] = []
  const messages: string[] = []
  const broken: string[] = []
  validations.forEach((validation, index) => {
    const result = evaluate(validation.expression, variables)
    if (result.kind === 'value' && result.value === true) return
    if (result.kind === 'error') broken.push(`${validation.expression}: ${result.message}`)
    else if (result.kind === 'value' && typeof result.value !== 'boolean')
      broken.push(`${validation.expression}: it gives no true or false`)
    failed.push(index)
    messages.push(messageOf(validation, variables))
  })
  return { failed, messages, broken }
}

const messageOf = (validation: Validation, variables: CelVariables): string => {
  if (validation.messageExpression !== undefined) {
    const result = evaluate(validation.messageExpression, variables)
    if (result.kind === 'value' && typeof result.value === 'string' && result.value.trim() !== '') return result.value
  }
  return validation.message ?? `not true: ${validation.expression}`
}
