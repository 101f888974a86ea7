import { type LoadedLesson, splitText } from './load.ts'
import type { Mistake } from './mistake.ts'
import { sharedRun } from './shared-run.ts'

/** Words of prose; fenced code is read differently and does not count. */
export const proseWords = (markdown: string): number =>
  markdown
    .replace(/^(```|~~~)[\s\S]*?^\1[ \t]*$/gm, ' ')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length

const RANGE = {
  text: { least: 250, most: 600, error: { least: 150, most: 800 } },
  debrief: { least: 120, most: 300, error: { least: 60, most: 450 } },
} as const

/** At least this many wrong turns belong to a lesson. */
export const LEAST_WRONG = 3

const length = (part: keyof typeof RANGE, words: number): Pick<Mistake, 'severity' | 'message'> | undefined => {
  const range = RANGE[part]
  if (words >= range.least && words <= range.most) return undefined
  const severity = words < range.error.least || words > range.error.most ? 'error' : 'warning'
  return { severity, message: `the ${part} has ${words} words of prose: expected ${range.least} to ${range.most}` }
}

/** A drawing is cut where it is wider than the text beside the list of checks; a command wraps, and stays whole. */
const WIDEST_DRAWING = 70
const DRAWN = /[\u2500-\u257f\u25b6\u25c0\u25b2\u25bc]/

const wideDrawings = (markdown: string): readonly { readonly line: number; readonly columns: number }[] => {
  let inCode = false
  return markdown.split('\n').flatMap((text, index) => {
    if (/^\s*(```|~~~)/.test(text)) inCode = !inCode
    const columns = [...text].length
    return inCode && DRAWN.test(text) && columns > WIDEST_DRAWING ? [{ line: index + 1, columns }] : []
  })
}

/** Mistakes of the text, the hints and the solution that a beginner would stumble over. */
export const lintText = ({ folder, documents, lesson }: LoadedLesson): readonly Mistake[] => {
  const found: Mistake[] = []
  const markdown = folder.lessonMd
  if (markdown !== undefined) {
    const file = `${folder.name}/lesson.md`
    const { text, debrief } = splitText(markdown)
    const long = length('text', text === '' ? 0 : proseWords(text))
    if (long) found.push({ ...long, file, line: 1, col: 1 })
    if (debrief === undefined || debrief === '') {
      const line = markdown.split('\n').length
      found.push({
        severity: 'error',
        file,
        line,
        col: 1,
        message: 'missing: expected a heading `## Debrief` with text',
      })
    } else {
      const line = markdown.slice(0, markdown.search(/^##[ \t]+Debrief[ \t]*$/m)).split('\n').length
      const wordy = length('debrief', proseWords(debrief))
      if (wordy) found.push({ ...wordy, file, line, col: 1 })
    }
    for (const { line, columns } of wideDrawings(markdown)) {
      const message = `this line of a drawing has ${columns} columns, and is cut after ${WIDEST_DRAWING} beside the checks`
      found.push({ severity: 'warning', file, line, col: 1, message })
    }
    const fences = [...markdown.matchAll(/^(```|~~~)/gm)].length
    if (fences % 2 === 1) {
      const last = [...markdown.matchAll(/^(```|~~~)/gm)].at(-1)?.index ?? 0
      const line = markdown.slice(0, last).split('\n').length
      found.push({ severity: 'error', file, line, col: 1, message: 'a code fence is opened and never closed' })
    }
  }
  const hints = (documents.lesson.value as { readonly hints?: unknown } | undefined)?.hints
  for (const [index, hint] of (Array.isArray(hints) ? hints : []).entries()) {
    const run = typeof hint === 'string' ? sharedRun(hint, folder.solution ?? '') : undefined
    if (run === undefined) continue
    const at = documents.lesson.at(['hints', index])
    const message = `hint ${index + 1} gives the solution away, both have: ${run}`
    found.push({ severity: 'error', file: `${folder.name}/lesson.yaml`, ...at, message })
  }
  if (folder.wrong.length < LEAST_WRONG) {
    const message = `expected at least ${LEAST_WRONG} wrong turns in wrong/, found ${folder.wrong.length}`
    found.push({ severity: 'error', file: `${folder.name}/lesson.yaml`, line: 1, col: 1, message })
  }
  if (folder.solution !== undefined && lesson && folder.solution.replace(/^#.*$/gm, '').trim() === '') {
    found.push({
      severity: 'error',
      file: `${folder.name}/solution.sh`,
      line: 1,
      col: 1,
      message: 'expected commands, found none',
    })
  }
  return found
}
