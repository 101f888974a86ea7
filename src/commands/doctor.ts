import type { OptionValues } from 'commander'
import { readKindFacts } from '../cluster/kind/machine-facts.ts'
import { kindFindings } from '../cluster/kind/machine-findings.ts'
import type { Backend } from '../core/model.ts'
import { wrap } from '../text/wrap.ts'
import { type Diagnosis, diagnose } from '../tools/machine/diagnose.ts'
import type { Finding } from '../tools/machine/finding.ts'
import type { CommandContext } from './context.ts'
import type { ExitCode } from './io.ts'

const MARK: Readonly<Record<Finding['state'], string>> = { ok: 'ok', note: 'note', problem: 'PROBLEM' }

/** `doctor`: what this machine can run. Exit code 0 when some backend works, else 3. */
export const doctor = async (context: CommandContext, options: OptionValues): Promise<ExitCode> => {
  const { io, services } = context
  const diagnosis = await diagnose({
    tools: await services.tools(),
    paths: services.paths,
    env: io.env,
    lookAtKind: async (about) => {
      const facts = await readKindFacts({
        env: io.env,
        nodeImage: context.options.nodeImage,
        signal: io.signal,
        ...about,
      })
      const proxy = facts.engine.kind === 'ready' ? { engineProxy: facts.engine.httpProxy ?? '' } : {}
      return { findings: kindFindings(facts), ...proxy }
    },
    signal: io.signal,
  })
  const text = options.json ? JSON.stringify(diagnosis, undefined, 2) : doctorLines(diagnosis, io.columns()).join('\n')
  io.out(`${text}\n`)
  return diagnosis.backends.some((backend) => backend.works) ? 0 : 3
}

const findingLines = (
  finding: Finding,
  options: { readonly width: number; readonly label: number; readonly indent: string },
) => {
  const { width, label, indent } = options
  const rest = `${indent}${' '.repeat(label + 2)}`
  return [
    ...wrap(`${finding.title}: ${finding.found}`, {
      width,
      first: `${indent}${MARK[finding.state].padEnd(label)}  `,
      rest,
    }),
    ...(finding.fix ? wrap(`To do: ${finding.fix}`, { width, first: rest, rest }) : []),
  ]
}

/** The diagnosis as lines: what concerns every backend, then each backend with what concerns it alone. */
export const doctorLines = ({ findings, backends }: Diagnosis, width: number): readonly string[] => {
  const label = Math.max(...findings.map((finding) => MARK[finding.state].length))
  const linesOf = (backend: Backend | undefined, indent: string) =>
    findings
      .filter((finding) => finding.for === backend)
      .flatMap((finding) => findingLines(finding, { width, label, indent }))
  return [
    ...linesOf(undefined, ''),
    ...backends.flatMap((each) => [
      '',
      ...wrap(`Backend ${each.backend}: ${each.works ? 'works here' : 'does not work here'}. ${each.why}`, {
        width,
        rest: '  ',
      }),
      ...linesOf(each.backend, '  '),
    ]),
  ]
}
