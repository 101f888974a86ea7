/** Columns that fit: natural widths where there is room, the widest ones wrapped where there is not. No boxes. */
import { cells, pad, wrap } from './fit.ts'

const GAP = 2
const NARROWEST = 6

/** Widths of columns that together, gaps included, take at most `width` cells. */
export const columnWidths = (rows: readonly (readonly string[])[], width: number): number[] => {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(1, ...rows.map((row) => Math.max(...(row[at] ?? '').split('\n').map(cells)))),
  )
  const excess = () => widths.reduce((sum, each) => sum + each, 0) + GAP * (columns - 1) - width
  while (excess() > 0) {
    const widest = Math.max(...widths)
    if (widest <= NARROWEST) break
    widths[widths.indexOf(widest)] = widest - 1
  }
  return widths
}

/** The rows as lines; cells that are too long continue on the next line under themselves. */
export const tableLines = (rows: readonly (readonly string[])[], widths: readonly number[]): string[] =>
  rows.flatMap((row) => {
    const wrapped = widths.map((width, at) => wrap(row[at] ?? '', width))
    const height = Math.max(1, ...wrapped.map((lines) => lines.length))
    return Array.from({ length: height }, (_, line) =>
      wrapped
        .map((lines, at) => pad(lines[line] ?? '', widths[at] ?? 0))
        .join(' '.repeat(GAP))
        .trimEnd(),
    )
  })
