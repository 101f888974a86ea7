import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { z } from '../fields.ts'
import { cut, finding, listed } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { NO_NODES, NOT_ONE_NODE } from '../no-nodes.ts'
import { portOwners } from '../port-owners.ts'
import { scanPorts } from '../port-scan.ts'

// A placeholder such as ((vars.port)) is text until it is filled in.
const port = z.union(
  [z.int().min(1).max(65_535), z.string().regex(/^(\(\([a-z]+\.\w+\)\)|\d{1,5})$/, 'expected a port')],
  { error: 'expected a port number or a placeholder' },
)
const portList = z.array(port)

const schema = z
  .strictObject({
    'open-exactly': portList.min(1).optional(),
    only: portList.min(1).optional(),
    must: portList.min(1).optional(),
    closed: portList.min(1).optional(),
  })
  .refine((fields) => Object.keys(fields).length > 0, { error: 'expected open-exactly, only, must or closed' })
type Fields = z.infer<typeof schema>

const numbers = (wanted: Fields['must']): readonly number[] => (wanted ?? []).map(Number).sort((a, b) => a - b)

const mustOf = (fields: Fields): readonly number[] => [...numbers(fields['open-exactly']), ...numbers(fields.must)]

/** The ports that may be open, or undefined when any may that is not asked to be closed. */
const mayOf = (fields: Fields): readonly number[] | undefined => {
  const only = fields['open-exactly'] ?? fields.only
  return only === undefined ? undefined : [...numbers(only), ...numbers(fields.must)]
}

const expected = (fields: Fields): string => {
  const parts = [
    fields['open-exactly']
      ? `exactly these ports are open: ${listed(numbers(fields['open-exactly']).map(String), 12)}`
      : '',
    fields.only ? `no port is open but ${listed(numbers(fields.only).map(String), 12)}` : '',
    fields.must ? `open: ${listed(numbers(fields.must).map(String), 12)}` : '',
    fields.closed ? `closed: ${listed(numbers(fields.closed).map(String), 12)}` : '',
  ].filter((part) => part !== '')
  return `on the node's address, ${parts.join('; ')}`
}

/** In a few words, for the replay of an attack: of one port alone it is plain to say whether it is open. */
const summaryOf = (
  fields: Fields,
  { unexpected, missing }: { readonly unexpected: readonly number[]; readonly missing: readonly number[] },
): string => {
  if (fields.must?.length === 1 && mayOf(fields) === undefined && fields.closed === undefined) {
    return missing.length === 0 ? 'open' : 'closed'
  }
  if (unexpected.length + missing.length === 0) return 'as expected'
  return `${unexpected.length} open too many, ${missing.length} missing`
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { nodes } = context.probe
  if (!nodes) return NO_NODES
  const all = await nodes.list()
  if (all.length === 0) return NOT_ONE_NODE
  const may = mayOf(fields)
  const closed = numbers(fields.closed)
  // Where other ports do not matter there is no need to try them.
  const tried = may === undefined ? [...new Set([...mustOf(fields), ...closed])] : undefined
  const scans = await Promise.all(
    all.map(async (node) => {
      const open = await scanPorts({ nodes, node, tried, signal: context.signal })
      return {
        node,
        open,
        unexpected: open.filter((each) => closed.includes(each) || (may !== undefined && !may.includes(each))),
        missing: [...new Set(mustOf(fields))].filter((each) => !open.includes(each)),
        owners: await portOwners(nodes, node.name, context),
      }
    }),
  )
  const together = (pick: (scan: (typeof scans)[number]) => readonly number[]): number[] =>
    [...new Set(scans.flatMap(pick))].sort((a, b) => a - b)
  const unexpected = together((scan) => scan.unexpected)
  const missing = together((scan) => scan.missing)
  const said = scans
    .filter((scan) => scan.unexpected.length + scan.missing.length > 0)
    .map((scan) => {
      const named = scan.unexpected.map((each) => `${each}${scan.owners[each] ? ` (${scan.owners[each]})` : ''}`)
      const more = scan.unexpected.length > 0 ? `open and should not be: ${listed(named, 8)}` : ''
      const less = scan.missing.length > 0 ? `closed and should be open: ${listed(scan.missing.map(String), 8)}` : ''
      return `${scan.node.address}: ${[more, less].filter((part) => part !== '').join('; ')}`
    })
  const open = together((scan) => scan.open)
  const owners: Readonly<Record<string, string>> = Object.assign({}, ...scans.map((scan) => scan.owners))
  return finding({
    met: said.length === 0,
    expected: expected(fields),
    found: cut(
      said.length > 0
        ? said.join(' · ')
        : `of ${tried ? `ports ${listed(tried.map(String), 12)}` : 'all 65535 ports'}, open: ${listed(open.map(String), 20)}`,
      1200,
    ),
    summary: summaryOf(fields, { unexpected, missing }),
    data: {
      open,
      unexpected,
      missing,
      owners: Object.fromEntries(Object.entries(owners).filter(([each]) => open.includes(Number(each)))),
    },
  })
}

/** Connections to the TCP ports of the node's address: what is open, whose it is, and what should not be. */
export const ports = defineKind<Fields>({
  kind: 'ports',
  schema,
  lagMs: 1500,
  heavy: true,
  watches: () => [
    { kind: 'objects', apiVersion: 'v1', object: 'Service' },
    { kind: 'objects', apiVersion: 'v1', object: 'Pod' },
    { kind: 'component', name: 'kubelet' },
    { kind: 'poll' },
  ],
  run,
  expected,
  reproduce: () => 'k8s-sec-lab node -- ss -tlnp && kubectl get services,pods -A -o wide',
})
