import { list, type Manifest } from '../../core/api/objects.ts'
import type { CheckContext } from '../../core/ports.ts'
import { field } from '../yaml.ts'
import type { SecretKey } from './kubernetes-secret.ts'

/** What an ExternalSecret says of itself; empty words where it says nothing yet. */
export type SyncState = {
  readonly name: string
  readonly refreshInterval: string
  readonly refreshPolicy: string
  readonly reason: string
  readonly message: string
}

const API = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' }

const word = (value: unknown): string => (typeof value === 'string' ? value : '')

const targetOf = (object: Manifest): string => {
  const named = field(field(object.spec, 'target'), 'name')
  return word(named) || (object.metadata?.name ?? '')
}

/** The ExternalSecret that makes this Secret, or undefined: there is none, or the operator is not installed. */
export const syncStateOf = async (
  target: SecretKey,
  { probe, signal }: Pick<CheckContext, 'probe' | 'signal'>,
): Promise<SyncState | undefined> => {
  const installed = await probe.api({ method: 'GET', path: `/apis/${API.apiVersion}`, signal })
  if (installed.status === 404) return undefined
  const all = await list(probe, { ...API, namespace: target.namespace }, { signal })
  const found = all.find((object) => targetOf(object) === target.name)
  if (!found) return undefined
  const conditions = (field(found.status, 'conditions') ?? []) as readonly unknown[]
  const ready = conditions.find((condition) => field(condition, 'type') === 'Ready')
  return {
    name: found.metadata?.name ?? '',
    refreshInterval: word(field(found.spec, 'refreshInterval')),
    refreshPolicy: word(field(found.spec, 'refreshPolicy')),
    reason: word(field(ready, 'reason')),
    message: word(field(ready, 'message')),
  }
}
