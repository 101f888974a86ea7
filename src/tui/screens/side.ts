/** The pane with the checks, or with what stands in their way. Its size never depends on what it says. */
import { cells, clean, cut, ends, oneLine, wrap } from '../fit.ts'
import type { Layout } from '../layout.ts'
import { type Scene, selectedCheck } from '../scene.ts'
import { bringUpLines, bringUpTitle, troubleLines } from './bring-up.ts'
import { checkLines, detailLines, tally } from './checks.ts'

type Side = NonNullable<Layout['side']>
export type Titled = { readonly left: string; readonly right: string }

/** A rule with a title in it, and something at its right end. */
export const titledRule = (scene: Scene, options: Titled & { width: number }): string => {
  const { theme } = scene
  const { symbols, paint } = theme
  const { left, right, width } = options
  const end = right === '' ? '' : ` ${right} ${paint.quiet(symbols.rule.repeat(2))}`
  const room = width - cells(end) - 6
  const title =
    left === '' ? '' : `${paint.quiet(symbols.rule.repeat(2))} ${paint.strong(cut(left, room, symbols.cut))} `
  const rest = Math.max(0, width - cells(title) - cells(end))
  return cut(title + paint.quiet(symbols.rule.repeat(rest)) + end, width, symbols.cut)
}

/** What the lesson waits for or stumbles over, if anything. */
const obstacle = (
  scene: Scene,
  options: { width: number; rows: number },
): (Titled & { lines: string[] }) | undefined => {
  const { state } = scene
  const { width, rows } = options
  const { cluster, current } = state
  const { symbols } = scene.theme
  if (current?.phase === 'unavailable' || current?.phase === 'failed') {
    const left = current.phase === 'unavailable' ? 'Cannot run here' : 'The lesson could not begin'
    const text = [current.problem?.what ?? '', current.problem?.next ?? ''].filter((part) => part !== '')
    const lines = text.flatMap((part) => wrap(clean(part), width - 2)).map((line) => ` ${line}`)
    return { left, right: '', lines: lines.slice(0, rows).map((line) => cut(line, width, symbols.cut)) }
  }
  if (cluster.state !== 'ready') return { ...bringUpTitle(scene), lines: bringUpLines(scene, { width, rows }) }
  const trouble = troubleLines(scene, width)
  return trouble.length === 0 ? undefined : { ...bringUpTitle(scene), lines: trouble.slice(0, rows) }
}

/** Below the text: the title of the rule above, and exactly `side.height` lines. */
export const belowSide = (scene: Scene, side: Side): { title: Titled; lines: string[] } => {
  const { width, height, checks, detail } = side
  const blocked = obstacle(scene, { width, rows: height })
  if (blocked !== undefined) return { title: blocked, lines: blocked.lines }
  const list = checkLines(scene, { width, rows: checks })
  const spare = checks - list.length
  return {
    title: { left: 'Checks', right: tally(scene) },
    lines: [...list, ...detailLines(scene, { width, rows: detail + spare })],
  }
}

/** Beside the text: the checklist, and under a rule of its own the selected check. */
export const besideSide = (scene: Scene, side: Side): string[] => {
  const { width, height } = side
  const { paint, symbols } = scene.theme
  const head = ` ${ends({ left: paint.strong('Checks'), right: tally(scene), width: width - 2, mark: symbols.cut })}`
  const list = checkLines(scene, { width, rows: side.checks, tall: true })
  const rows = height - list.length - 4
  const blocked = obstacle(scene, { width, rows })
  const title = blocked ?? { left: oneLine(selectedCheck(scene)?.title ?? ''), right: '' }
  const lines = blocked?.lines ?? detailLines(scene, { width, rows })
  return [head, '', ...list, '', ` ${titledRule(scene, { ...title, width: width - 1 })}`, ...lines]
}
