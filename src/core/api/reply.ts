import { UserError } from '../errors.ts'
import type { ApiReply } from '../ports.ts'

/** True for 2xx. */
export const isOk = (reply: ApiReply): boolean => reply.status >= 200 && reply.status < 300

/** The API server's own sentence in a reply that refused something; the code and the body's start when there is none. */
export const statusMessage = (reply: ApiReply): string => {
  const body = reply.json as { kind?: unknown; message?: unknown } | undefined
  if (body && body.kind === 'Status' && typeof body.message === 'string' && body.message !== '') return body.message
  const text = reply.text.trim()
  return text === '' ? `HTTP ${reply.status}` : `HTTP ${reply.status}: ${text.slice(0, 300)}`
}

/** `reason` of a Status reply, e.g. NotFound, AlreadyExists, Forbidden; '' when the reply is none. */
export const statusReason = (reply: ApiReply): string => {
  const body = reply.json as { kind?: unknown; reason?: unknown } | undefined
  return body?.kind === 'Status' && typeof body.reason === 'string' ? body.reason : ''
}

/** The reply when it is 2xx; otherwise throws UserError with the API server's words. `what` completes "Could not …". */
export const orThrow = (reply: ApiReply, what: string): ApiReply => {
  if (isOk(reply)) return reply
  throw new UserError({
    what: `Could not ${what}: ${statusMessage(reply)}`,
    next: 'Put right what the API server names, or begin the lesson again with `k8s-sec-lab reset`.',
    exitCode: 3,
  })
}
