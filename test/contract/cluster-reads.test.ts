import { describe, expect, it } from 'vitest'
import { testCluster } from '../support/cluster.ts'

describe('a cluster that is up', () => {
  it('says so, with its version and its parts', async () => {
    const { cluster, paths } = await testCluster()
    const status = await cluster.status()
    expect(status).toMatchObject({ backend: 'embedded', state: 'ready', kubeconfig: `${paths.cluster}/kubeconfig` })
    expect(status.version).toMatch(/^v1\.\d+\.\d+$/)
    expect(status.components.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'etcd running',
      'kube-apiserver running',
      'kube-controller-manager running',
    ])
  })
})
