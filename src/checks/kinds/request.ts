import { statusMessage } from '../../core/api/reply.ts'
import type { CredentialSpec, Finding } from '../../core/model.ts'
import type { ApiReply, CheckContext, Credential } from '../../core/ports.ts'
import { describeCredential, kubectlAs } from '../credentials.ts'
import { codesOf, credential, status, text, z } from '../fields.ts'
import { cut, finding, listed, orFinding, quoted, unknown } from '../findings.ts'
import { credentialHints, defineKind, RBAC_HINTS } from '../kind.ts'
import { statusPhrase } from '../status.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const single = z.strictObject({
  title: text.optional(),
  method: z.enum(METHODS).optional(),
  path: z.string().regex(/^\//, 'expected a path that starts with /'),
  body: z.json().optional(),
  headers: z.record(text, z.string()).optional(),
  status,
  'body-contains': text.optional(),
  'body-lacks': text.optional(),
})
type Single = z.infer<typeof single>

const schema = z.strictObject({ as: credential.optional(), requests: z.array(single).min(1) })
type Fields = z.infer<typeof schema>

const nameOf = (request: Single): string => request.title ?? `${request.method ?? 'GET'} ${request.path}`

// Reviews and token requests store nothing; whatever else would be written is only tried.
const STORES_NOTHING = /(\/(token|selfsubject\w+|subjectaccessreviews|localsubjectaccessreviews|tokenreviews))(\?|$)/

// The API server refuses a dry run of what it hands on to a Service: lessons ask there only for what changes nothing.
const HANDED_ON = /\/services\/[^/]+\/proxy(\/|$)/

const pathOf = (request: Single): string => {
  const { method = 'GET', path } = request
  if (method === 'GET' || STORES_NOTHING.test(path) || HANDED_ON.test(path) || /[?&]dryRun=/.test(path)) return path
  return `${path}${path.includes('?') ? '&' : '?'}dryRun=All`
}

const send = (request: Single, as: Credential, { probe, signal }: CheckContext): Promise<ApiReply> =>
  probe.api({
    method: request.method ?? 'GET',
    path: pathOf(request),
    as,
    signal,
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.headers ? { headers: request.headers } : {}),
    ...(request.method === 'PATCH' ? { contentType: contentTypeOf(request) } : {}),
  })

const contentTypeOf = (request: Single): string =>
  Object.entries(request.headers ?? {}).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ??
  'application/merge-patch+json'

/** What is wrong with a reply, or undefined when it is as wanted. */
const wrongWith = (request: Single, reply: ApiReply): string | undefined => {
  if (!codesOf(request.status).includes(reply.status)) {
    return `${nameOf(request)} gave ${statusPhrase(reply.status)}${isRefusal(reply) ? `: ${cut(statusMessage(reply), 240)}` : ''}`
  }
  const contains = request['body-contains']
  if (contains !== undefined && !reply.text.includes(contains)) {
    const words = isRefusal(reply) ? `: ${cut(statusMessage(reply), 240)}` : ''
    return `${nameOf(request)} gave ${statusPhrase(reply.status)} without “${contains}”${words}`
  }
  const lacks = request['body-lacks']
  if (lacks !== undefined && reply.text.includes(lacks)) return `${nameOf(request)} still shows ${lacks}`
  return undefined
}

/** The status alone, unless it is the one that was asked for and the body is what is wrong. */
const summaryOf = (request: Single, { status }: ApiReply, isWrong: boolean): string =>
  isWrong && codesOf(request.status).includes(status) ? `${statusPhrase(status)}, other content` : statusPhrase(status)

/** An overloaded or starting server, unless the lesson asks for just that: nobody's mistake. */
const isBusy = (request: Single, reply: ApiReply): boolean =>
  [429, 503, 504].includes(reply.status) && !codesOf(request.status).includes(reply.status) && !isOfService(reply)

/** The API server answers well, for a Service behind its proxy that has no Pod to answer, or whose Pod does not. */
const isOfService = (reply: ApiReply): boolean =>
  reply.status === 503 && /no endpoints available for service|error trying to reach service/.test(reply.text)

const isRefusal = (reply: ApiReply): boolean => reply.status >= 400

const expected = (fields: Fields): string =>
  `as ${describeCredential(fields.as)}: ${listed(
    fields.requests.map((request) => `${nameOf(request)} → ${codesOf(request.status).join(' or ')}`),
  )}`

const run = async (fields: Fields, context: CheckContext): Promise<Finding> => {
  const want = expected(fields)
  const spec: CredentialSpec = fields.as ?? 'admin'
  // Without a credential nothing is sent, so nothing was answered wrongly either.
  const empty = { status: 0, statuses: {}, wrong: [], body: '' }
  const as = await orFinding(() => context.credential(spec), { expected: want, data: empty })
  if ('finding' in as) return as.finding
  const replies = await Promise.all(
    fields.requests.map(async (request) => {
      const reply = await send(request, as.value, context)
      return { request, reply, problem: wrongWith(request, reply) }
    }),
  )
  const busy = replies.find(({ request, reply }) => isBusy(request, reply))
  if (busy) return unknown(`the API server is not able to answer: ${statusPhrase(busy.reply.status)}`)
  const wrong = replies.filter(({ problem }) => problem !== undefined)
  const shown = wrong[0] ?? replies[0]
  const statuses = Object.fromEntries(replies.map(({ request, reply }) => [nameOf(request), reply.status]))
  const found =
    wrong.length > 0
      ? wrong.map(({ problem }) => problem).join('; ')
      : listed(replies.map(({ request, reply }) => `${nameOf(request)} gave ${statusPhrase(reply.status)}`))
  return finding({
    met: wrong.length === 0,
    expected: want,
    found: cut(found, 900),
    summary: shown ? summaryOf(shown.request, shown.reply, shown.problem !== undefined) : '',
    data: {
      status: shown?.reply.status ?? 0,
      statuses,
      wrong: wrong.map(({ request }) => nameOf(request)),
      body: cut(shown?.reply.text ?? '', 2000),
    },
  })
}

/** HTTP requests to the API server, with exactly one credential and without retries. */
export const request = defineKind<Fields>({
  kind: 'request',
  schema,
  lagMs: 1500,
  watches: (fields) => [
    ...RBAC_HINTS,
    ...credentialHints(fields.as),
    { kind: 'component', name: 'kube-apiserver' },
    ...(fields.as === undefined || fields.as === 'admin' ? [] : [{ kind: 'poll' as const }]),
  ],
  run,
  expected,
  reproduce: (fields, bindings) => {
    const [first] = fields.requests
    if (!first || (first.method ?? 'GET') !== 'GET') return undefined
    const spec = fields.as ?? 'admin'
    if (typeof spec === 'object' && 'token' in spec) {
      return `curl -sk -H "Authorization: Bearer $TOKEN" ${quoted(`${bindings.lab.server ?? ''}${first.path}`)}`
    }
    if (spec === 'anonymous')
      return `curl -sk -o /dev/null -w '%{http_code}\\n' ${quoted(`${bindings.lab.server ?? ''}${first.path}`)}`
    const flags = kubectlAs(spec)
    return flags === undefined ? undefined : `kubectl get --raw ${quoted(first.path)}${flags}`
  },
})
