/** The checklist, and the selected check opened into expected, found, why and a command to see it. */
import type { Verdict } from '../../core/model.ts'
import type { CheckView } from '../../core/state.ts'
import { cells, clean, cut, cutMiddle, ends, oneLine, wrap } from '../fit.ts'
import { isNewlyPassed, markOf, passedCount, type Scene, selectedCheck, wordOf } from '../scene.ts'

const LABEL = 10 // cells of "expected  "

/** "2 of 5", with a mark while a grading takes noticeably long. */
export const tally = ({ state, view, theme, now }: Scene): string => {
  const checks = state.current?.checks ?? []
  const long = view.gradingSince !== undefined && now - view.gradingSince > 400
  return `${long ? `${theme.mark('settling')} ` : ''}${passedCount(checks)} of ${checks.length}`
}

const label = (check: CheckView, { theme, now }: Scene): string => {
  if (isNewlyPassed(check, now)) return theme.paint.good('just passed')
  if (check.settling) return theme.paint.warn('settling')
  if (check.broken && check.verdict?.kind === 'failed') return theme.paint.bad('no longer')
  return check.verdict?.kind === 'unknown' ? theme.paint.warn('no answer') : ''
}

/** One line for each check, `rows` at most, the selected one always among them. */
export const checkLines = (scene: Scene, options: { width: number; rows: number }): string[] => {
  const { state, view, theme, now } = scene
  const { width, rows } = options
  const { symbols, paint } = theme
  const checks = state.current?.checks ?? []
  const at = Math.max(
    0,
    checks.findIndex(({ id }) => id === view.selected),
  )
  const room = checks.length > rows ? Math.max(1, rows - 1) : rows
  const from = Math.max(0, Math.min(at - Math.floor(room / 2), checks.length - room))
  const markWidth = cells(symbols.passed)
  const lines = checks.slice(from, from + room).map((check, index) => {
    const chosen = from + index === at
    const title = oneLine(check.title)
    const text = chosen || isNewlyPassed(check, now) ? paint.strong(title) : title
    const sign = theme.mark(markOf(check)) + ' '.repeat(markWidth - cells(symbols[markOf(check)]))
    const pointer = chosen ? paint.accent(symbols.cursor) : ' '
    const left = ` ${pointer} ${sign} ${text}`
    const right = label(check, scene)
    // The symbol says it too: a word that would cost part of the title is left out.
    return cells(left) + cells(right) + 2 > width
      ? cut(left, width - 1, symbols.cut)
      : ends({ left, right, width: width - 1, mark: symbols.cut })
  })
  const hidden = checks.length - lines.length
  return hidden > 0 ? [...lines, paint.quiet(`   ${symbols.more} ${hidden} more`)] : lines
}

export type Field = { readonly label: string; readonly value: string; readonly command?: boolean }

/** What a verdict has to say, in reading order. */
export const fieldsOf = (verdict: Verdict | undefined): readonly Field[] => {
  if (verdict === undefined) return []
  const seeIt = verdict.reproduce ? [{ label: 'see it', value: verdict.reproduce, command: true }] : []
  if (verdict.kind === 'unknown') return [{ label: 'reason', value: verdict.reason }, ...seeIt]
  return [
    ...(verdict.expected ? [{ label: 'expected', value: verdict.expected }] : []),
    { label: 'found', value: verdict.found },
    ...(verdict.why ? [{ label: 'why', value: verdict.why }] : []),
    ...seeIt,
  ].filter((field) => field.value.trim() !== '')
}

/** Lines of a value in at most `rows` rows: the middle gives way, and says how much it was. */
const squeeze = (lines: readonly string[], rows: number, mark: string): string[] => {
  if (lines.length <= rows) return [...lines]
  if (rows <= 1) return [lines[0] ?? '']
  const tail = rows > 3 ? 1 : 0
  const head = rows - 1 - tail
  const hidden = lines.length - head - tail
  return [...lines.slice(0, head), `${mark} ${hidden} more lines ${mark}`, ...lines.slice(lines.length - tail)]
}

/** Rows for each field: everything where it fits, else the longest give way. */
const share = (wanted: readonly number[], rows: number): number[] => {
  const given = [...wanted]
  while (given.reduce((sum, each) => sum + each, 0) > rows && Math.max(...given) > 1) {
    given[given.lastIndexOf(Math.max(...given))] = Math.max(...given) - 1
  }
  return given
}

const notYetSaid = (check: CheckView, { state }: Scene): string => {
  if (check.settling) return 'A control loop is still working; the verdict follows.'
  if (state.current?.phase === 'working') return 'Not tried yet.'
  return 'Graded as soon as the lesson is in the cluster.'
}

/** The selected check in `rows` rows below its checklist. */
export const detailLines = (scene: Scene, options: { width: number; rows: number }): string[] => {
  const { theme } = scene
  const { width, rows } = options
  const { paint, symbols } = theme
  const check = selectedCheck(scene)
  if (check === undefined || rows < 1) return []
  const fields = fieldsOf(check.verdict)
  const room = width - LABEL - 2
  if (fields.length === 0) return wrap(paint.quiet(notYetSaid(check, scene)), width - 2).map((line) => ` ${line}`)
  if (rows <= 3) {
    const order =
      check.verdict?.kind === 'failed' ? ['found', 'why', 'see it', 'expected'] : ['found', 'reason', 'see it', 'why']
    const ranked = [...fields].sort((a, b) => order.indexOf(a.label) - order.indexOf(b.label))
    return ranked
      .slice(0, rows)
      .map(
        ({ label: name, value }) =>
          ` ${paint.quiet(name.padEnd(LABEL))}${cutMiddle(oneLine(value), room, symbols.cut)}`,
      )
  }
  const wrapped = fields.map(({ value }) => wrap(clean(value).trim(), room))
  const shares = share(
    wrapped.map((lines) => lines.length),
    rows,
  )
  return fields
    .flatMap(({ label: name }, at) =>
      squeeze(wrapped[at] ?? [], shares[at] ?? 1, symbols.cut).map(
        (line, row) => ` ${paint.quiet((row === 0 ? name : '').padEnd(LABEL))}${cut(line, room, symbols.cut)}`,
      ),
    )
    .slice(0, rows)
}

/** "not yet" and its kin, for headings. */
export const verdictWord = (check: CheckView, { theme }: Scene): string =>
  `${theme.mark(markOf(check))} ${wordOf(check)}`
