import { UnreachableError } from '../core/errors.ts'
import type { ApiRequest, Probe } from '../core/ports.ts'

/** True when the API server answers its readiness check, bootstrap of the RBAC roles included. */
export const isApiReady = async (probe: Probe, options: { signal?: AbortSignal; timeoutMs?: number } = {}) => {
  const { timeoutMs = 3000, signal } = options
  return answersOk(probe, { path: '/readyz', timeoutMs, signal })
}

/** True when the controllers work: they have made the ServiceAccount of the namespace `default`. */
export const isDefaultAccountThere = async (probe: Probe, signal?: AbortSignal): Promise<boolean> =>
  answersOk(probe, { path: '/api/v1/namespaces/default/serviceaccounts/default', signal })

const answersOk = async (probe: Probe, request: Omit<ApiRequest, 'method'>): Promise<boolean> => {
  try {
    return (await probe.api({ method: 'GET', ...request })).status === 200
  } catch (error) {
    if (error instanceof UnreachableError) return false
    throw error
  }
}
