/** The root: one input dispatcher that is always mounted, and the frame. */
import { Box, Text, useInput } from 'ink'
import { useSyncExternalStore } from 'react'
import { bodyOf, offsetOf, pagesOf } from './body.ts'
import { cells, cut, ends, oneLine } from './fit.ts'
import { inputsOf } from './keys.ts'
import { type Layout, layoutOf, SMALLEST } from './layout.ts'
import type { Scene } from './scene.ts'
import { footerLine, statusLine } from './screens/footer.ts'
import { overlayLines } from './screens/overlay.ts'
import { belowSide, besideSide, titledRule } from './screens/side.ts'
import type { Skin } from './skin.ts'
import { Pane } from './widgets/pane.tsx'

export const App = ({ skin }: { readonly skin: Skin }) => {
  const scene = useSyncExternalStore(skin.subscribe, skin.scene)
  useInput((text, key) => {
    for (const input of inputsOf(text, key)) skin.input(input)
  })
  return <Frame scene={scene} />
}

export const Frame = ({ scene }: { readonly scene: Scene }) => {
  const layout = layoutOf(scene)
  if (layout.kind === 'small') return <Small layout={layout} />
  const { columns, rows } = layout
  const overlay = overlayLines(scene)
  const body = rows - 4
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Line text={header(scene, columns)} />
      <Line text={upperRule(scene, layout)} />
      <Box flexDirection="column" height={body - overlay.length} overflowY={overlay.length > 0 ? 'hidden' : 'visible'}>
        <Page scene={scene} layout={layout} />
      </Box>
      {overlay.length > 0 && <Pane lines={overlay} width={columns} height={overlay.length} />}
      <Line text={statusLine(scene, columns)} />
      <Line text={footerLine(scene, columns)} />
    </Box>
  )
}

const Line = ({ text }: { readonly text: string }) => (
  <Box height={1} flexShrink={0}>
    <Text wrap="truncate-end">{text === '' ? ' ' : text}</Text>
  </Box>
)

const Small = ({ layout }: { readonly layout: Layout }) => (
  <Pane
    lines={[
      `Please enlarge this window to ${SMALLEST.columns} x ${SMALLEST.rows}.`,
      `It is ${layout.columns} x ${layout.rows + 1} now. q quits.`,
    ].map((line) => cut(line, layout.columns, '.'))}
    width={layout.columns}
    height={layout.rows}
  />
)

/** The page, the rule under it, and the checks where the layout has room for them: body rows in all. */
const Page = ({ scene, layout }: { readonly scene: Scene; readonly layout: Layout }) => {
  const { main, side, kind, columns } = layout
  const { paint, symbols } = scene.theme
  const body = bodyOf(scene)
  const offset = offsetOf(body, scene.view.scroll[scene.view.page] ?? 0)
  const flush = scene.view.zoom && scene.view.page === 'lesson'
  const lines = body.lines.slice(offset, offset + main.height).map((line) => (flush ? line : ` ${line}`))
  const position = positionOf(scene, pagesOf(body, offset))

  if (kind === 'beside' && side !== undefined) {
    const wall = Array.from({ length: main.height }, () => paint.quiet(symbols.wall))
    const under = `${titledRule(scene, { left: '', right: position, width: main.width })}${paint.quiet(
      symbols.ruleUp + symbols.rule.repeat(side.width),
    )}`
    return (
      <>
        <Box height={main.height} flexShrink={0}>
          <Pane lines={lines} width={main.width} height={main.height} />
          <Pane lines={wall} width={1} height={main.height} />
          <Pane lines={besideSide(scene, side)} width={side.width} height={main.height} />
        </Box>
        <Line text={under} />
      </>
    )
  }
  if (kind === 'below' && side !== undefined) {
    const { title, lines: under } = belowSide(scene, side)
    const right = [title.right, position].filter((part) => part !== '').join(paint.quiet(` ${symbols.rule.repeat(2)} `))
    return (
      <>
        <Pane lines={lines} width={main.width} height={main.height} />
        <Line text={titledRule(scene, { left: title.left, right, width: columns })} />
        <Pane lines={under} width={side.width} height={side.height} />
      </>
    )
  }
  return (
    <>
      <Pane lines={lines} width={main.width} height={main.height} />
      <Line text={titledRule(scene, { left: '', right: position, width: columns })} />
    </>
  )
}

const positionOf = ({ theme, view }: Scene, at: ReturnType<typeof pagesOf>): string => {
  if (at === undefined) return ''
  const more = at.page < at.pages || view.page === 'pass' ? ` ${theme.symbols.more} space` : ` ${theme.symbols.up} b`
  return theme.paint.quiet(`${at.page}/${at.pages}${more}`)
}

const header = ({ state, theme }: Scene, columns: number): string => {
  const { paint, symbols } = theme
  const { current } = state
  const name = ` ${paint.title('k8s-sec-lab')}`
  if (current === undefined) return name
  const left = `${name}   ${paint.quiet(`${current.moduleTitle} ${symbols.into}`)} ${paint.strong(oneLine(current.title))}`
  const tags = [`${current.minutes} min`, ...current.tags.map(oneLine)]
  const fits = tags.findLastIndex((_, at) => cells(tags.slice(0, at + 1).join(' . ')) + cells(left) + 4 <= columns)
  const right = paint.quiet(tags.slice(0, fits + 1).join(` ${symbols.dot} `))
  return ends({ left, right, width: columns - 1, mark: symbols.cut })
}

const upperRule = ({ theme }: Scene, { kind, main, side, columns }: Layout): string => {
  const { paint, symbols } = theme
  if (kind !== 'beside' || side === undefined) return paint.quiet(symbols.rule.repeat(columns))
  return paint.quiet(symbols.rule.repeat(main.width) + symbols.ruleDown + symbols.rule.repeat(side.width))
}
