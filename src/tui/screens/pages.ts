/** The smaller pages: a check whole, hints, the solution, files to edit. */

import { commandLines } from '../command.ts'
import { cells, clean, cut, ends, oneLine, wrap } from '../fit.ts'
import { type Scene, selectedCheck } from '../scene.ts'
import { fieldsOf, verdictWord } from './checks.ts'

const NAMES: Readonly<Record<string, string>> = {
  expected: 'Expected',
  found: 'Found',
  why: 'Why',
  'see it': 'See it yourself',
  reason: 'Could not check',
}

/** Everything about the selected check, nothing shortened. Commands start at the very left, for copying. */
export const detailPageLines = (scene: Scene, width: number): string[] => {
  const { theme, view, state } = scene
  const { paint } = theme
  const check = selectedCheck(scene)
  if (check === undefined) return []
  const fields = fieldsOf(check.verdict)
  const input =
    view.page !== 'answer'
      ? []
      : [
          paint.strong('Your answer'),
          `${paint.accent('>')} ${cutStart(view.answer, width - 4)}${paint.chosen(' ')}`,
          paint.quiet('Enter sends it, Esc leaves it.'),
          '',
        ]
  const calm =
    fields.length > 0
      ? []
      : wrap(
          state.current?.phase === 'working'
            ? 'Nothing was seen of it yet.'
            : 'It is graded as soon as the lesson is in the cluster.',
          width,
        )
  return [
    ...wrap(paint.strong(clean(check.title)), width),
    verdictWord(check, scene),
    '',
    ...input,
    ...calm,
    ...fields.flatMap(({ label, value, command }) => [
      paint.strong(NAMES[label] ?? label),
      ...(command ? commandLines(clean(value), width) : wrap(clean(value).trimEnd(), width)),
      '',
    ]),
  ]
}

/** The end of a text that is too long for its line: what is being typed stays in sight. */
const cutStart = (text: string, width: number): string => {
  let shown = text
  while (cells(shown) > width) shown = [...shown].slice(1).join('')
  return shown
}

export const hintLines = (scene: Scene, width: number): string[] => {
  const { state, theme, markdown } = scene
  const { paint } = theme
  const current = state.current
  if (current === undefined) return []
  const { hints, hintsTotal } = current
  const shown = hints.flatMap((hint, at) => [
    paint.title(`Hint ${at + 1} of ${hintsTotal}`),
    '',
    ...markdown({ text: hint, width }),
    '',
  ])
  const after =
    hintsTotal === 0
      ? 'This lesson has no hints.'
      : hints.length < hintsTotal
        ? `h shows hint ${hints.length + 1} of ${hintsTotal}.`
        : 'That was the last hint. S shows the solution, after a question.'
  return [...shown, ...wrap(paint.quiet(after), width)]
}

export const solutionLines = (scene: Scene, width: number): string[] => {
  const { state, theme, markdown } = scene
  const solution = state.current?.solution
  if (solution === undefined) return wrap('The solution has not been asked for.', width)
  const body = clean(solution)
    .replace(/^#!.*\n/, '')
    .trim()
  const fence = '`'.repeat(Math.max(3, ...[...body.matchAll(/`+/g)].map(([run]) => run.length + 1)))
  return [
    theme.paint.title('One way to do it'),
    '',
    ...markdown({ text: `${fence}bash\n${body}\n${fence}`, width, flush: true }),
  ]
}

/** Files for `edit`, and which line the cursor is on. */
export const editLines = (scene: Scene, width: number): { lines: string[]; cursor: number } => {
  const { editable, view, theme } = scene
  const { paint, symbols } = theme
  const head = [
    paint.title('Edit a file'),
    paint.quiet('It opens in $EDITOR and is written back when you close it.'),
    '',
  ]
  if (editable.length === 0) return { lines: [...head, 'There is nothing to edit yet.'], cursor: 0 }
  const names = Math.min(Math.max(...editable.map(({ name }) => cells(name))), Math.floor(width / 2))
  const rows = editable.map(({ name, about }, at) => {
    const chosen = at === view.editCursor
    const shown = cut(oneLine(name), names, symbols.cut)
    const text = `${chosen ? paint.strong(shown) : shown}${' '.repeat(names - cells(shown))}`
    const left = ` ${chosen ? paint.accent(symbols.cursor) : ' '} ${text}  ${paint.quiet(oneLine(about))}`
    return ends({ left, right: '', width, mark: symbols.cut })
  })
  return { lines: [...head, ...rows], cursor: head.length + view.editCursor }
}
