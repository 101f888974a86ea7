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
  if (check.verdict?.kind !== 'unknown') return ''
  return check.verdict.notHere ? theme.paint.quiet('not here') : theme.paint.warn('no answer')
}

/** A check as one line, or as two where the title needs them and there is room. */
const checkRows = (
  check: CheckView,
  scene: Scene,
  options: { width: number; chosen: boolean; tall: boolean },
): string[] => {
  const { theme, now } = scene
  const { symbols, paint } = theme
  const { width, chosen, tall } = options
  const strong = chosen || isNewlyPassed(check, now)
  const mark = markOf(check)
  const sign = theme.mark(mark) + ' '.repeat(cells(symbols.passed) - cells(symbols[mark]))
  const head = ` ${chosen ? paint.accent(symbols.cursor) : ' '} ${sign} `
  const room = width - cells(head) - 1
  const [first = '', ...rest] = tall ? wrap(oneLine(check.title), room) : [oneLine(check.title)]
  const titles = (rest.length > 0 ? [first, rest.join(' ')] : [first]).map((line) => cut(line, room, symbols.cut))
  const lines = titles.map(
    (line, at) => (at === 0 ? head : ' '.repeat(cells(head))) + (strong ? paint.strong(line) : line),
  )
  // The symbol says it too: a word that would cost part of the title is left out.
  const word = label(check, scene)
  const last = lines.at(-1) ?? ''
  if (cells(last) + cells(word) + 2 > width) return lines
  return [...lines.slice(0, -1), ends({ left: last, right: word, width: width - 1, mark: symbols.cut })]
}

/** The checklist in `rows` rows at most, the selected check always among them. `tall` lets titles take two lines. */
export const checkLines = (scene: Scene, options: { width: number; rows: number; tall?: boolean }): string[] => {
  const { state, view, theme } = scene
  const { width, rows, tall = false } = options
  const { symbols, paint } = theme
  const checks = state.current?.checks ?? []
  const at = Math.max(
    0,
    checks.findIndex(({ id }) => id === view.selected),
  )
  const drawn = checks.map((check, index) => checkRows(check, scene, { width, chosen: index === at, tall }))
  if (drawn.flat().length <= rows) return drawn.flat()
  if (tall) return checkLines(scene, { width, rows })
  const room = Math.max(1, rows - 1)
  const from = Math.max(0, Math.min(at - Math.floor(room / 2), checks.length - room))
  const hidden = paint.quiet(`   ${symbols.more} ${checks.length - room} more`)
  return [...drawn.slice(from, from + room).flat(), hidden].slice(0, rows)
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
