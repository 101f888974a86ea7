/** The course: lessons by module or by layer, searched and filtered, with the reason where one cannot run here. */
import { type Layer, MODULES } from '../../core/model.ts'
import type { LessonCard } from '../../core/state.ts'
import { cells, cut, ends, oneLine, wrap } from '../fit.ts'
import type { Scene } from '../scene.ts'

const LAYERS: readonly { readonly id: Layer; readonly title: string }[] = [
  { id: 'identity', title: 'Identity' },
  { id: 'control-plane', title: 'Control plane' },
  { id: 'infrastructure', title: 'Infrastructure' },
  { id: 'workload', title: 'Workloads' },
  { id: 'supply-chain', title: 'Supply chain' },
  { id: 'secrets', title: 'Secrets' },
]

type Group = { readonly title: string; readonly cards: readonly LessonCard[] }

/** What the filters leave, in the groups that are shown; groups without lessons are left out. */
export const groupsOf = ({ state, view }: Pick<Scene, 'state' | 'view'>): readonly Group[] => {
  const { search, pendingOnly, byLayer } = view.list
  const wanted = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const groups = byLayer ? LAYERS : MODULES
  const title = (card: LessonCard) => groups.find(({ id }) => id === (byLayer ? card.layer : card.module))?.title ?? ''
  const cards = state.lessons.filter((card) => {
    const text = `${card.id} ${card.slug} ${card.title} ${title(card)}`.toLowerCase()
    return wanted.every((word) => text.includes(word)) && !(pendingOnly && card.status === 'passed')
  })
  return groups
    .map(({ id, title: name }) => ({
      title: name,
      cards: cards.filter((card) => (byLayer ? card.layer : card.module) === id),
    }))
    .filter((group) => group.cards.length > 0)
}

/** Ids in the order of the screen. */
export const listed = (scene: Pick<Scene, 'state' | 'view'>): readonly string[] =>
  groupsOf(scene).flatMap(({ cards }) => cards.map(({ id }) => id))

/** The lesson the cursor is on: the remembered one, else the current one, else the first. */
export const cursorOf = (scene: Pick<Scene, 'state' | 'view'>): string | undefined => {
  const ids = listed(scene)
  return [scene.view.list.cursor, scene.state.current?.id].find((id) => id !== undefined && ids.includes(id)) ?? ids[0]
}

const sign = (card: LessonCard, { theme, state }: Scene): string => {
  if (card.status === 'passed') return theme.mark('passed')
  if (card.unavailable) return theme.paint.quiet(theme.symbols.unavailable.padEnd(cells(theme.symbols.passed)))
  return theme.mark(card.status === 'started' || card.id === state.current?.id ? 'settling' : 'untried')
}

const cardLines = (card: LessonCard, scene: Scene, width: number): string[] => {
  const { theme, state } = scene
  const { paint, symbols } = theme
  const chosen = card.id === cursorOf(scene)
  const title = oneLine(card.title)
  const text = chosen ? paint.strong(title) : card.unavailable ? paint.quiet(title) : title
  const here = card.id === state.current?.id ? `  ${paint.accent(`${symbols.here} here`)}` : ''
  const left = ` ${chosen ? paint.accent(symbols.cursor) : ' '} ${sign(card, scene)} ${paint.quiet(card.id)}  ${text}${here}`
  const right = paint.quiet(`${card.minutes} min`)
  const line = ends({ left, right, width, mark: symbols.cut })
  if (!card.unavailable) return [line]
  const indent = ' '.repeat(cells(symbols.passed) + card.id.length + 6)
  const reason = oneLine(card.unavailable)
  const lines = chosen
    ? wrap(paint.quiet(reason), width - indent.length)
    : [paint.quiet(cut(reason, width - indent.length, symbols.cut))]
  return [line, ...lines.map((each) => indent + each)]
}

/** Lines of the list, and which of them the cursor is on. */
export const listLines = (scene: Scene, width: number): { lines: string[]; cursor: number } => {
  const { state, view, theme } = scene
  const { paint, symbols } = theme
  const done = state.lessons.filter((card) => card.status === 'passed').length
  const { search, typing, pendingOnly, byLayer } = view.list
  const query = typing || search !== '' ? `${paint.strong('/')}${search}${typing ? paint.chosen(' ') : ''}` : ''
  const filters = [query, pendingOnly ? 'to do' : '', byLayer ? 'by layer' : ''].filter((part) => part !== '')
  const title = `${paint.title('Lessons')}  ${paint.quiet(`${done} of ${state.lessons.length} done`)}`
  const head = ends({ left: title, right: filters.join(`  ${symbols.dot}  `), width, mark: symbols.cut })
  const lines = [head, '']
  const at = cursorOf(scene)
  let cursor = 0
  for (const [index, group] of groupsOf(scene).entries()) {
    if (index > 0) lines.push('')
    lines.push(paint.strong(group.title))
    for (const card of group.cards) {
      if (card.id === at) cursor = lines.length
      lines.push(...cardLines(card, scene, width))
    }
  }
  if (at === undefined) {
    lines.push(
      paint.quiet(state.loading ? 'Reading the lessons.' : 'No lesson fits. Esc clears the search, f the filter.'),
    )
  }
  return { lines, cursor }
}
