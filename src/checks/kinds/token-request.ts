import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { codesOf, namespacedName, status, text, z } from '../fields.ts'
import { finding } from '../findings.ts'
import { defineKind } from '../kind.ts'
import { mintToken } from '../mint-token.ts'
import { statusPhrase } from '../status.ts'

const schema = z.strictObject({
  serviceAccount: namespacedName,
  audience: text.optional(),
  // The API server mints nothing that lives shorter than ten minutes.
  seconds: z.int().min(600).optional(),
  // biome-ignore lint/suspicious/noThenProperty: the lesson format's word, and its value is never a function
  then: z.strictObject({ path: z.string().regex(/^\//, 'expected a path that starts with /'), status }),
})
type Fields = z.infer<typeof schema>

const partsOf = (fields: Fields): readonly [string, string] => {
  const [namespace = '', name = ''] = fields.serviceAccount.split('/')
  return [namespace, name]
}

const expected = (fields: Fields): string =>
  `a new token of ${fields.serviceAccount}${fields.audience ? ` for audience ${fields.audience}` : ''} gets ` +
  `${codesOf(fields.then.status).join(' or ')} at GET ${fields.then.path}`

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { probe, signal } = context
  const want = expected(fields)
  const minted = await mintToken(fields.serviceAccount, context, fields)
  if ('refused' in minted) {
    const data = { minted: false, status: minted.status }
    return finding({ met: false, expected: want, found: minted.refused, summary: statusPhrase(minted.status), data })
  }
  const { token } = minted
  const reply = await probe.api({ method: 'GET', path: fields.then.path, as: { kind: 'token', token }, signal })
  return finding({
    met: codesOf(fields.then.status).includes(reply.status),
    expected: want,
    found: `GET ${fields.then.path} gave ${statusPhrase(reply.status)}`,
    summary: statusPhrase(reply.status),
    data: { minted: true, status: reply.status },
  })
}

/** A token that the grader mints, tried on the API server. */
export const tokenRequest = defineKind<Fields>({
  kind: 'token-request',
  schema,
  lagMs: 1500,
  watches: (fields) => [
    { kind: 'objects', apiVersion: 'v1', object: 'ServiceAccount', namespace: partsOf(fields)[0] },
    { kind: 'component', name: 'kube-apiserver' },
  ],
  run,
  expected,
  reproduce: (fields) => {
    const [namespace, name] = partsOf(fields)
    return `kubectl create token ${name} -n ${namespace}${fields.audience ? ` --audience ${fields.audience}` : ''}`
  },
})
