/** Fits styled text into a number of terminal cells: measure, cut, pad and wrap, escape sequences counted as nothing. */
import stringWidth from 'string-width'
import { SINGLE } from './single.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: style sequences begin with one
const STYLE = /\u001B\[[0-9;]*m/g
// Escape sequences of any kind, then the control characters and text-direction overrides that are left.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g
const RESET = '\u001B[0m'

/** Stands for a blank at which a line must not be broken; `wrap` turns it back into a blank. */
export const FIRM_BLANK = '\uE000'

/** Text from the cluster or from a lesson, made harmless for a terminal: no escape sequences, line feeds kept. */
export const clean = (text: string): string =>
  text.replace(ESCAPES, '').replace(/\r\n?/g, '\n').replace(/\t/g, '  ').replace(CONTROLS, '')

/** Text on one line: line feeds and runs of blanks become one blank. */
export const oneLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim()

/** The cells that a line takes. */
export const cells = (line: string): number => {
  const bare = line.includes('\u001B') ? line.replace(STYLE, '') : line
  return SINGLE.test(bare) ? bare.length : stringWidth(bare)
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const graphemes = (text: string): readonly string[] =>
  SINGLE.test(text) ? [...text] : [...segmenter.segment(text)].map(({ segment }) => segment)

/** A line as pieces: style sequences (of no width) and graphemes. */
const pieces = (line: string): readonly { readonly text: string; readonly cells: number }[] => {
  const found: { text: string; cells: number }[] = []
  let from = 0
  for (const match of line.matchAll(STYLE)) {
    for (const text of graphemes(line.slice(from, match.index))) found.push({ text, cells: cells(text) })
    found.push({ text: match[0], cells: 0 })
    from = match.index + match[0].length
  }
  for (const text of graphemes(line.slice(from))) found.push({ text, cells: cells(text) })
  return found
}

/** The line, no wider than `width`; `mark` takes the place of what was cut off. */
export const cut = (line: string, width: number, mark: string): string => {
  if (cells(line) <= width) return line
  const room = Math.max(0, width - cells(mark))
  let taken = ''
  let used = 0
  for (const piece of pieces(line)) {
    if (used + piece.cells > room) break
    taken += piece.text
    used += piece.cells
  }
  const end = line.includes('\u001B') ? RESET : ''
  return width < cells(mark) ? ''.padEnd(Math.max(0, width), '.') : `${taken}${mark}${end}`
}

/** The line, filled up with blanks to `width`. */
export const pad = (line: string, width: number): string => line + ' '.repeat(Math.max(0, width - cells(line)))

/** Exactly `width` cells: cut or padded. */
export const exactly = (line: string, width: number, mark: string): string => pad(cut(line, width, mark), width)

/** `left` and `right` at the two ends of a line of `width` cells; the left one gives way first. */
export const ends = (options: { left: string; right: string; width: number; mark: string }): string => {
  const { left, right, width, mark } = options
  if (right === '') return cut(left, width, mark)
  const room = width - cells(right) - 1
  if (room < Math.min(12, cells(left))) return cut(left, width, mark)
  return `${exactly(left, room, mark)} ${right}`
}

/** Plain text cut in the middle, with the count of characters hidden there. */
export const cutMiddle = (text: string, width: number, mark: string): string => {
  if (cells(text) <= width) return text
  const count = (hidden: number) => ` ${mark} ${hidden} more ${mark} `
  const room = width - cells(count(text.length))
  if (room < 8) return cut(text, width, mark)
  const letters = graphemes(text)
  const head = Math.ceil(room * 0.65)
  const tail = room - head
  let start = letters.slice(0, head).join('')
  let end = letters.slice(-tail).join('')
  while (cells(start) > head) start = graphemes(start).slice(0, -1).join('')
  while (cells(end) > tail) end = graphemes(end).slice(1).join('')
  return `${start.trimEnd()}${count(text.length - start.length - end.length)}${end.trimStart()}`
}

/** Which styles are on, keyed by what ends them. */
const closers = (code: number): string => {
  if (code === 1 || code === 2) return '22'
  if (code === 3 || code === 4 || code === 7 || code === 9) return String(20 + code)
  return code >= 40 && code <= 49 ? '49' : '39'
}
const remember = (open: Map<string, string>, sequence: string): void => {
  const code = Number(sequence.slice(2, -1).split(';')[0] || '0')
  if (code === 0) open.clear()
  else if (code === 39 || code === 49 || (code >= 22 && code <= 29)) open.delete(String(code))
  else open.set(closers(code) + (code === 2 ? 'dim' : ''), sequence)
  if (code === 22) open.delete('22dim')
}

/**
 * Words laid into lines of at most `width` cells. Styles end with their line and start again on the next one.
 * `hang` is put in front of every line but the first. A word wider than a line is broken.
 */
export const wrap = (text: string, width: number, hang = ''): string[] => {
  const lines: string[] = []
  const open = new Map<string, string>()
  let line = ''
  let used = 0
  const room = Math.max(1, width)
  const breakLine = () => {
    lines.push(line.trimEnd() + (open.size > 0 ? RESET : ''))
    line = hang + [...open.values()].join('')
    used = cells(hang)
  }
  const put = (piece: { text: string; cells: number }) => {
    if (piece.cells === 0 && piece.text.startsWith('\u001B')) remember(open, piece.text)
    else if (used + piece.cells > room && used > cells(hang)) breakLine()
    line += piece.text
    used += piece.cells
  }
  for (const [row, source] of text.split('\n').entries()) {
    if (row > 0) breakLine()
    for (const word of source.split(/( +)/)) {
      if (/^ +$/.test(word)) {
        if (used > cells(hang) || (row === 0 && lines.length === 0)) {
          if (used + word.length >= room) used = room
          else {
            line += word
            used += word.length
          }
        }
        continue
      }
      // A word longer than a line is broken, if it can be at a colon, a slash or the like.
      const parts = cells(word) > room - cells(hang) ? word.split(/(?<=[:/,=])/) : [word]
      for (const part of parts) {
        if (used > cells(hang) && used + cells(part) > room) breakLine()
        for (const piece of pieces(part)) put(piece)
      }
    }
  }
  lines.push(open.size > 0 ? line + RESET : line)
  return lines.map((done) => done.replaceAll(FIRM_BLANK, ' ').trimEnd())
}
