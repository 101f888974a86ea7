import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { mode, pattern, text, validation, workspacePath, z } from '../fields.ts'
import { brokenExpression, cut, finding, quoted } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { exceedsMode, showMode } from '../mode.ts'
import { judge } from '../validations.ts'
import { parseYaml } from '../yaml.ts'

const texts = z.array(text).min(1)

const schema = z.strictObject({
  path: workspacePath,
  exists: z.boolean().optional(),
  equals: z.string().optional(),
  contains: texts.optional(),
  lacks: texts.optional(),
  /** Exactly these, in any order; blank lines and spaces around them do not count. */
  lines: texts.optional(),
  matches: pattern.optional(),
  'mode-max': mode.optional(),
  validations: z.array(validation).min(1).optional(),
})
type Fields = z.infer<typeof schema>

const expected = (fields: Fields): string => {
  if (fields.exists === false) return `${fields.path} is not in the workspace`
  const asks = [
    fields.equals !== undefined ? 'holds exactly what the task asks for' : '',
    fields.contains ? `contains ${fields.contains.join(', ')}` : '',
    fields.lacks ? `does not contain ${fields.lacks.join(', ')}` : '',
    fields.lines ? `holds these lines and no others: ${fields.lines.join(', ')}` : '',
    fields.matches !== undefined ? `matches ${fields.matches}` : '',
    fields.validations ? 'says what the task asks for' : '',
    fields['mode-max'] ? `has a mode of at most ${fields['mode-max']}` : '',
  ].filter((part) => part !== '')
  return `${fields.path} ${asks.length === 0 ? 'is in the workspace' : asks.join(', ')}`
}

const linesOf = (content: string): readonly string[] =>
  content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

const problemOf = (
  fields: Fields,
  content: string,
  fileMode: number,
): readonly [problem: string, sentence: string] | undefined => {
  if (fields.equals !== undefined && content !== fields.equals) {
    return content.trim() === fields.equals.trim()
      ? ['whitespace', 'it differs only in spaces or line ends']
      : ['different', 'it holds something else']
  }
  const missing = (fields.contains ?? []).filter((each) => !content.includes(each))
  if (missing.length > 0) return ['lacks', `it does not contain ${missing.join(', ')}`]
  const present = (fields.lacks ?? []).filter((each) => content.includes(each))
  if (present.length > 0) return ['contains', `it contains ${present.join(', ')}`]
  if (fields.lines !== undefined) {
    const lines = linesOf(content)
    const missing = fields.lines.filter((line) => !lines.includes(line))
    if (missing.length > 0) return ['lacks', `it has no line ${missing.join(', ')}`]
    const extra = lines.filter((line) => !fields.lines?.includes(line))
    if (extra.length > 0) return ['contains', `it has a line ${extra[0]}`]
  }
  if (fields.matches !== undefined && !new RegExp(fields.matches, 'm').test(content)) {
    return ['no-match', `nothing in it matches ${fields.matches}`]
  }
  if (fields['mode-max'] !== undefined && exceedsMode(fileMode, fields['mode-max'])) {
    return ['mode', `its mode is ${showMode(fileMode)}`]
  }
  return undefined
}

const run = async (fields: Fields, { workspace, bindings }: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const [bytes, stat] = await Promise.all([workspace.read(fields.path), workspace.stat(fields.path)])
  const answer = (
    met: boolean,
    found: string,
    problem: string,
    content = '',
    failed: readonly number[] = [],
  ): Finding =>
    finding({
      met,
      expected: want,
      found: `${fields.path}: ${found}`,
      // An attack says both in one line: "before in it, now not in it".
      summary: met ? (fields.contains ? 'in it' : 'as expected') : problem === 'lacks' ? 'not in it' : problem,
      data: { exists: bytes !== undefined, problem: met ? '' : problem, failed: [...failed], text: cut(content, 2000) },
    })
  if (bytes === undefined) return answer(fields.exists === false, 'not there', 'missing')
  const content = Buffer.from(bytes).toString('utf8')
  if (fields.exists === false) return answer(false, 'it is there', 'exists', content)
  const problem = problemOf(fields, content, stat?.mode ?? 0)
  if (problem) return answer(false, problem[1], problem[0], content)
  if (!fields.validations) return answer(true, 'as it should be', '', content)
  const parsed = parseYaml(content)
  if ('mistake' in parsed) return answer(false, `it is neither JSON nor YAML: ${parsed.mistake}`, 'unparsable', content)
  const judgement = judge(parsed.value, fields.validations, bindings)
  if (judgement.broken.length > 0) return brokenExpression(judgement.broken)
  const { failed, messages } = judgement
  return failed.length > 0
    ? answer(false, messages.join('; '), 'content', content, failed)
    : answer(true, 'as it should be', '', content)
}

/** A file of the learner's folder. */
export const file = defineKind<Fields>({
  kind: 'file',
  schema,
  lagMs: 0,
  watches: (fields) => [{ kind: 'file', path: fields.path }],
  run,
  expected,
  reproduce: (fields) =>
    fields.exists === false || fields['mode-max'] ? `ls -l ${quoted(fields.path)}` : `cat ${quoted(fields.path)}`,
})
