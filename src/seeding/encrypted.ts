/** Secrets of the cluster itself that a lesson's key has encrypted: carried past the moment at which that key goes. */
import { create, type Manifest, read, remove } from '../core/api/objects.ts'
import { isOk, orThrow } from '../core/api/reply.ts'
import type { Probe } from '../core/ports.ts'
import { normalise } from './objects.ts'

type Cancel = { readonly signal?: AbortSignal }

/** Keys of what is stored encrypted. */
export const encryptedKeys = async (probe: Probe, { signal }: Cancel = {}): Promise<readonly string[]> => {
  const stored = await probe.etcd('/registry/', { signal })
  return stored
    .filter(({ value }) => Buffer.from(value.subarray(0, 8)).toString('latin1') === 'k8s:enc:')
    .map(({ key }) => key)
}

const SECRET = /^\/registry\/secrets\/([^/]+)\/([^/]+)$/

/**
 * Takes the Secrets with these keys out of the cluster, as long as they can be read, and answers them for later.
 * Answers undefined, and takes nothing, when something else than Secrets is encrypted as well.
 */
export const takeOut = async (
  probe: Probe,
  keys: readonly string[],
  { signal }: Cancel = {},
): Promise<readonly Manifest[] | undefined> => {
  const refs = keys.map((key) => SECRET.exec(key)).map((match) => match && { namespace: match[1], name: match[2] })
  if (refs.some((ref) => ref === null)) return undefined
  const kind = { apiVersion: 'v1', kind: 'Secret' }
  const secrets: Manifest[] = []
  for (const ref of refs) {
    const found = await read(probe, { ...kind, ...ref }, { signal })
    if (found) secrets.push(normalise(found))
  }
  for (const ref of refs) {
    const reply = await remove(probe, { ...kind, ...ref }, { signal })
    if (reply.status !== 404) orThrow(reply, `take Secret ${ref?.namespace}/${ref?.name} out`)
  }
  return secrets
}

/** Puts Secrets back, written as the API server writes now. One that came back by itself stays as it is. */
export const putBack = async (probe: Probe, secrets: readonly Manifest[], { signal }: Cancel = {}): Promise<void> => {
  for (const secret of secrets) {
    const reply = await create(probe, secret, { signal })
    if (!isOk(reply) && reply.status !== 409) orThrow(reply, `put Secret ${secret.metadata?.name} back`)
  }
}
