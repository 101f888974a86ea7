/**
 * Lesson Markdown as lines for a pane. marked reads it and marked-terminal renders the spans (bold, code, emphasis …);
 * blocks are laid out here, because marked-terminal 7.3 wraps neither list items nor tables and prints spans inside
 * list items raw. Commands stand unboxed on lines of their own, so that the mouse copies the command alone.
 */
import { Marked, type MarkedExtension, type Token, type Tokens } from 'marked'
import { markedTerminal } from 'marked-terminal'
import { colourLine } from './code-colour.ts'
import { languageOf, scriptLines } from './command.ts'
import { cells, clean, cut, FIRM_BLANK, wrap } from './fit.ts'
import { columnWidths, tableLines } from './table.ts'
import type { Theme } from './theme.ts'

/** Markdown and a width in cells, to lines that fit it. `flush` puts code at the very start of the line. */
export type Markdown = (options: { text: string; width: number; flush?: boolean }) => readonly string[]

type Layout = { readonly theme: Theme; readonly inline: (tokens: readonly Token[]) => string; readonly flush: boolean }

const COLON = '*#COLON|*' // marked-terminal's stand-in for a colon inside code spans
const FIRM_SPAN = 28 // code spans up to this length are not broken at their blanks
const CACHED = 32
const READABLE = 92 // cells; longer lines of prose are hard to follow, code and tables may use the whole pane

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' }
const decode = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => ENTITIES[name] ?? whole)

const spans = (theme: Theme): Layout['inline'] => {
  const { paint } = theme
  const code = (text: string): string => {
    const bare = text.replaceAll(COLON, ':').replace(/\n/g, ' ')
    return paint.code(bare.length <= FIRM_SPAN ? bare.replaceAll(' ', FIRM_BLANK) : bare)
  }
  const options = {
    reflowText: true, // hard breaks come out as \r, told apart from the source's own line feeds
    emoji: false,
    strong: paint.strong,
    em: paint.emphasis,
    codespan: code,
    del: paint.struck,
    html: (text: string) => (/^<br\s*\/?>$/.test(text) ? '\r' : paint.quiet(text)),
    image: (_href: string, _title: string | null, text: string) => `[${text}]`,
  }
  const marked = new Marked(markedTerminal(options as object) as unknown as MarkedExtension, {
    renderer: {
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens)
        return text === href ? paint.link(href) : `${paint.link(text)} (${href})`
      },
    },
  })
  const { Parser, defaults } = marked
  return (tokens) =>
    decode(Parser.parseInline([...tokens], defaults).replace(/\n/g, ' '))
      .replace(/ *\r */g, '\n')
      .trim()
}

const codeBlock = (token: Tokens.Code, width: number, layout: Layout): string[] => {
  const indent = layout.flush ? '' : '  '
  const language = languageOf(token.lang, token.text)
  const room = width - indent.length
  const isShell = language === 'bash' || language === 'sh'
  return (isShell ? scriptLines(token.text, room) : token.text.split('\n')).map((line) => {
    const shown = cut(line.trimEnd(), room, layout.theme.symbols.cut)
    return (indent + colourLine({ line: shown, language, theme: layout.theme })).trimEnd()
  })
}

const list = (token: Tokens.List, width: number, layout: Layout): string[] => {
  const first = token.start === '' ? 1 : token.start
  const signs = token.items.map((_, at) => (token.ordered ? `${first + at}.` : layout.theme.symbols.bullet))
  const room = Math.max(...signs.map(cells)) + 1
  return token.items.flatMap((item, at) => {
    const box = item.task ? `[${item.checked ? 'x' : ' '}] ` : ''
    const [head = '', ...rest] = blocks(item.tokens, width - room - box.length, { ...layout, flush: false }, item.loose)
    const indent = ' '.repeat(room + box.length)
    const lines = [
      `${(signs[at] ?? '').padEnd(room)}${box}${head}`,
      ...rest.map((line) => (line === '' ? '' : indent + line)),
    ]
    return token.loose && at > 0 ? ['', ...lines] : lines
  })
}

const table = (token: Tokens.Table, width: number, { inline, theme }: Layout): string[] => {
  const head = token.header.map((cell) => theme.paint.strong(inline(cell.tokens)))
  const rows = token.rows.map((row) => row.map((cell) => inline(cell.tokens)))
  const widths = columnWidths([head, ...rows], width)
  const rule = theme.paint.quiet(widths.map((each) => theme.symbols.rule.repeat(each)).join('  '))
  return [...tableLines([head], widths), rule, ...tableLines(rows, widths)].map((line) =>
    cut(line, width, theme.symbols.cut),
  )
}

const heading = (token: Tokens.Heading, width: number, { inline, theme }: Layout): string[] => {
  const paint = token.depth <= 2 ? theme.paint.title : theme.paint.strong
  return wrap(paint(inline(token.tokens)), width)
}

const block = (token: Token, width: number, layout: Layout): string[] => {
  const { theme, inline } = layout
  switch (token.type) {
    case 'heading':
      return heading(token as Tokens.Heading, width, layout)
    case 'code':
      return codeBlock(token as Tokens.Code, width, layout)
    case 'list':
      return list(token as Tokens.List, width, layout)
    case 'table':
      return table(token as Tokens.Table, width, layout)
    case 'blockquote':
      return blocks((token as Tokens.Blockquote).tokens, width - 2, { ...layout, flush: false }, true).map(
        (line) => `${theme.paint.quiet(theme.symbols.quote)} ${line}`,
      )
    case 'hr':
      return [theme.paint.quiet(theme.symbols.rule.repeat(width))]
    case 'html':
      return /^\s*<!--/.test(token.raw) ? [] : wrap(theme.paint.quiet(token.raw.trim()), width)
    case 'space':
    case 'def':
      return []
    default:
      return wrap(inline('tokens' in token && token.tokens ? token.tokens : [token]), Math.min(width, READABLE))
  }
}

const blocks = (tokens: readonly Token[], width: number, layout: Layout, apart: boolean): string[] => {
  const room = Math.max(8, width)
  const parts = tokens.map((token) => block(token, room, layout)).filter((lines) => lines.length > 0)
  return parts.flatMap((lines, at) => (apart && at > 0 ? ['', ...lines] : lines))
}

/** A renderer for one theme. Results are kept per text and width, so that drawing a frame costs a look-up. */
export const createMarkdown = (theme: Theme): Markdown => {
  const inline = spans(theme)
  const reader = new Marked()
  const kept = new Map<string, readonly string[]>()
  return ({ text, width, flush = false }) => {
    const key = `${width} ${flush} ${text}`
    const known = kept.get(key)
    if (known !== undefined) return known
    const lines = blocks(reader.lexer(clean(text)), width, { theme, inline, flush }, true)
    if (kept.size >= CACHED) kept.delete(kept.keys().next().value as string)
    kept.set(key, lines)
    return lines
  }
}
