// Stands for Intl.Segmenter in the bundle. Making a real one takes as long as loading React, and cutting the lines of a
// screen into letters needs none where each character is a letter of its own.
import { SINGLE_WITH_STYLES } from '../../src/tui/single.ts'

export function Segmenter(locale, options = {}) {
  const { Segmenter: Real } = Intl
  const byLetters = (options.granularity ?? 'grapheme') === 'grapheme'
  let real
  return {
    segment: (text) => {
      if (byLetters && SINGLE_WITH_STYLES.test(text)) return letters(text)
      real ??= new Real(locale, options)
      return real.segment(text)
    },
  }
}

const letters = (text) => {
  const at = (index) => ({ segment: text[index], index, input: text })
  return {
    containing: (index = 0) => (index >= 0 && index < text.length ? at(index) : undefined),
    *[Symbol.iterator]() {
      for (let index = 0; index < text.length; index += 1) yield at(index)
    },
  }
}
