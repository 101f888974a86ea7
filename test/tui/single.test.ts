import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
// @ts-expect-error the build's own JavaScript
import { Segmenter } from '../../scripts/bundle/segmenter.js'
import { SINGLE, SINGLE_WITH_STYLES } from '../../src/tui/single.ts'

const everyUnit = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
type Cut = Iterable<{ readonly segment: string; readonly index: number }> & {
  containing(index?: number): { readonly segment: string; readonly index: number } | undefined
}
const cut = (text: string, options?: Intl.SegmenterOptions): Cut => new Segmenter(undefined, options).segment(text)
const pieces = (text: string) => [...cut(text)].map(({ segment, index }) => [index, segment])
const really = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment, index }) => [index, segment])

describe('characters that need no measuring', () => {
  it('take one cell each', () => {
    const wrong = everyUnit.filter((unit) => SINGLE.test(unit) && stringWidth(unit) !== 1)
    expect(wrong).toEqual([])
  })

  it('are letters of their own, next to each other and to styles', () => {
    const all = everyUnit.filter((unit) => SINGLE_WITH_STYLES.test(unit))
    const text = [all.join(''), all.toReversed().join(''), all.map((unit) => `${unit}\u001B`).join('')].join('\n')
    expect(SINGLE_WITH_STYLES.test(text)).toBe(true)
    expect(pieces(text)).toEqual(really(text))
  })
})

describe('the segmenter of the bundle', () => {
  it.each(['plain', '', '\u001B[36mstyled\u001B[0m ─ ✓', 'e\u0301', '👩‍💻 at work', 'a\r\nb', '한국', '🇩🇪🇫🇷'])(
    'cuts %j as the real one',
    (text) => {
      expect(pieces(text)).toEqual(really(text))
      for (const index of [0, 1, text.length - 1, text.length]) {
        const found = cut(text).containing(index)
        const real = new Intl.Segmenter().segment(text).containing(index)
        expect([found?.index, found?.segment]).toEqual([real?.index, real?.segment])
      }
    },
  )

  it('leaves words and sentences to the real one', () => {
    expect([...cut('two words', { granularity: 'word' })].map(({ segment }) => segment)).toEqual(['two', ' ', 'words'])
  })
})
