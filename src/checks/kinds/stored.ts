import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { encryptionPrefix, firstWriter } from '../encryption.ts'
import { text, z } from '../fields.ts'
import { finding, listed, unknown } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { leakNeedles } from '../leak.ts'

const ENCRYPTION_FILE = 'encryption.yaml'

const schema = z
  .strictObject({
    prefix: z.string().regex(/^\/registry\/.+/, 'expected a key prefix like /registry/secrets/'),
    every: z.strictObject({ 'starts-with': text }).optional(),
    lacks: z.array(text).min(1).optional(),
    'newest-key': z.literal(true, { error: 'expected true' }).optional(),
    'key-id': z.strictObject({ file: text }).optional(),
  })
  .refine((fields) => fields.every ?? fields.lacks ?? fields['newest-key'] ?? fields['key-id'], {
    error: 'expected every, lacks, newest-key or key-id',
  })
type Fields = z.infer<typeof schema>

const keyFile = (fields: Fields): string | undefined =>
  fields['key-id']?.file ?? (fields['newest-key'] ? ENCRYPTION_FILE : undefined)

const expected = (fields: Fields): string => {
  const asks = [
    fields.every ? `starts with ${fields.every['starts-with']}` : '',
    keyFile(fields) ? `is encrypted with the first key of ${keyFile(fields)}` : '',
    fields.lacks ? 'shows none of the plain values' : '',
  ].filter((part) => part !== '')
  return `every value that etcd holds under ${fields.prefix} ${asks.join(' and ')}`
}

/** False for a step of an attack, which is content when the bytes are as they are. */
const wantsEncrypted = (fields: Fields): boolean =>
  keyFile(fields) !== undefined || fields.every?.['starts-with'].startsWith('k8s:enc:') === true

/** `default/db` for `/registry/secrets/default/db`. */
const shortKey = (key: string, prefix: string): string => (key.startsWith(prefix) ? key.slice(prefix.length) : key)

const run = async (fields: Fields, { probe, signal }: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const values = await probe.etcd(fields.prefix, { signal })
  const empty = { total: 0, plain: [], 'wrong-key': [], leaking: [], prefixes: {} }
  if (values.length === 0) {
    const found = `etcd holds nothing under ${fields.prefix}`
    return finding({ met: false, expected: want, found, summary: 'nothing there', data: empty })
  }
  const file = keyFile(fields)
  let needed: string | undefined
  if (file !== undefined) {
    const content = await probe.controlPlaneFile(file)
    if (!content) return unknown(`there is no control-plane file called ${file} here`)
    const writer = firstWriter(content.text, fields.prefix)
    if ('problem' in writer) {
      const found = `${file}: ${writer.problem}`
      return finding({
        met: false,
        expected: want,
        found,
        summary: 'not encrypted',
        data: { ...empty, total: values.length },
      })
    }
    needed = writer.prefix
  }
  const needles = (fields.lacks ?? []).flatMap(leakNeedles)
  const seen = values.map(({ key, value }) => {
    const raw = Buffer.from(value).toString('latin1')
    const carried = encryptionPrefix(raw)
    return {
      key: shortKey(key, fields.prefix),
      prefix: carried ?? 'plain',
      plain: carried === undefined,
      wrongKey: needed !== undefined && !raw.startsWith(needed),
      wrongStart: fields.every !== undefined && !raw.startsWith(fields.every['starts-with']),
      leaking: needles.some((needle) => raw.includes(needle)),
    }
  })
  const keys = (wanted: (one: (typeof seen)[number]) => boolean): string[] => seen.filter(wanted).map(({ key }) => key)
  const prefixes: Record<string, number> = {}
  for (const { prefix } of seen) prefixes[prefix] = (prefixes[prefix] ?? 0) + 1
  const wrong = keys((one) => one.wrongKey || one.wrongStart || one.leaking)
  const plain = keys((one) => one.plain)
  const shown = Object.entries(prefixes).map(
    ([prefix, count]) => `${count} ${prefix === 'plain' ? 'in plain' : prefix}`,
  )
  return finding({
    met: wrong.length === 0,
    expected: want,
    found:
      wrong.length === 0
        ? `${values.length} values: ${listed(shown)}`
        : `${wrong.length} of ${values.length} are not: ${listed(wrong, 4)} (${listed(shown)})`,
    summary: plain.length > 0 ? 'in plain' : wrong.length > 0 && wantsEncrypted(fields) ? 'differs' : 'encrypted',
    data: {
      total: values.length,
      plain,
      'wrong-key': keys((one) => !one.plain && (one.wrongKey || one.wrongStart)),
      leaking: keys((one) => one.leaking),
      prefixes,
    },
  })
}

/** The raw bytes in etcd. */
export const stored = defineKind<Fields>({
  kind: 'stored',
  schema,
  lagMs: 0,
  watches: (fields) => {
    const file = keyFile(fields)
    return [{ kind: 'poll' }, ...(file === undefined ? [] : [{ kind: 'control-plane-file' as const, name: file }])]
  },
  run,
  expected,
  reproduce: () => undefined,
})
