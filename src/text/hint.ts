import { plainMarkdown } from './markdown.ts'

/** A hint after its label; a hint that begins with a block of commands gets lines of its own. */
export const hintLines = (label: string, hint: string, width: number): readonly string[] =>
  plainMarkdown(`${label}:${/^\s*(```|[-*] )/.test(hint) ? '\n\n' : ' '}${hint}`, width).split('\n')
