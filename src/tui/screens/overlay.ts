/** What wants an answer or must be read: it covers the last rows of the page, and moves nothing above it. */
import { clean, cut, wrap } from '../fit.ts'
import type { Scene } from '../scene.ts'

const MOST_ROWS = 7

const box = (scene: Scene, title: string, text: readonly string[]): string[] => {
  const { theme, size } = scene
  const { symbols } = theme
  const rest = Math.max(0, size.columns - title.length - 4)
  const head = `${symbols.rule.repeat(2)} ${theme.paint.strong(title)} ${symbols.rule.repeat(rest)}`
  const room = size.columns - 2
  const lines = text.filter((part) => part !== '').flatMap((part) => wrap(part, room))
  const shown = lines.length > MOST_ROWS ? [...lines.slice(0, MOST_ROWS - 1), symbols.cut] : lines
  return [head, ...shown.map((line) => ` ${line}`)].map((line) => cut(line, size.columns, symbols.cut))
}

/** Lines that cover the end of the page; none when nothing is to be said. */
export const overlayLines = (scene: Scene): string[] => {
  const { state, theme } = scene
  const { paint } = theme
  if (state.question !== undefined) {
    const answers = `${paint.strong('y')} yes   ${paint.strong('n')} no`
    return box(scene, 'A question', [clean(state.question.text), answers])
  }
  const notice = state.notices.at(-1)
  if (notice?.kind === 'error') {
    return box(scene, 'Something went wrong', [
      clean(notice.what),
      clean(notice.next ?? ''),
      paint.quiet('Esc closes this.'),
    ])
  }
  return []
}
