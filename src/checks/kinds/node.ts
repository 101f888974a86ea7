import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { commandFields, commandLine, expectedOf, resultData, rightWith, timeoutOf, wrongWith } from '../command.ts'
import { z } from '../fields.ts'
import { cut, finding } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { NO_NODES, NOT_ONE_NODE } from '../no-nodes.ts'

const schema = z.strictObject(commandFields)
type Fields = z.infer<typeof schema>

const expected = (fields: Fields): string => `on the node, ${expectedOf(fields)}`

const run = async (fields: Fields, { probe, signal }: CheckContext): Promise<Finding> => {
  const { nodes } = probe
  if (!nodes) return NO_NODES
  const all = await nodes.list()
  if (all.length === 0) return NOT_ONE_NODE
  const looked = await Promise.all(
    all.map(async ({ name }) => {
      const result = await nodes.exec(name, fields.run, { timeoutMs: timeoutOf(fields), signal })
      return { name, result, problem: wrongWith(fields, result) }
    }),
  )
  const wrong = looked.filter(({ problem }) => problem !== undefined)
  const shown = wrong[0] ?? looked[0]
  const said = looked.map(({ name, result, problem }) => `on ${name}: ${problem ?? rightWith(fields, result)}`)
  return finding({
    met: wrong.length === 0,
    expected: expected(fields),
    found: cut((wrong.length > 0 ? said.filter((_, index) => looked[index]?.problem) : said).join('; '), 900),
    summary: shown?.result.code === 0 ? 'ran' : `exit code ${shown?.result.code}`,
    data: {
      nodes: looked.map(({ name, result }) => ({ name, ...resultData(result) })),
      wrong: wrong.map(({ name }) => name),
      text: cut(shown?.result.stdout ?? '', 4000),
    },
  })
}

/** A command on each node, as root. Lessons use it to look, never to change anything. */
export const node = defineKind<Fields>({
  kind: 'node',
  schema,
  lagMs: 0,
  watches: () => [{ kind: 'component', name: 'kubelet' }, { kind: 'poll' }],
  run,
  expected,
  reproduce: (fields) => `k8s-sec-lab node -- ${commandLine(fields)}`,
})
