import { pathOf } from '../../core/api/discovery.ts'
import { read } from '../../core/api/objects.ts'
import { orThrow } from '../../core/api/reply.ts'
import type { Probe } from '../../core/ports.ts'
import type { Upstream } from './upstream.ts'

/** One key of one Secret. */
export type SecretKey = { readonly namespace: string; readonly name: string; readonly key: string }

const refOf = ({ namespace, name }: SecretKey) => ({ apiVersion: 'v1', kind: 'Secret', namespace, name })

/** "Secret app/db, key password". */
export const describeSecretKey = ({ namespace, name, key }: SecretKey): string =>
  `Secret ${namespace}/${name}, key ${key}`

/** The decoded value, or undefined when there is no such Secret or key. */
export const readSecretKey = async (
  probe: Probe,
  where: SecretKey,
  signal?: AbortSignal,
): Promise<string | undefined> => {
  const secret = await read(probe, refOf(where), { ...(signal ? { signal } : {}) })
  const encoded = (secret?.data as Readonly<Record<string, string>> | undefined)?.[where.key]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8')
}

/** Changes that one key; the Secret must exist. */
export const writeSecretKey = async (
  probe: Probe,
  where: SecretKey,
  change: { readonly value: string; readonly signal?: AbortSignal },
): Promise<void> => {
  const { value, signal } = change
  const reply = await probe.api({
    method: 'PATCH',
    path: await pathOf(probe, refOf(where), { signal }),
    contentType: 'application/merge-patch+json',
    body: { data: { [where.key]: Buffer.from(value, 'utf8').toString('base64') } },
    timeoutMs: 5000,
    ...(signal ? { signal } : {}),
  })
  orThrow(reply, `write ${describeSecretKey(where)}`)
}

/** A Secret in another namespace as the place where the truth is kept. */
export const kubernetesUpstream = (probe: Probe, where: SecretKey): Upstream => ({
  name: describeSecretKey(where),
  read: (signal) => readSecretKey(probe, where, signal),
  write: (value, signal) => writeSecretKey(probe, where, { value, ...(signal ? { signal } : {}) }),
})
