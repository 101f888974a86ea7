import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { etcdEnvironment } from '../../../../src/cluster/embedded/etcd-environment.ts'
import { layoutOf } from '../../../../src/cluster/embedded/layout.ts'

describe('etcdEnvironment', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'etcd-environment-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  it('points etcdctl at the cluster of the record', async () => {
    const layout = layoutOf(dir)
    await writeFile(layout.record, JSON.stringify({ version: 1, ports: { etcd: 23791 } }))
    expect(etcdEnvironment(layout)).toEqual({
      ETCDCTL_ENDPOINTS: 'https://127.0.0.1:23791',
      ETCDCTL_CACERT: join(dir, 'pki', 'etcd', 'ca.crt'),
      ETCDCTL_CERT: join(dir, 'pki', 'apiserver-etcd-client.crt'),
      ETCDCTL_KEY: join(dir, 'pki', 'apiserver-etcd-client.key'),
    })
  })

  it.each([undefined, '{', '{}'])('says nothing without a whole record (%s)', async (record) => {
    const layout = layoutOf(dir)
    if (record !== undefined) await writeFile(layout.record, record)
    expect(etcdEnvironment(layout)).toEqual({})
  })
})
