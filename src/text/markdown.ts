/** Markdown as plain lines: no colours, no boxes, commands on lines of their own and never broken. */
import { lexer, type Token, type Tokens } from 'marked'
import { columnsOf, wrap } from './wrap.ts'

/** Renders lesson Markdown for `width` columns; blocks are separated by one empty line. */
export const plainMarkdown = (markdown: string, width: number): string => blocks(lexer(markdown), width).join('\n\n')

const blocks = (tokens: readonly Token[], width: number, indent = ''): readonly string[] =>
  tokens.flatMap((token) => {
    const text = block(token, width, indent)
    return text === undefined ? [] : [text]
  })

const block = (token: Token, width: number, indent: string): string | undefined => {
  switch (token.type) {
    case 'space':
    case 'def':
      return undefined
    case 'html':
      return token.raw.startsWith('<!--') ? undefined : wrap(token.raw.trim(), { width, first: indent }).join('\n')
    case 'heading':
      return heading(token as Tokens.Heading, width, indent)
    case 'code':
      return (token as Tokens.Code).text
        .split('\n')
        .map((line) => `${indent}  ${line}`.trimEnd())
        .join('\n')
    case 'blockquote':
      return blocks((token as Tokens.Blockquote).tokens, width, `${indent}  `).join('\n\n')
    case 'list':
      return list(token as Tokens.List, width, indent)
    case 'table':
      return table(token as Tokens.Table, width, indent)
    case 'hr':
      return `${indent}---`
    default:
      return wrap(inline(token), { width, first: indent }).join('\n')
  }
}

const heading = (token: Tokens.Heading, width: number, indent: string): string => {
  const text = inline(token)
  const lines = wrap(text, { width, first: indent })
  if (token.depth > 2) return lines.join('\n')
  return [...lines, indent + '-'.repeat(Math.min(columnsOf(text), width))].join('\n')
}

const list = (token: Tokens.List, width: number, indent: string): string => {
  const start = typeof token.start === 'number' ? token.start : 1
  const items = token.items.map((item, index) => {
    const mark = token.ordered ? `${start + index}. ` : '- '
    const inner = indent + ' '.repeat(mark.length)
    const text = blocks(item.tokens, width, inner).join(token.loose ? '\n\n' : '\n')
    return indent + mark + text.slice(inner.length)
  })
  return items.join(token.loose ? '\n\n' : '\n')
}

/** Aligned columns when they fit; otherwise each row as "header: cell" lines, which also reads well aloud. */
const table = (token: Tokens.Table, width: number, indent: string): string => {
  const rows = [token.header, ...token.rows].map((row) => row.map((cell) => inline(cell)))
  const header = rows[0] ?? []
  const widths = header.map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column] ?? ''))))
  const total = widths.reduce((sum, each) => sum + each + 2, columnsOf(indent))
  if (total <= width) {
    return rows
      .map((row) => (indent + row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ')).trimEnd())
      .join('\n')
  }
  return rows
    .slice(1)
    .map((row) =>
      row
        .flatMap((cell, column) => wrap(`${header[column]}: ${cell}`, { width, first: indent, rest: `${indent}  ` }))
        .join('\n'),
    )
    .join('\n\n')
}

const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - columnsOf(text)))

/** The words of a token without its marks. Code keeps its backquotes: they say where a command begins and ends. */
const inline = (token: Token | Tokens.TableCell): string => {
  const children = 'tokens' in token && token.tokens ? token.tokens : undefined
  const words = (): string => children?.map(inline).join('') ?? ('text' in token ? decode(String(token.text)) : '')
  if (!('type' in token)) return words()
  switch (token.type) {
    case 'codespan':
      return `\`${decode(String(token.text))}\``
    case 'br':
      return '\n'
    case 'link': {
      const text = words()
      return text === token.href ? text : `${text} (${token.href})`
    }
    case 'image':
      return String(token.text)
    case 'html':
      // Angle brackets in lessons stand for values; only comments are not for the reader.
      return token.raw.startsWith('<!--') ? '' : token.raw
    case 'checkbox':
      return token.checked ? '[x] ' : '[ ] '
    default:
      // A soft line break inside a paragraph is a space: the text is wrapped anew.
      return words().replace(/\n/g, children && token.type !== 'text' ? '\n' : ' ')
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const decode = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (all, name: string) => ENTITIES[name] ?? all)
