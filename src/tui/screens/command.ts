/** A shell command on lines that can be copied as they are: broken only at blanks outside quotes, with a backslash. */
import { cells, wrap } from '../fit.ts'

/** Words of a command, quoted parts kept whole. */
const words = (command: string): readonly string[] =>
  command.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g) ?? []

/** The command in lines of at most `width` cells; lines of its own stay apart. A single word wider than that has to be broken. */
export const commandLines = (command: string, width: number): string[] =>
  command.split('\n').flatMap((source) => {
    if (cells(source) <= width) return [source]
    const indent = /^\s*/.exec(source)?.[0] ?? ''
    const lines: string[] = []
    let line = indent
    for (const word of words(source)) {
      const next = line.trim() === '' ? line + word : `${line} ${word}`
      if (line.trim() !== '' && cells(next) > width - 2) {
        lines.push(`${line} \\`)
        line = `${indent}  ${word}`
      } else line = next
    }
    return [...lines, line].flatMap((each) => (cells(each) > width ? wrap(each, width) : [each]))
  })
