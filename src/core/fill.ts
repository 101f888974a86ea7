import type { Bindings } from './model.ts'
import { fillKnown, placeholders } from './template.ts'

const NONE: Bindings = { vars: {}, captured: {}, nonce: {}, lab: {}, image: {} }

/**
 * Text for a reader, with the placeholders filled in whose values are known. One that is not known yet is shown as
 * its bare name in angle brackets: the learner already reads while the cluster comes up.
 */
export const fillForReader = (text: string, bindings: Partial<Bindings>): string => {
  const known = fillKnown(text, { ...NONE, ...definedOf(bindings) })
  return placeholders(known).reduce((shown, { text: raw, name }) => shown.replace(raw, `<${name}>`), known)
}

const definedOf = (bindings: Partial<Bindings>): Partial<Bindings> =>
  Object.fromEntries(Object.entries(bindings).filter(([, values]) => values !== undefined))
