/**
 * Where things stand. A frame is one row shorter than the terminal (a full one makes terminals scroll). It depends on
 * the size, the page and the number of checks alone, never on verdicts: nothing moves while somebody reads.
 */
import type { Scene, Size } from './scene.ts'
import type { Page } from './view.ts'

export const SMALLEST: Size = { columns: 60, rows: 20 }
const TWO_PANES = 100 // columns from which the checks stand beside the text
const COMPACT = 110 // cells; what is aligned to both ends must not drift apart
const FIXED_ROWS = 5 // header, two rules, status, footer

export type Layout = {
  readonly kind: 'small' | 'one' | 'beside' | 'below'
  readonly columns: number
  /** Rows of the whole frame. */
  readonly rows: number
  readonly main: { readonly width: number; readonly height: number; readonly text: number }
  readonly side?: { readonly width: number; readonly height: number; readonly checks: number; readonly detail: number }
}

const BESIDE: readonly Page[] = ['lesson', 'hints', 'solution', 'attack', 'detail', 'answer']
const BELOW: readonly Page[] = ['lesson', 'hints']

export const layoutOf = ({ size, state, view }: Pick<Scene, 'size' | 'state' | 'view'>): Layout => {
  const { columns } = size
  const rows = Math.max(1, size.rows - 1)
  if (columns < SMALLEST.columns || size.rows < SMALLEST.rows) {
    return { kind: 'small', columns, rows, main: { width: columns, height: rows, text: columns } }
  }
  const body = rows - FIXED_ROWS
  const reads = view.page === 'lesson' || view.page === 'hints' || view.page === 'solution'
  const text = (width: number) => (reads ? width - 2 : Math.min(width - 2, COMPACT))
  const checks = state.current?.checks.length ?? 0
  const hasSide = state.current !== undefined && !(view.zoom && view.page === 'lesson')
  if (hasSide && columns >= TWO_PANES && BESIDE.includes(view.page)) {
    const width = Math.min(64, Math.max(40, Math.floor(columns * 0.37)))
    const left = columns - width - 1
    return {
      kind: 'beside',
      columns,
      rows,
      main: { width: left, height: body, text: text(left) },
      side: { width, height: body, checks: Math.max(3, Math.floor(body * 0.55)), detail: 0 },
    }
  }
  if (hasSide && columns < TWO_PANES && BELOW.includes(view.page)) {
    const shown = Math.min(Math.max(checks, 3), Math.max(4, Math.floor(body * 0.4)))
    const detail = body >= 26 ? 5 : body >= 18 ? 2 : 1
    const height = shown + detail
    return {
      kind: 'below',
      columns,
      rows,
      main: { width: columns, height: body - height, text: text(columns) },
      side: { width: columns, height, checks: shown, detail },
    }
  }
  const alone = view.zoom && view.page === 'lesson' ? columns : text(columns)
  return { kind: 'one', columns, rows, main: { width: columns, height: body, text: alone } }
}
