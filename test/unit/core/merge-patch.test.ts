import { describe, expect, it } from 'vitest'
import { isPatch, mergePatch, patchedName } from '../../../src/core/merge-patch.ts'
import type { Json } from '../../../src/core/model.ts'

describe('a JSON merge patch', () => {
  it.each<[string, Json, Json, Json]>([
    ['replaces a value', { a: 'b' }, { a: 'c' }, { a: 'c' }],
    ['adds a field', { a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    ['removes a field', { a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    ['removes nothing that is not there', { b: 'c' }, { a: null }, { b: 'c' }],
    ['goes into maps', { a: { b: 'c', d: 1 } }, { a: { b: 'x', d: null } }, { a: { b: 'x' } }],
    ['replaces lists whole', { a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    ['puts a map where none was', { a: 'c' }, { a: { b: { c: null, d: 2 } } }, { a: { b: { d: 2 } } }],
    [
      'keeps fields called like methods of objects',
      { a: 1 },
      JSON.parse('{"__proto__":{"b":1}}'),
      JSON.parse('{"a":1,"__proto__":{"b":1}}'),
    ],
  ])('%s', (_, target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected)
  })

  it('names the file that it is for', () => {
    expect([isPatch('kubelet-config.patch.yaml'), patchedName('kubelet-config.patch.yaml')]).toEqual([
      true,
      'kubelet-config.yaml',
    ])
    expect([isPatch('encryption.yaml'), patchedName('encryption.yaml')]).toEqual([false, 'encryption.yaml'])
  })
})
