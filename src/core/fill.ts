import type { Attempt, Bindings } from './model.ts'
import { fillKnown, placeholders } from './template.ts'

const NONE: Bindings = { vars: {}, captured: {}, nonce: {}, lab: {}, image: {} }

/** What an attempt has fixed: the values of ((vars.x)), ((captured.x)) and ((image.x)). */
export const attemptBindings = (attempt: Attempt): Pick<Bindings, 'vars' | 'captured' | 'image'> => ({
  vars: attempt.vars,
  captured: attempt.captured,
  image: attempt.images,
})

/**
 * Text for a reader, with the placeholders filled in whose values are known. One that is not known yet is shown as
 * its bare name in angle brackets: the learner already reads while the cluster comes up.
 */
export const fillForReader = (text: string, bindings: Partial<Bindings>): string => {
  const known = fillKnown(text, { ...NONE, ...bindings })
  return placeholders(known).reduce((shown, { text: raw, name }) => shown.replace(raw, `<${name}>`), known)
}
