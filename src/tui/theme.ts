/**
 * What things look like: symbols and colours by meaning. A colour never stands alone, a symbol or a word always goes with
 * it. Only the terminal's own sixteen colours are used, so the lab follows the learner's light or dark theme.
 */

export type CheckMark = 'passed' | 'failed' | 'untried' | 'settling' | 'unknown'
export type Paint = (text: string) => string

export type Symbols = Readonly<Record<CheckMark, string>> & {
  /** Cannot run here. */
  readonly unavailable: string
  readonly cursor: string
  readonly into: string
  readonly more: string
  readonly dot: string
  readonly bullet: string
  readonly here: string
  readonly rule: string
  readonly wall: string
  readonly ruleDown: string
  readonly ruleUp: string
  readonly barFull: string
  readonly barRest: string
  readonly cut: string
  readonly up: string
  readonly down: string
  readonly enter: string
  readonly upDown: string
  readonly quote: string
  readonly spinner: readonly string[]
}

const UNICODE: Symbols = {
  passed: '✓',
  failed: '✗',
  untried: '◌',
  settling: '◔',
  unknown: '?',
  unavailable: '–',
  cursor: '▸',
  into: '›',
  more: '▾',
  dot: '·',
  bullet: '•',
  here: '←',
  rule: '─',
  wall: '│',
  ruleDown: '┬',
  ruleUp: '┴',
  barFull: '█',
  barRest: '░',
  cut: '…',
  up: '▴',
  down: '▾',
  enter: '⏎',
  upDown: '↑↓',
  quote: '▏',
  spinner: ['◐', '◓', '◑', '◒'],
}

const ASCII: Symbols = {
  passed: '[x]',
  failed: '[ ]',
  untried: '[.]',
  settling: '[~]',
  unknown: '[?]',
  unavailable: '-',
  cursor: '>',
  into: '>',
  more: 'v',
  dot: '-',
  bullet: '*',
  here: '<-',
  rule: '-',
  wall: '|',
  ruleDown: '+',
  ruleUp: '+',
  barFull: '#',
  barRest: '.',
  cut: '..',
  up: '^',
  down: 'v',
  enter: 'enter',
  upDown: 'j/k',
  quote: '|',
  spinner: ['[~]', '[-]', '[~]', '[=]'],
}

export type Theme = {
  readonly unicode: boolean
  readonly colour: boolean
  readonly motion: boolean
  readonly symbols: Symbols
  readonly paint: {
    readonly good: Paint
    readonly bad: Paint
    readonly warn: Paint
    readonly quiet: Paint
    readonly strong: Paint
    readonly accent: Paint
    readonly title: Paint
    readonly code: Paint
    readonly link: Paint
    readonly emphasis: Paint
    readonly struck: Paint
    /** The row that keys act on. */
    readonly chosen: Paint
  }
  /** Symbol of a check's state, coloured by its meaning. */
  readonly mark: (state: CheckMark) => string
}

const style =
  (on: string, off: string): Paint =>
  (text) =>
    text === '' ? '' : `\u001B[${on}m${text}\u001B[${off}m`
const same: Paint = (text) => text

/** Whether the terminal can show more than ASCII: a UTF-8 locale, and not the Linux console with its small font. */
export const canShowUnicode = (env: Readonly<Record<string, string | undefined>>): boolean =>
  env.TERM !== 'linux' && /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '')

/** The theme for an environment. NO_COLOR (any value) leaves bold, underline and reverse, NO_MOTION stops the spinners. */
export const createTheme = (options: {
  env: Readonly<Record<string, string | undefined>>
  motion?: boolean
}): Theme => {
  const { env } = options
  const unicode = canShowUnicode(env)
  const colour = !env.NO_COLOR && env.TERM !== 'dumb' && env.FORCE_COLOR !== '0'
  const tint = (code: string): Paint => (colour ? style(code, '39') : same)
  const strong = style('1', '22')
  const symbols = unicode ? UNICODE : ASCII
  const paint = {
    good: tint('32'),
    bad: tint('31'),
    warn: tint('33'),
    quiet: colour ? style('2', '22') : same,
    strong,
    accent: tint('36'),
    title: (text: string) => strong(tint('36')(text)),
    code: tint('36'),
    link: style('4', '24'),
    emphasis: style('3', '23'),
    struck: style('9', '29'),
    chosen: style('7', '27'),
  }
  const tints: Readonly<Record<CheckMark, Paint>> = {
    passed: paint.good,
    failed: paint.bad,
    untried: paint.quiet,
    settling: paint.warn,
    unknown: paint.warn,
  }
  return {
    unicode,
    colour,
    motion: (options.motion ?? true) && !env.NO_MOTION,
    symbols,
    paint,
    mark: (state) => tints[state](symbols[state]),
  }
}

/** One cell for one cell, so that columns keep their place where only ASCII can be shown. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['‘’‚′', "'"],
    ['“”„″', '"'],
    ['–—−‐‑─━═╌┄', '-'],
    ['│┃║▏┆', '|'],
    ['┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛', '+'],
    ['→▸▶›»➜', '>'],
    ['←◂◀‹«', '<'],
    ['↑▴▲', '^'],
    ['↓▾▼', 'v'],
    ['•·●○◦', '*'],
    ['…', '.'],
    ['×✗✘', 'x'],
    ['✓✔', 'x'],
    ['█▓', '#'],
    ['░▒', '.'],
    ['\u00A0', ' '],
  ].flatMap(([from = '', to = '']) => [...from].map((letter) => [letter, to])),
)

/** A finished frame in ASCII alone; what has no likeness becomes `?`. */
export const toAscii = (frame: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences and line feeds stay as they are
  frame.replace(/[^\u0000-\u007F]/gu, (letter) => LOOKALIKES[letter] ?? '?')
