/** The main pane of each page as lines, and the part of them that shows. Drawing and scrolling both ask here. */
import { type Layout, layoutOf } from './layout.ts'
import type { Scene } from './scene.ts'
import { attackLines } from './screens/attack.ts'
import { outputLines } from './screens/bring-up.ts'
import { helpLines } from './screens/footer.ts'
import { listLines } from './screens/list.ts'
import { detailPageLines, editLines, hintLines, solutionLines } from './screens/pages.ts'
import { passLines } from './screens/pass.ts'
import { welcomeLines } from './screens/welcome.ts'

export type Body = {
  readonly lines: readonly string[]
  /** Rows to show them in. */
  readonly height: number
  /** The line that must be in sight. */
  readonly cursor?: number
}

const contentOf = (scene: Scene, { main }: Layout): { lines: readonly string[]; cursor?: number } => {
  const { state, view, markdown } = scene
  const width = main.text
  switch (view.page) {
    case 'lesson':
      if (state.current === undefined) return { lines: welcomeLines(scene, { width, rows: main.height }) }
      return { lines: markdown({ text: state.current.text, width, flush: view.zoom }) }
    case 'detail':
    case 'answer':
      return { lines: detailPageLines(scene, width) }
    case 'hints':
      return { lines: hintLines(scene, width) }
    case 'solution':
      return { lines: solutionLines(scene, width) }
    case 'attack':
      return { lines: attackLines(scene, width) }
    case 'pass':
      return { lines: passLines(scene, width) }
    case 'list':
      return listLines(scene, width)
    case 'edit':
      return editLines(scene, width)
    case 'output':
      return { lines: outputLines(scene, width) }
    case 'help':
      return { lines: helpLines(scene, width) }
  }
}

export const bodyOf = (scene: Scene): Body => {
  const layout = layoutOf(scene)
  return { ...contentOf(scene, layout), height: layout.main.height }
}

/** First line to show: the wanted one, kept within the text, with the cursor in sight. */
export const offsetOf = (body: Body, wanted: number): number => {
  const last = Math.max(0, body.lines.length - body.height)
  const within = Math.min(Math.max(0, wanted), last)
  if (body.cursor === undefined) return within
  // The first lines are headings; they come back into sight with the first entry.
  if (body.cursor <= 3 && body.cursor < body.height) return 0
  return Math.min(Math.max(within, body.cursor - body.height + 2), Math.max(0, body.cursor - 1), last)
}

/** "2/3" with an arrow while there is more; empty when everything is in sight. */
export const pagesOf = (body: Body, offset: number): { page: number; pages: number } | undefined => {
  if (body.lines.length <= body.height) return undefined
  const step = Math.max(1, body.height - 1)
  const pages = Math.ceil((body.lines.length - body.height) / step) + 1
  return { page: Math.min(pages, Math.ceil(offset / step) + 1), pages }
}
