/** Columns a string takes. Good enough for lesson text: wide East Asian and emoji count two, marks none. */
export const columnsOf = (text: string): number => {
  if (/^[ -~]*$/.test(text)) return text.length // nearly always, and much quicker
  let columns = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (/\p{Mark}/u.test(character) || code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f)) continue
    columns += isWide(code) ? 2 : 1
  }
  return columns
}

const isWide = (code: number): boolean =>
  (code >= 0x1100 && code <= 0x115f) ||
  (code >= 0x2e80 && code <= 0xa4cf) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xff00 && code <= 0xff60) ||
  (code >= 0x1f300 && code <= 0x1faff)

/** Narrower than this nothing is readable; lines then run over rather than break into letters. */
const NARROWEST = 24

/**
 * Breaks running text at spaces so that no line is wider than `width` columns; a longer word stays whole, so that a
 * command or address can be copied. `first` and `rest` are what lines begin with.
 */
export const wrap = (
  text: string,
  options: { readonly width: number; readonly first?: string; readonly rest?: string },
): readonly string[] => {
  const { first = '', rest = first } = options
  const width = Math.max(options.width, NARROWEST)
  return text.split('\n').flatMap((paragraph, index) => {
    const lines: string[] = []
    let line = index === 0 ? first : rest
    let empty = true
    for (const word of paragraph.split(/ +/).filter((each) => each !== '')) {
      if (!empty && columnsOf(line) + 1 + columnsOf(word) > width) {
        lines.push(line)
        line = rest
        empty = true
      }
      line = empty ? line + word : `${line} ${word}`
      empty = false
    }
    return [...lines, line.trimEnd()]
  })
}
