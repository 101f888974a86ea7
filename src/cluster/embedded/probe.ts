import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ComponentName, ComponentStatus, Probe } from '../../core/ports.ts'
import { isAlive } from '../../store/process-identity.ts'
import { controlPlaneFiles } from '../control-plane-files.ts'
import { readIfThere } from '../files.ts'
import { createKube } from '../kube.ts'
import { createEtcdReader } from './etcd.ts'
import { isEmbeddedComponent, type Layout } from './layout.ts'
import type { ClusterRecord } from './record.ts'
import { fingerprint, readStatus } from './status-file.ts'

/** The Probe of an embedded cluster. It keeps certificates and connections, and reads everything else afresh. */
export const createEmbeddedProbe = async (
  layout: Layout,
  record: ClusterRecord,
): Promise<Probe & { close(): void }> => {
  const pem = (file: string) => readFile(join(layout.pki, file), 'utf8')
  const [ca, cert, key, etcdCa, etcdCert, etcdKey] = await Promise.all(
    ['ca.crt', 'admin.crt', 'admin.key', 'etcd/ca.crt', 'apiserver-etcd-client.crt', 'apiserver-etcd-client.key'].map(
      pem,
    ),
  )
  const { ports } = record
  const kube = createKube({
    server: `https://127.0.0.1:${ports.apiserver}`,
    ca: ca ?? '',
    cert: cert ?? '',
    key: key ?? '',
  })
  const etcd = createEtcdReader({
    server: `https://127.0.0.1:${ports.etcd}`,
    ca: etcdCa ?? '',
    cert: etcdCert ?? '',
    key: etcdKey ?? '',
  })
  return {
    server: kube.server,
    ca: kube.ca,
    api: kube.api,
    watch: kube.watch,
    etcd: etcd.list,
    controlPlaneFile: async (name) => {
      const file = controlPlaneFiles(layout).find((one) => one.name === name)
      const text = file && (await readIfThere(file.path))
      return file && text !== undefined ? { text, mode: (await stat(file.path)).mode & 0o777 } : undefined
    },
    component: (name) => componentStatus(layout, name),
    close: () => {
      kube.close()
      etcd.close()
    },
  }
}

/**
 * A component as it is now: what the supervisor wrote last, corrected by what can be seen: a dead process is not
 * running, and a manifest that nobody has looked at yet means that a restart is due.
 */
export const componentStatus = async (layout: Layout, name: ComponentName): Promise<ComponentStatus> => {
  const absent: ComponentStatus = { name, state: 'absent', restarts: 0 }
  if (!isEmbeddedComponent(name)) return absent
  const [status, text] = await Promise.all([
    readStatus(layout.status),
    readIfThere(layout.manifest(name)).catch(() => undefined),
  ])
  const unit = status?.components.find((one) => one.name === name)
  if (!status || !unit) return absent
  const { identity, manifest, exits, starts, ...shown } = unit
  const alive = unit.pid !== undefined && identity !== undefined && (await isAlive({ pid: unit.pid, identity }))
  if (!alive && (unit.state === 'running' || unit.state === 'stale')) {
    const { pid, since, ...dead } = shown
    return { ...dead, state: (await isAlive(status.supervisor)) ? 'starting' : 'absent' }
  }
  if (unit.state === 'running' && text !== undefined && manifest !== fingerprint(text)) {
    return { ...shown, state: 'starting' }
  }
  return shown
}
