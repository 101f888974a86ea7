import { statusMessage } from '../core/api/reply.ts'
import type { ApiReply } from '../core/ports.ts'

/** Who said no to a request, by the API server's own words. Only `policy` is what a lesson means by "denied". */
export type Denial =
  | 'policy' // Pod Security, ValidatingAdmissionPolicy, or a webhook that answered
  | 'webhook-down' // a webhook that could not be asked
  | 'authorization' // the identity may not make the request at all
  | 'unauthenticated'
  | 'quota' // ResourceQuota or LimitRange
  | 'service-account' // the namespace has no such ServiceAccount (yet)
  | 'missing' // 404: namespace, kind or object
  | 'conflict'
  | 'malformed' // the object itself is wrong
  | 'forbidden' // 403 by something built in
  | 'server' // 429 and 5xx

const POLICY = [
  /violates PodSecurity/,
  /ValidatingAdmissionPolicy '[^']*' (with binding '[^']*' )?denied request/, // without: it could not be set up
  /admission webhook "[^"]*" denied the request/,
]

/** Classifies a reply that is not 2xx. */
export const denialOf = (reply: ApiReply): Denial => {
  const message = statusMessage(reply)
  if (POLICY.some((words) => words.test(message))) return 'policy'
  if (/failed calling webhook/.test(message)) return 'webhook-down'
  switch (reply.status) {
    case 401:
      return 'unauthenticated'
    case 404:
      return 'missing'
    case 409:
      return 'conflict'
    case 403:
      if (/User "[^"]*" cannot /.test(message)) return 'authorization'
      if (/exceeded quota|failed quota|(maximum|minimum) .* usage per/.test(message)) return 'quota'
      if (/service ?account/i.test(message) && /not found/.test(message)) return 'service-account'
      return 'forbidden'
    default:
      return reply.status === 429 || reply.status >= 500 ? 'server' : 'malformed'
  }
}

/**
 * True when a denial counts for `expect: denied`. Without a pattern only a policy's own denial does. With one, the
 * words must match, and what refused must be somebody's decision: not a missing object, a conflict, a malformed
 * request or an overloaded server.
 */
export const countsAsDenied = (reply: ApiReply, by: string | undefined): boolean => {
  const denial = denialOf(reply)
  if (by === undefined) return denial === 'policy'
  const decided: readonly Denial[] = ['policy', 'webhook-down', 'authorization', 'quota', 'forbidden']
  return decided.includes(denial) && new RegExp(by).test(statusMessage(reply))
}

const WORDS: Readonly<Record<Denial, string>> = {
  policy: 'denied by a policy',
  'webhook-down': 'refused, because a webhook could not be asked',
  authorization: 'refused before any policy was asked: the right is missing',
  unauthenticated: 'refused: the credential is not known',
  quota: 'refused by a quota or limit, not by a policy',
  'service-account': 'refused, because the ServiceAccount does not exist',
  missing: 'not possible, because it or its namespace does not exist',
  conflict: 'not possible, because of a conflict',
  malformed: 'refused as malformed',
  forbidden: 'refused, and not by a policy',
  server: 'not answered properly',
}

/** How a sentence calls it. */
export const describeDenial = (denial: Denial): string => WORDS[denial]
