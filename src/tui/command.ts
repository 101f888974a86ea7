/** A shell command on lines that can be copied as they are: broken only at blanks outside quotes, with a backslash. */
import { cells, wrap } from './fit.ts'

/** Words of a command, quoted parts kept whole. */
const words = (command: string): readonly string[] =>
  command.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g) ?? []

/** Words, an option and its value together: a line that ends with `--as` is hard to read. */
const units = (parts: readonly string[]): readonly (readonly string[])[] => {
  const found: (readonly string[])[] = []
  for (const word of parts) {
    const before = found.at(-1) ?? []
    const last = before.at(-1) ?? ''
    if (before.length === 1 && /^--?[a-z][\w-]*$/i.test(last) && !/^[-|&;<>]/.test(word)) {
      found[found.length - 1] = [last, word]
    } else found.push([word])
  }
  return found
}

/**
 * A script for `sh -c '…'` that is wider than `room`, in words of its own, with the quotes at the first and the last:
 * the shell that reads it joins lines behind a backslash just as the outer one does.
 */
const withScripts = (parts: readonly string[], room: number): readonly string[] =>
  parts.flatMap((word, index) => {
    const isScript = /^(?:ba)?sh -c '[^'#]*'$/.test(`${parts[index - 2]} ${parts[index - 1]} ${word}`)
    if (!isScript || cells(word) <= room) return [word]
    const inner = words(word.slice(1, -1))
    return inner.map((each, at) => `${at === 0 ? "'" : ''}${each}${at === inner.length - 1 ? "'" : ''}`)
  })

/**
 * The command in lines of at most `width` cells; lines of its own stay apart. A single word wider than that has to be
 * broken.
 */
export const commandLines = (command: string, width: number): string[] =>
  command.split('\n').flatMap((source) => {
    if (cells(source) <= width) return [source]
    const indent = /^\s*/.exec(source)?.[0] ?? ''
    const lines: string[] = []
    let line = indent
    const lay = (part: string) => {
      const next = line.trim() === '' ? line + part : `${line} ${part}`
      if (line.trim() !== '' && cells(next) > width - 2) {
        lines.push(`${line} \\`)
        line = `${indent}  ${part}`
      } else line = next
    }
    const room = width - indent.length - 4
    for (const unit of units(withScripts(words(source), room))) {
      const whole = unit.join(' ')
      if (cells(whole) > room) unit.forEach(lay)
      else lay(whole)
    }
    return [...lines, line].flatMap((each) => (cells(each) > width ? wrap(each, width) : [each]))
  })

const QUOTED = /'[^']*'|"(?:\\.|[^"\\])*"|\\./g

/** Whether a blank outside quotes is one for the shell too: no comment, no open quote, no quotes within quotes. */
const isBreakable = (line: string): boolean =>
  !/^\s*#/.test(line) && !/['"]/.test(line.replace(QUOTED, '')) && !/"[^"]*\$\([^)"]*"/.test(line)

/** First words by which a block that names no language shows itself to be commands. */
const COMMANDS =
  /^(?:\$ |[A-Z_]+=|(?:kubectl|k8s-sec-lab|kind|docker|helm|trivy|kubeseal|vault|etcdctl|openssl|curl|jq|cat|cp|mv|rm|ls|cut|head|tail|grep|sed|awk|tr|base64|diff|echo|printf|export|for|while|if|sudo|ssh|ps|ss)\s)/

/** The language of a code block: the one it names, else shell where its first line is a command. */
export const languageOf = (info: string | undefined, code: string): string => {
  const named = /^\S*/.exec(info ?? '')?.[0] ?? ''
  if (named !== '') return named.toLowerCase()
  const first = code.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? ''
  return COMMANDS.test(first) ? 'bash' : ''
}

/** A shell script in lines that fit, as far as breaking them changes nothing: here-documents and open quotes stay whole. */
export const scriptLines = (script: string, width: number): string[] => {
  let end: string | undefined // what closes the here-document
  return script.split('\n').flatMap((line) => {
    if (end !== undefined) {
      if (line.trim() === end) end = undefined
      return [line]
    }
    end = /<<-?\s*['"]?(\w+)['"]?/.exec(line)?.[1]
    return cells(line) > width && end === undefined && isBreakable(line) ? commandLines(line, width) : [line]
  })
}
