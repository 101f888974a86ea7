import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, writeAtomic } from '../files.ts'
import type { PodSpec } from '../static-pod.ts'
import type { Layout } from './layout.ts'
import type { ClusterRecord } from './record.ts'

/** As a kubelet asks: for an hour, and again when four fifths of it are over. */
const LIFE_SECONDS = 3607
const RENEW_AFTER = 0.8
const RETRY_MS = 2000

/** Where an add-on finds what a container finds in /var/run/secrets/kubernetes.io/serviceaccount. */
export const accountFolder = (layout: Layout, name: string): string => join(layout.addOn(name), 'serviceaccount')

/** Keeps the tokens of add-ons fresh; asked at each look of the supervisor, it never makes that wait. */
export const createAccountKeeper = (options: {
  readonly layout: Layout
  readonly record: ClusterRecord
  readonly onChange: () => void
}) => {
  const { layout, record, onChange } = options
  const renewAt = new Map<string, number>()
  const working = new Set<string>()

  const renew = async (name: string, namespace: string, account: string): Promise<void> => {
    const { createEmbeddedProbe } = await import('./probe.ts')
    const probe = await createEmbeddedProbe(layout, record)
    try {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`
      const body = { spec: { expirationSeconds: LIFE_SECONDS } }
      const reply = await probe.api({ method: 'POST', path, body })
      const token = (reply.json as { status?: { token?: string } } | undefined)?.status?.token
      if (token === undefined) throw new Error(`no token for ${namespace}/${account}: HTTP ${reply.status}`)
      const folder = accountFolder(layout, name)
      await makeFolder(folder)
      await writeAtomic(join(folder, 'ca.crt'), await readFile(join(layout.pki, 'ca.crt'), 'utf8'))
      await writeAtomic(join(folder, 'namespace'), namespace)
      await writeAtomic(join(folder, 'token'), token)
      renewAt.set(name, Date.now() + LIFE_SECONDS * 1000 * RENEW_AFTER)
    } finally {
      probe.close()
    }
  }

  return {
    /** True when a process may start: it has its token, or needs none. */
    isReady: (name: string, { namespace = 'default', serviceAccount }: PodSpec): boolean => {
      if (serviceAccount === undefined) return true
      const isThere = existsSync(join(accountFolder(layout, name), 'token'))
      const isDue = !isThere || Date.now() >= (renewAt.get(name) ?? 0)
      if (isDue && !working.has(name)) {
        working.add(name)
        void renew(name, namespace, serviceAccount)
          .then(onChange, () => renewAt.set(name, Date.now() + RETRY_MS))
          .finally(() => working.delete(name))
      }
      return isThere
    },
  }
}
