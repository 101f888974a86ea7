import { read } from '../core/api/objects.ts'
import type { CredentialSpec } from '../core/model.ts'
import type { CheckContext } from '../core/ports.ts'

/**
 * A sentence when `as` is a ServiceAccount that does not exist, else undefined. Impersonation and access reviews do
 * not ask whether it does, so a right that "works" could belong to an identity that nobody has any more.
 */
export const serviceAccountMissing = async (
  as: CredentialSpec,
  { probe, signal }: CheckContext,
): Promise<string | undefined> => {
  if (typeof as !== 'object' || !('serviceAccount' in as)) return undefined
  const [namespace = '', name = ''] = as.serviceAccount.split('/')
  const found = await read(probe, { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }, { signal })
  return found ? undefined : `ServiceAccount ${as.serviceAccount} does not exist`
}
