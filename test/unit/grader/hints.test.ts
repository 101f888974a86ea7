import { describe, expect, it } from 'vitest'
import type { CheckSpec } from '../../../src/core/model.ts'
import type { Probe } from '../../../src/core/ports.ts'
import { hintsOf, polledNames, touchedByFile, watchPaths } from '../../../src/grader/hints.ts'

const spec = (id: string, kind: string, fields: CheckSpec['with']): CheckSpec => ({
  id,
  title: id,
  kind,
  with: fields,
  mode: 'level',
  why: '',
  settleMs: 0,
  holdMs: 0,
  given: [],
  say: [],
  needs: [],
})

const bindings = { vars: { ns: 'shop' }, captured: {}, lab: {}, image: {} }

const resource = (name: string, kind: string) => ({
  resource: name,
  responseKind: { kind },
  scope: 'Namespaced',
  verbs: ['list', 'watch'],
})
const served = {
  items: [
    {
      metadata: {},
      versions: [{ version: 'v1', resources: [resource('pods', 'Pod'), resource('configmaps', 'ConfigMap')] }],
    },
  ],
}
const probe = {
  api: async ({ path }: { path: string }) => ({
    status: 200,
    headers: {},
    warnings: [],
    text: '',
    json: path === '/api' ? served : {},
  }),
} as unknown as Probe

describe('hints', () => {
  it('fill in what is known, and leave out what is made up for each look', () => {
    const hints = hintsOf(
      [
        spec('a', 'object', { apiVersion: 'v1', kind: 'Pod', namespace: '((vars.ns))' }),
        spec('b', 'object', { apiVersion: 'v1', kind: 'Pod', namespace: '((nonce.ns))' }),
      ],
      bindings,
    )
    expect(hints).toEqual([
      { id: 'a', hints: [{ kind: 'objects', apiVersion: 'v1', object: 'Pod', namespace: 'shop' }] },
      { id: 'b', hints: [] },
    ])
  })

  it('become one connection for each collection, the wider one for both', async () => {
    const hints = hintsOf(
      [
        spec('a', 'object', { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' }),
        spec('b', 'object', { apiVersion: 'v1', kind: 'Pod' }),
        spec('c', 'object', { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' }),
        spec('d', 'object', { apiVersion: 'not/v1', kind: 'Served' }),
      ],
      bindings,
    )
    expect(await watchPaths(hints, probe, new AbortController().signal)).toEqual([
      { path: '/api/v1/pods', checks: ['a', 'b'] },
      { path: '/api/v1/namespaces/shop/configmaps', checks: ['c'] },
    ])
  })

  it('tell which checks a file touches, folders included', () => {
    const hints = hintsOf(
      [
        spec('file', 'file', { path: 'work/notes.txt' }),
        spec('who', 'identity', { as: { kubeconfig: 'jane.kubeconfig' } }),
        spec('leak', 'secret', { absent: { value: 'x', objects: [], files: ['work/**/*.yaml'] } }),
        spec('answer', 'answer', { key: 'a', equals: 'b' }),
        spec('component', 'component', { name: 'etcd', runs: true }),
        spec('stored', 'stored', { prefix: '/registry/secrets/', 'newest-key': true }),
      ],
      bindings,
    )
    expect(touchedByFile(hints, 'work/notes.txt')).toEqual(['file'])
    expect(touchedByFile(hints, 'work/a/b.yaml')).toEqual(['leak'])
    expect(touchedByFile(hints, 'work')).toEqual(['file', 'leak'])
    expect(touchedByFile(hints, 'jane.kubeconfig')).toEqual(['who'])
    expect(touchedByFile(hints, 'answers.yaml')).toEqual(['answer'])
    expect(polledNames(hints)).toEqual({ files: ['encryption.yaml'], components: ['kube-apiserver', 'etcd'] })
  })
})
