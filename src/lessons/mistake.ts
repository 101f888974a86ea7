/** One thing that is wrong in a lesson, where it stands and what was expected. */
export type Mistake = {
  readonly severity: 'error' | 'warning'
  /** Path as it is shown: relative to the lessons folder. */
  readonly file: string
  readonly line: number
  readonly col: number
  readonly message: string
}

/** `identity/x/lesson.yaml:3:1 error: …`, the form that editors can jump to. */
export const mistakeLine = (mistake: Mistake): string =>
  `${mistake.file}:${mistake.line}:${mistake.col} ${mistake.severity}: ${mistake.message}`

/** File order, then line and column; the same finding twice counts once. */
export const sortMistakes = (mistakes: readonly Mistake[]): readonly Mistake[] => {
  const seen = new Map(mistakes.map((mistake) => [mistakeLine(mistake), mistake]))
  return [...seen.values()].sort(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.col - b.col || a.message.localeCompare(b.message),
  )
}
