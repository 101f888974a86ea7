import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { fromCel } from '../cel.ts'
import { mode, text, validation, z } from '../fields.ts'
import { brokenExpression, finding, unknown } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { exceedsMode, showMode } from '../mode.ts'
import { judge } from '../validations.ts'
import { parseYaml } from '../yaml.ts'

const schema = z
  .strictObject({ name: text, 'mode-max': mode.optional(), validations: z.array(validation).min(1).optional() })
  .refine((fields) => fields['mode-max'] ?? fields.validations, 'expected mode-max or validations')
type Fields = z.infer<typeof schema>

const expected = (fields: Fields): string =>
  [
    fields.validations ? `${fields.name} says what the task asks for` : '',
    fields['mode-max']
      ? `${fields.validations ? 'its' : `${fields.name}'s`} mode is at most ${fields['mode-max']}`
      : '',
  ]
    .filter((part) => part !== '')
    .join(', and ')

const run = async (fields: Fields, { probe, bindings }: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const file = await probe.controlPlaneFile(fields.name)
  if (!file) return unknown(`there is no control-plane file called ${fields.name} here`)
  const shownMode = showMode(file.mode)
  const parsed = parseYaml(file.text)
  if ('mistake' in parsed) {
    return finding({
      met: false,
      expected: want,
      found: `${fields.name} is not valid YAML: ${parsed.mistake}`,
      summary: 'unparsable',
      data: { mode: shownMode, object: null, failed: [], problem: 'unparsable' },
    })
  }
  const judgement = judge(parsed.value, fields.validations ?? [], bindings)
  if (judgement.broken.length > 0) return brokenExpression(judgement.broken)
  const open = fields['mode-max'] !== undefined && exceedsMode(file.mode, fields['mode-max'])
  const problems = [...judgement.messages, ...(open ? [`its mode is ${shownMode}`] : [])]
  return finding({
    met: problems.length === 0,
    expected: want,
    found: problems.length === 0 ? `${fields.name} is as it should be` : `${fields.name}: ${problems.join('; ')}`,
    summary: problems.length === 0 ? 'as expected' : 'differs',
    data: { mode: shownMode, object: fromCel(parsed.value), failed: [...judgement.failed], problem: '' },
  })
}

/** A control-plane file as it stands on disk: its contents by CEL, its mode. */
export const controlPlaneFile = defineKind<Fields>({
  kind: 'control-plane-file',
  schema,
  lagMs: 0,
  watches: (fields) => [{ kind: 'control-plane-file', name: fields.name }],
  run,
  expected,
  reproduce: (fields) => `k8s-sec-lab edit ${fields.name}`,
})
