/** A little colour for the four languages of lesson texts. One line at a time: what it cannot see stays plain. */
import type { Theme } from './theme.ts'

type Colourer = (line: string, theme: Theme) => string

const yaml: Colourer = (line, { paint }) => {
  if (/^\s*#/.test(line)) return paint.quiet(line)
  if (/^(---|\.\.\.)\s*$/.test(line)) return paint.quiet(line)
  const key = /^(\s*(?:- )*)("[^"]*"|[\w./-]+)(:)(\s.*)?$/.exec(line)
  if (key === null) return line
  const [, indent = '', name = '', colon = '', rest = ''] = key
  const comment = rest.search(/\s#/)
  const value = comment < 0 ? rest : rest.slice(0, comment) + paint.quiet(rest.slice(comment))
  return indent + paint.accent(name) + colon + value
}

const json: Colourer = (line, { paint }) =>
  line.replace(/("(?:[^"\\]|\\.)*")(\s*:)/g, (_, key: string, colon: string) => paint.accent(key) + colon)

const shell: Colourer = (line, { paint }) => {
  if (/^\s*#/.test(line)) return paint.quiet(line)
  const prompt = /^(\s*\$ )(.*)$/.exec(line)
  if (prompt !== null) return paint.quiet(prompt[1] ?? '') + (prompt[2] ?? '')
  const comment = /^(.*\S)(\s+#\s.*)$/.exec(line)
  return comment === null ? line : (comment[1] ?? '') + paint.quiet(comment[2] ?? '')
}

const COLOURERS: Readonly<Record<string, Colourer>> = { yaml, yml: yaml, json, bash: shell, sh: shell, console: shell }

/** The line with styles put in; the visible text is unchanged. */
export const colourLine = (options: { line: string; language: string; theme: Theme }): string =>
  COLOURERS[options.language.toLowerCase()]?.(options.line, options.theme) ?? options.line
