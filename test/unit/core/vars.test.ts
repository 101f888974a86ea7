import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeValue, makeValues, scriptVariables } from '../../../src/core/vars.ts'

const sample = (spec: Parameters<typeof makeValue>[0]): string[] =>
  Array.from({ length: 200 }, () => makeValue(spec, randomBytes))

describe('values of variables', () => {
  it('are what their kind says', () => {
    for (const value of sample({ kind: 'password', length: 20 })) expect(value).toMatch(/^[A-Za-z][A-Za-z2-9]{19}$/)
    for (const value of sample({ kind: 'name', prefix: 'bot-' })) expect(value).toMatch(/^bot-[a-z2-9]{5}$/)
    for (const value of sample({ kind: 'port' })) {
      expect(Number(value)).toBeGreaterThanOrEqual(20_000)
      expect(Number(value)).toBeLessThan(40_000)
    }
    expect(new Set(sample({ kind: 'pick', from: ['a', 'b'] }))).toEqual(new Set(['a', 'b']))
  })

  it('differ each time, and follow from the source of randomness alone', () => {
    expect(new Set(sample({ kind: 'password', length: 20 })).size).toBe(200)
    const zeros = (count: number) => new Uint8Array(count)
    const specs = { a: { kind: 'name', prefix: 'x-' }, b: { kind: 'port' } } as const
    expect(makeValues(specs, zeros)).toEqual({ a: 'x-aaaaa', b: '20000' })
  })

  it('reach scripts as LAB_VAR_ and their name, images as LAB_IMAGE_', () => {
    const vars = { password: 'x', 'other-name': 'y' }
    expect(scriptVariables({ vars, images: { 'busy-box': 'busybox:1' } })).toEqual({
      LAB_VAR_PASSWORD: 'x',
      LAB_VAR_OTHER_NAME: 'y',
      LAB_IMAGE_BUSY_BOX: 'busybox:1',
    })
  })
})
