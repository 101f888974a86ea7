import { UnreachableError } from '../core/errors.ts'
import type { Probe } from '../core/ports.ts'

/** True when the API server answers its readiness check, bootstrap of the RBAC roles included. */
export const isApiReady = async (probe: Probe, options: { signal?: AbortSignal; timeoutMs?: number } = {}) => {
  try {
    const { timeoutMs = 3000, signal } = options
    return (await probe.api({ method: 'GET', path: '/readyz', timeoutMs, signal })).status === 200
  } catch (error) {
    if (error instanceof UnreachableError) return false
    throw error
  }
}

/** True when the controllers work: they have made the ServiceAccount of the namespace `default`. */
export const isDefaultAccountThere = async (probe: Probe, signal?: AbortSignal): Promise<boolean> => {
  try {
    const path = '/api/v1/namespaces/default/serviceaccounts/default'
    return (await probe.api({ method: 'GET', path, signal })).status === 200
  } catch (error) {
    if (error instanceof UnreachableError) return false
    throw error
  }
}
