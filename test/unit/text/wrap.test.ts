import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, sentence, spokenAgo, spokenSpan } from '../../../src/text/spoken.ts'
import { columnsOf, wrap } from '../../../src/text/wrap.ts'

describe('wrapping', () => {
  it('loses no word, breaks none, and keeps to the width where words allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zé中]{1,30}$/)),
        fc.integer({ min: 24, max: 120 }),
        (words, width) => {
          const lines = wrap(words.join(' '), { width, first: '- ', rest: '  ' })
          expect(lines.flatMap((line) => line.slice(2).split(' ')).filter(Boolean)).toEqual(words)
          for (const line of lines) {
            const isOneWord = line.slice(2).trim().split(' ').length === 1
            if (!isOneWord) expect(columnsOf(line)).toBeLessThanOrEqual(width)
          }
        },
      ),
    )
  })

  it('counts wide characters as two columns and marks as none', () => {
    expect(columnsOf('abc')).toBe(3)
    expect(columnsOf('中文')).toBe(4)
    expect(columnsOf('e\u0301')).toBe(1)
  })
})

describe('spoken', () => {
  it.each([
    [-50, 'just now'],
    [2_000, '2 s ago'],
    [65_000, '1 min ago'],
    [3_900_000, '1 h 5 min ago'],
    [90_000_000, '1 day ago'],
  ])('%d ms', (ms, text) => expect(spokenAgo(ms)).toBe(text))

  it('has plurals and ends its sentences', () => {
    expect(count(1, 'hint')).toBe('1 hint')
    expect(count(0, 'hint')).toBe('0 hints')
    expect(spokenSpan(7200)).toBe('2 h')
    expect(sentence('It is.')).toBe('It is.')
    expect(sentence('It is')).toBe('It is.')
  })
})
