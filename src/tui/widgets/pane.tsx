/**
 * A rectangle of finished lines. They fit already, so Ink neither wraps nor cuts them. Not clipped by itself: Ink
 * honours only the innermost clipping box, and that one belongs to the page.
 */
import { Box, Text } from 'ink'

export const Pane = (props: { readonly lines: readonly string[]; readonly width: number; readonly height: number }) => {
  const { lines, width, height } = props
  const shown = lines.slice(0, height)
  return (
    <Box width={width} height={height} flexShrink={0}>
      <Text wrap="truncate-end">{shown.map((line) => (line === '' ? ' ' : line)).join('\n')}</Text>
    </Box>
  )
}
