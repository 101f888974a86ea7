import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { text, z } from '../fields.ts'
import { cut, finding } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { field, parseYaml, textOf } from '../yaml.ts'

/** The learner's typed answers: a flat map in the workspace. */
export const ANSWERS_FILE = 'answers.yaml'

const schema = z.strictObject({
  key: text,
  equals: z.union([text, z.array(text).min(1)], { error: 'expected a text or a list of texts' }),
  normalise: z.enum(['trim', 'lower']).optional(),
  wrong: z.record(text, text).optional(),
})
type Fields = z.infer<typeof schema>

/** Typing is forgiven for blanks at the ends always; for capitals, and a blank for a hyphen, when the lesson says so. */
const normal = (value: string, how: Fields['normalise']): string =>
  how === 'lower' ? value.trim().toLowerCase().replace(/\s+/g, '-') : value.trim()

const expected = (fields: Fields): string => `the right answer to "${fields.key}"`

const run = async (fields: Fields, { workspace }: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const data = { given: '', present: false }
  const bytes = await workspace.read(ANSWERS_FILE)
  const parsed = bytes === undefined ? { value: undefined } : parseYaml(Buffer.from(bytes).toString('utf8'))
  if ('mistake' in parsed) {
    const found = `${ANSWERS_FILE} is not valid YAML: ${parsed.mistake}`
    return finding({ met: false, expected: want, found, summary: 'unparsable', data })
  }
  const given = textOf(field(parsed.value, fields.key))
  if (given === undefined || given.trim() === '') {
    return finding({ met: false, expected: want, found: 'no answer yet', summary: 'no answer', data })
  }
  const right = [fields.equals]
    .flat()
    .some((each) => normal(each, fields.normalise) === normal(given, fields.normalise))
  const sentence = Object.entries(fields.wrong ?? {}).find(
    ([value]) => normal(value, fields.normalise) === normal(given, fields.normalise),
  )?.[1]
  return finding({
    met: right,
    expected: want,
    found: `you answered "${cut(given.trim(), 120)}"`,
    summary: right ? 'right' : 'wrong',
    data: { given: cut(given, 500), present: true },
    ...(right || sentence === undefined ? {} : { why: sentence }),
  })
}

/** A typed answer. */
export const answer = defineKind<Fields>({
  kind: 'answer',
  schema,
  lagMs: 0,
  watches: () => [{ kind: 'file', path: ANSWERS_FILE }],
  run,
  expected,
  reproduce: () => `cat ${ANSWERS_FILE}`,
})
