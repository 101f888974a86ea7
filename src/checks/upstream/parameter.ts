import { isOk, orThrow } from '../../core/api/reply.ts'
import type { ApiReply, Probe } from '../../core/ports.ts'
import { readSecretKey } from './kubernetes-secret.ts'
import type { Upstream } from './upstream.ts'

/** Through the API server, which is the way that both backends have; it takes the caller's Authorization away. */
const PROXY = '/api/v1/namespaces/aws/services/http:parameter-store:http/proxy'
const OWNER = { namespace: 'aws', name: 'account-owner', key: 'token' }

type Call = { readonly path: string; readonly target?: string; readonly body: unknown; readonly signal?: AbortSignal }

/** Calls the lab's own Parameter Store as the owner of the account. */
export const asAccountOwner = async (probe: Probe, { path, target, body, signal }: Call): Promise<ApiReply> => {
  const token = (await readSecretKey(probe, OWNER, signal)) ?? ''
  return probe.api({
    method: 'POST',
    path: `${PROXY}${path}`,
    headers: { 'x-lab-owner-token': token, ...(target === undefined ? {} : { 'x-amz-target': `AmazonSSM.${target}` }) },
    body,
    timeoutMs: 5000,
    ...(signal ? { signal } : {}),
  })
}

/** "parameter /app/db/password", for sentences. */
export const describeParameter = (name: string): string => `parameter ${name}`

/** A parameter of the lab's own Parameter Store as the place where the truth is kept. */
export const parameterUpstream = (probe: Probe, name: string): Upstream => {
  const call = (target: string, body: unknown, signal?: AbortSignal) =>
    asAccountOwner(probe, { path: '/', target, body, ...(signal ? { signal } : {}) })
  return {
    name: describeParameter(name),
    read: async (signal) => {
      const reply = await call('GetParameter', { Name: name, WithDecryption: true }, signal)
      if (reply.status === 400 && reply.text.includes('ParameterNotFound')) return undefined
      const { Parameter } = orThrow(reply, `read ${describeParameter(name)}`).json as { Parameter: { Value: string } }
      return Parameter.Value
    },
    write: async (value, signal) => {
      const body = { Name: name, Value: value, Type: 'SecureString', Overwrite: true }
      const reply = await call('PutParameter', body, signal)
      if (!isOk(reply)) orThrow(reply, `write ${describeParameter(name)}`)
    },
  }
}
