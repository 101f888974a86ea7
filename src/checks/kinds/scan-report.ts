import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { text, workspacePath, z } from '../fields.ts'
import { finding, listed, quoted } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { scanReport } from '../scan-reports.ts'

const schema = z.strictObject({
  path: workspacePath,
  names: z.array(text).min(1),
})
type Fields = z.infer<typeof schema>

const expected = ({ path, names }: Fields): string => `${path} is a report that names ${listed(names)}`

const run = async (fields: Fields, { workspace }: CheckContext): Promise<Finding> => {
  const bytes = await workspace.read(fields.path)
  const report = bytes && scanReport(Buffer.from(bytes).toString('utf8'))
  const missing = fields.names.filter((name) => !report?.ids.includes(name))
  const judge = (problem: string, found: string): Finding =>
    finding({
      met: problem === '',
      expected: expected(fields),
      found: `${fields.path}: ${found}`,
      summary: problem === '' ? 'as expected' : problem.replaceAll('-', ' '),
      data: { problem, missing, format: report?.format ?? '', ids: [...(report?.ids ?? [])] },
    })
  if (bytes === undefined) return judge('missing', 'not there')
  if (report === undefined)
    return judge('unknown-format', 'it is no report in JSON of Trivy or NeuVector, and no SARIF')
  if (missing.length > 0) return judge('lacks', `it names ${listed(report.ids) || 'nothing'}`)
  return judge('', 'it names them')
}

/** A report of a scanner in the learner's folder: JSON of Trivy or of NeuVector's stand-alone scanner, or SARIF. */
export const scanReportKind = defineKind<Fields>({
  kind: 'scan-report',
  schema,
  lagMs: 0,
  watches: ({ path }) => [{ kind: 'file', path }],
  run,
  expected,
  reproduce: ({ path, names }) => `grep -c -e ${names.map(quoted).join(' -e ')} ${quoted(path)}`,
})
