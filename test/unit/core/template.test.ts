import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bindings } from '../../../src/core/model.ts'
import { fill, fillJson, fillKnown, placeholders } from '../../../src/core/template.ts'

const bindings: Bindings = {
  vars: { password: 'hunter2', tricky: '((nonce.ns)) $& $1' },
  nonce: { ns: 'probe-x1' },
  captured: { 'intern-token': 'eyJ' },
  lab: { server: 'https://127.0.0.1:6443' },
  image: { busybox: 'docker.io/library/busybox:1.36.1' },
}

describe('fill', () => {
  it('replaces every placeholder, with or without spaces inside', () => {
    expect(
      fill('a ((vars.password)) b (( nonce.ns )) ((captured.intern-token)) ((lab.server)) ((image.busybox))', bindings),
    ).toBe('a hunter2 b probe-x1 eyJ https://127.0.0.1:6443 docker.io/library/busybox:1.36.1')
  })

  it('puts a value in as it is', () => {
    expect(fill('((vars.tricky))', bindings)).toBe('((nonce.ns)) $& $1')
  })

  it('names a placeholder without a value, and what there is', () => {
    expect(() => fill('((vars.pasword))', bindings)).toThrow('((vars.pasword)) has no value')
    expect(() => fill('((var.password))', bindings)).toThrow('there is no "var"')
    expect(() => fill('((vars.toString))', bindings)).toThrow('has no value')
  })

  it('leaves doubled parentheses of CEL and of shells alone', () => {
    const text = '((object.spec)) && ((i+1)) ((x))'
    expect(fill(text, bindings)).toBe(text)
    expect(placeholders(text)).toEqual([])
  })

  it('does not touch text without placeholders', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(placeholders(text).length === 0)
        expect(fill(text, bindings)).toBe(text)
      }),
    )
  })
})

describe('fillKnown', () => {
  it('keeps what it cannot fill', () => {
    expect(fillKnown('((vars.password)) ((vars.later))', bindings)).toBe('hunter2 ((vars.later))')
  })
})

describe('fillJson', () => {
  it('goes through lists, maps and keys, and keeps other types', () => {
    expect(fillJson({ '((nonce.ns))': ['((vars.password))', 1, true, null] }, bindings)).toEqual({
      'probe-x1': ['hunter2', 1, true, null],
    })
  })
})
