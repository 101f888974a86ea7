import type { OptionValues } from 'commander'
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
    signal: io.signal,
  })
  const text = options.json ? JSON.stringify(diagnosis, undefined, 2) : doctorLines(diagnosis, io.columns()).join('\n')
  io.out(`${text}\n`)
  return diagnosis.backends.some((backend) => backend.works) ? 0 : 3
}

/** The diagnosis as lines: one finding each with its fix below, then what follows for the backends. */
export const doctorLines = ({ findings, backends }: Diagnosis, width: number): readonly string[] => {
  const label = Math.max(...findings.map((finding) => MARK[finding.state].length))
  const indent = ' '.repeat(label + 2)
  return [
    ...findings.flatMap((finding) => [
      ...wrap(`${finding.title}: ${finding.found}`, {
        width,
        first: `${MARK[finding.state].padEnd(label)}  `,
        rest: indent,
      }),
      ...(finding.fix ? wrap(`To do: ${finding.fix}`, { width, first: indent }) : []),
    ]),
    '',
    ...backends.flatMap((backend) =>
      wrap(`Backend ${backend.backend}: ${backend.works ? 'works here' : 'does not work here'}. ${backend.why}`, {
        width,
        rest: '  ',
      }),
    ),
  ]
}
