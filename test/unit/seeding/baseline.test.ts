import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../src/core/api/objects.ts'
import { compare } from '../../../src/seeding/baseline.ts'
import { describeKey, type Found, isSame, keyOf, normalise } from '../../../src/seeding/objects.ts'
import type { SeedRecord } from '../../../src/seeding/record.ts'

const resource = (group: string, kind: string) => ({
  group,
  kind,
  version: 'v1',
  apiVersion: group === '' ? 'v1' : `${group}/v1`,
  plural: `${kind.toLowerCase()}s`,
  namespaced: true,
  verbs: ['list', 'delete'],
  preferred: true,
})
const found = (kind: string, name: string, more: Record<string, unknown> = {}, namespace = 'demo'): Found => {
  const from = resource('', kind)
  const object: Manifest = { apiVersion: 'v1', kind, metadata: { name, namespace, uid: `uid-${name}`, ...more } }
  return { key: keyOf(from, object), resource: from, object }
}
const recordOf = (...objects: readonly Found[]): SeedRecord => ({
  version: 1,
  cluster: 'c',
  storage: 's',
  server: 'https://127.0.0.1:1',
  takenAt: '',
  files: {},
  objects: Object.fromEntries(objects.map(({ key, object }) => [key, normalise(object)])),
})

describe('a cluster compared with its baseline', () => {
  it('differs in what was added, taken away and changed', () => {
    const record = recordOf(found('ConfigMap', 'stays'), found('ConfigMap', 'goes'), found('ConfigMap', 'changes'))
    const now = [
      found('ConfigMap', 'stays', { resourceVersion: '7', managedFields: [] }),
      found('ConfigMap', 'changes', { labels: { a: 'b' } }),
      found('Secret', 'comes'),
    ]
    const difference = compare(record, now)
    expect(difference.added.map(({ key }) => key)).toEqual(['/Secret demo/comes'])
    expect(difference.missing).toEqual(['/ConfigMap demo/goes'])
    expect(difference.changed.map(({ key }) => key)).toEqual(['/ConfigMap demo/changes'])
  })

  it('counts what a kept object owns as kept, and what a new one owns as new', () => {
    const owned = (name: string, owner: string): Found =>
      found('Pod', name, { ownerReferences: [{ uid: `uid-${owner}` }] })
    const record = recordOf(found('ConfigMap', 'old'))
    const now = [
      found('ConfigMap', 'old'),
      owned('of-of-old', 'of-old'),
      owned('of-old', 'old'),
      owned('of-new', 'new'),
      found('ConfigMap', 'new'),
    ]
    expect(compare(record, now).added.map(({ object }) => object.metadata?.name)).toEqual(['of-new', 'new'])
  })

  it('takes a Node that came later for a lesson’s, unless the baseline does not know its Nodes', () => {
    const now = [found('Node', 'control-plane', { labels: { new: '' } }, ''), found('Node', 'n1', {}, '')]
    expect(compare({ ...recordOf(), nodes: ['control-plane'] }, now).added.map(({ key }) => key)).toEqual(['/Node /n1'])
    expect(compare({ ...recordOf(), nodes: [] }, now).added).toHaveLength(2)
    expect(compare(recordOf(), now).added).toEqual([])
  })

  it('leaves alone what the cluster makes for itself at its own time', () => {
    const now = [
      found('ServiceAccount', 'job-controller', {}, 'kube-system'),
      found('ServiceAccount', 'intruder', {}, 'kube-system'),
      found('ConfigMap', 'extension-apiserver-authentication', {}, 'kube-system'),
      found('Endpoints', 'kubernetes', {}, 'default'),
    ]
    expect(compare(recordOf(), now).added.map(({ key }) => describeKey(key))).toEqual([
      'ServiceAccount kube-system/intruder',
    ])
  })

  it('leaves alone what a node and its kubelet keep', () => {
    const request = found('CertificateSigningRequest', 'csr-1', {}, '')
    const signedBy = (signerName: string): Found => ({
      ...request,
      object: { ...request.object, spec: { signerName } },
    })
    const now = [
      found('Node', 'n1', { labels: { a: 'b' } }, ''),
      found('Pod', 'etcd-n1', { ownerReferences: [{ uid: 'uid-n1' }] }, 'kube-system'),
      found('Secret', 'bootstrap-token-abcdef', {}, 'kube-system'),
      found('Secret', 'bootstrap-token-too-long', {}, 'kube-system'),
      found('ConfigMap', 'cluster-info', {}, 'kube-public'),
      found('Endpoints', 'kube-dns', {}, 'kube-system'),
      signedBy('kubernetes.io/kube-apiserver-client-kubelet'),
    ]
    const told = (objects: readonly Found[]) => compare(recordOf(), objects).added.map(({ key }) => describeKey(key))
    expect(told(now)).toEqual(['Secret kube-system/bootstrap-token-too-long'])
    expect(told([signedBy('kubernetes.io/kube-apiserver-client')])).toEqual(['CertificateSigningRequest csr-1'])
  })

  it('takes no notes of controllers for a change', () => {
    const note = { annotations: { 'deployment.kubernetes.io/revision': '1' } }
    const before = recordOf(found('Deployment', 'coredns', {}, 'kube-system'))
    expect(compare(before, [found('Deployment', 'coredns', note, 'kube-system')]).changed).toEqual([])
    const mine = { annotations: { ...note.annotations, mine: '1' } }
    expect(compare(before, [found('Deployment', 'coredns', mine, 'kube-system')]).changed).toHaveLength(1)
  })
})

it('compares objects by what they say, in any order of keys', () => {
  const a = { apiVersion: 'v1', kind: 'ConfigMap', data: { x: '1', y: '2' } }
  expect(isSame(a, { kind: 'ConfigMap', data: { y: '2', x: '1' }, apiVersion: 'v1' })).toBe(true)
  expect(isSame(a, { ...a, data: { x: '1' } })).toBe(false)
})
