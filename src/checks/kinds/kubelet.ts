import type { Finding } from '../../core/model.ts'
import type { CheckContext } from '../../core/ports.ts'
import { codesOf, namespacedName, status, text, z } from '../fields.ts'
import { cut, finding, listed, quoted } from '../findings.ts'
import { defineKind, RBAC_HINTS } from '../kind.ts'
import { askKubelet, type KubeletReply, urlOf } from '../kubelet-request.ts'
import { mintToken } from '../mint-token.ts'
import { NO_NODES, NOT_ONE_NODE } from '../no-nodes.ts'
import { statusPhrase } from '../status.ts'

const single = z.strictObject({
  title: text.optional(),
  method: z.enum(['GET', 'POST']).optional(),
  path: z.string().regex(/^\//, 'expected a path that starts with /'),
  form: text.optional(),
  headers: z.record(text, z.string()).optional(),
  status,
  'body-contains': text.optional(),
  'body-lacks': text.optional(),
})
type Single = z.infer<typeof single>

const schema = z.strictObject({
  as: z
    .union([z.literal('anonymous'), z.strictObject({ serviceAccount: namespacedName })], {
      error: 'expected anonymous or {serviceAccount: namespace/name}',
    })
    .optional(),
  requests: z.array(single).min(1),
  port: z.int().min(1).max(65_535).optional(),
  scheme: z.enum(['https', 'http']).optional(),
})
type Fields = z.infer<typeof schema>

const nameOf = (request: Single): string => request.title ?? `${request.method ?? 'GET'} ${request.path}`

const whoOf = ({ as }: Fields): string =>
  typeof as === 'object' ? `ServiceAccount ${as.serviceAccount}` : 'a stranger without credentials'

const placeOf = (fields: Fields): { readonly port: number; readonly scheme: 'https' | 'http' } => ({
  port: fields.port ?? 10_250,
  scheme: fields.scheme ?? 'https',
})

const expected = (fields: Fields): string =>
  `at the kubelet (port ${placeOf(fields).port}), as ${whoOf(fields)}: ${listed(
    fields.requests.map((request) => `${nameOf(request)} → ${codesOf(request.status).join(' or ')}`),
  )}`

const phrase = (reply: KubeletReply): string =>
  reply.status === 0 ? reply.problem : `${statusPhrase(reply.status)}${oneLine(reply)}`

/** The kubelet's refusals are one line of text, and say which right was missing. */
const oneLine = ({ status: code, body }: KubeletReply): string =>
  code >= 400 && body.trim() !== '' ? `: ${cut(body.trim().replaceAll(/\s+/g, ' '), 240)}` : ''

/** What is wrong with a reply, or undefined when it is as wanted. */
const wrongWith = (request: Single, reply: KubeletReply): string | undefined => {
  const name = nameOf(request)
  if (reply.status === 0) return `${name}: ${reply.problem}`
  if (!codesOf(request.status).includes(reply.status)) return `${name} gave ${phrase(reply)}`
  const contains = request['body-contains']
  if (contains !== undefined && !reply.body.includes(contains)) return `${name} came back without ${contains}`
  const lacks = request['body-lacks']
  if (lacks !== undefined && reply.body.includes(lacks)) return `${name} still shows ${lacks}`
  return undefined
}

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const { nodes } = context.probe
  if (!nodes) return NO_NODES
  const want = expected(fields)
  const all = await nodes.list()
  if (all.length === 0) return NOT_ONE_NODE
  const minted =
    typeof fields.as === 'object' ? await mintToken(fields.as.serviceAccount, context) : { token: undefined }
  if ('refused' in minted) {
    const data = { status: 0, statuses: {}, wrong: fields.requests.map(nameOf), body: '', minted: false }
    return finding({ met: false, expected: want, found: minted.refused, summary: 'no token', data })
  }
  const questions = all.flatMap((node) => fields.requests.map((request) => ({ node, request })))
  const replies = await Promise.all(
    questions.map(async ({ node, request }) => {
      const { path, method, form, headers } = request
      const asked = { ...placeOf(fields), path, method: method ?? 'GET', form, headers, token: minted.token }
      const reply = await askKubelet(nodes, node, asked, context.signal)
      const problem = wrongWith(request, reply)
      const where = all.length > 1 ? `on ${node.name}, ` : ''
      return { request, reply, problem: problem === undefined ? undefined : `${where}${problem}` }
    }),
  )
  const wrong = replies.filter(({ problem }) => problem !== undefined)
  const shown = wrong[0] ?? replies[0]
  const found =
    wrong.length > 0
      ? wrong.map(({ problem }) => problem).join('; ')
      : listed(replies.map(({ request, reply }) => `${nameOf(request)} gave ${phrase(reply)}`))
  return finding({
    met: wrong.length === 0,
    expected: want,
    found: cut(found, 900),
    summary: shown ? (shown.reply.status === 0 ? 'no answer' : statusPhrase(shown.reply.status)) : '',
    data: {
      status: shown?.reply.status ?? 0,
      statuses: Object.fromEntries(replies.map(({ request, reply }) => [nameOf(request), reply.status])),
      wrong: [...new Set(wrong.map(({ request }) => nameOf(request)))],
      body: cut(shown?.reply.body ?? '', 2000),
      minted: minted.token !== undefined,
    },
  })
}

/** Requests to the kubelet's own port, sent on the node to the address at which others see it. */
export const kubelet = defineKind<Fields>({
  kind: 'kubelet',
  schema,
  lagMs: 1500,
  watches: (fields) => [
    { kind: 'component', name: 'kubelet' },
    ...(typeof fields.as === 'object'
      ? [
          ...RBAC_HINTS,
          {
            kind: 'objects' as const,
            apiVersion: 'v1',
            object: 'ServiceAccount',
            namespace: fields.as.serviceAccount.split('/')[0],
          },
        ]
      : []),
    { kind: 'poll' },
  ],
  run,
  expected,
  reproduce: (fields) => {
    const [first] = fields.requests
    if (!first || (first.method ?? 'GET') !== 'GET') return undefined
    // Inside the node its own name is an address of it.
    const url = urlOf({ ...placeOf(fields), path: first.path }, '$(hostname)')
    const [namespace = '', name = ''] = typeof fields.as === 'object' ? fields.as.serviceAccount.split('/') : []
    const ask = (header: string): string =>
      `k8s-sec-lab node -- sh -c ${quoted(`curl -sk -o /dev/null -w "%{http_code}\\n"${header} "${url}"`)}`
    if (typeof fields.as !== 'object') return ask('')
    return `kubectl create token ${name} -n ${namespace} --duration 10m | ${ask(' -H "Authorization: Bearer $(cat)"')}`
  },
})
