import { holds } from '../checks/cel.ts'
import { checkKind } from '../checks/registry.ts'
import { celNames } from '../checks/validations.ts'
import type { Bindings, CheckSpec, Finding, Json, Verdict } from '../core/model.ts'
import { fillKnown } from '../core/template.ts'

type Filled = { readonly fields: { readonly [key: string]: Json }; readonly bindings: Bindings }

/** The command that shows the same fact: the lesson's own, else the kind's. */
const reproduceOf = (spec: CheckSpec, { fields, bindings }: Filled): string | undefined =>
  spec.reproduce === undefined ? checkKind(spec.kind)?.reproduce(fields, bindings) : fillKnown(spec.reproduce, bindings)

/** The lesson's sentence for just this wrong turn, if it has one. */
const saying = (spec: CheckSpec, data: { readonly [key: string]: Json }, bindings: Bindings): string | undefined => {
  const names = { ...celNames(bindings), found: data, object: data.object ?? null }
  const said = spec.say.find(({ when }) => holds(fillKnown(when, bindings), names))
  return said && fillKnown(said.text, bindings)
}

/** Puts the lesson's words to what a kind found. */
export const explain = (spec: CheckSpec, finding: Finding, filled: Filled): Verdict => {
  const { bindings } = filled
  const command = reproduceOf(spec, filled)
  const reproduce = command === undefined ? {} : { reproduce: command }
  if (finding.kind === 'unknown') {
    return { kind: 'unknown', reason: finding.reason, ...(finding.notHere ? { notHere: true } : {}), ...reproduce }
  }
  const expected = spec.expect === undefined ? finding.expected : fillKnown(spec.expect, bindings)
  const why = fillKnown(spec.why, bindings)
  if (finding.kind === 'met') return { kind: 'passed', expected, found: finding.found, why, ...reproduce }
  return {
    kind: 'failed',
    expected,
    found: finding.found,
    why: saying(spec, finding.data, bindings) ?? finding.why ?? why,
    ...reproduce,
  }
}
