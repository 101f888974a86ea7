import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { etcdctlVariables } from '../etcdctl-variables.ts'
import type { Layout } from './layout.ts'
import type { ClusterRecord } from './record.ts'

/**
 * What etcdctl needs to talk to the cluster's etcd with the API server's own client certificate: a learner looks at
 * the raw bytes with it. Empty when there is no cluster.
 */
export const etcdEnvironment = (layout: Layout): Readonly<Record<string, string>> => {
  const port = etcdPort(layout)
  if (port === undefined) return {}
  return etcdctlVariables({
    port,
    ca: join(layout.pki, 'etcd', 'ca.crt'),
    cert: join(layout.pki, 'apiserver-etcd-client.crt'),
    key: join(layout.pki, 'apiserver-etcd-client.key'),
  })
}

// Read at once, not awaited: the environment of a shell is asked for where nothing can wait, and the file is small.
const etcdPort = (layout: Layout): number | undefined => {
  try {
    const { ports } = JSON.parse(readFileSync(layout.record, 'utf8')) as Partial<ClusterRecord>
    return Number.isInteger(ports?.etcd) ? ports?.etcd : undefined
  } catch {
    return undefined
  }
}
