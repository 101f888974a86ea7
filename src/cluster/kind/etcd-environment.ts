import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { etcdctlVariables } from '../etcdctl-variables.ts'
import type { Layout } from './layout.ts'
import type { ClusterRecord } from './record.ts'

/** What etcdctl needs to talk to the cluster's etcd, as the API server does. Empty when there is no cluster. */
export const etcdEnvironment = (layout: Layout): Readonly<Record<string, string>> => {
  try {
    const { etcdPort } = JSON.parse(readFileSync(layout.record, 'utf8')) as Partial<ClusterRecord>
    if (etcdPort === undefined) return {}
    const at = (file: string) => join(layout.etcdPki, file)
    return etcdctlVariables({
      port: etcdPort,
      ca: at('ca.crt'),
      cert: at('apiserver-etcd-client.crt'),
      key: at('apiserver-etcd-client.key'),
    })
  } catch {
    return {}
  }
}
