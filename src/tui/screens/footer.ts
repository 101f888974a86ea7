/** The footer and the help screen, both from the one table of keys. */
import { cells, ends, oneLine, wrap } from '../fit.ts'
import { type Binding, contextOf, KEY_GROUPS, KEYMAP } from '../keymap.ts'
import type { Scene } from '../scene.ts'
import { ago, elapsed } from '../spoken.ts'
import { columnWidths, tableLines } from '../table.ts'
import type { Theme } from '../theme.ts'
import { spinner } from './bring-up.ts'

const keyName = (binding: Binding, { symbols }: Theme): string =>
  binding.shown === 'upDown' ? symbols.upDown : binding.shown === 'enter' ? symbols.enter : binding.shown

/** One line: the keys that work here, the rarest dropped until they fit. */
export const footerLine = (scene: Scene, width: number): string => {
  const { theme } = scene
  const context = contextOf(scene)
  const items = KEYMAP.filter(
    (binding) => binding.label !== undefined && binding.on.includes(context) && (binding.when?.(scene) ?? true),
  ).map((binding) => {
    const label = typeof binding.label === 'function' ? binding.label(scene) : (binding.label ?? '')
    return {
      rank: binding.ranks?.[context] ?? binding.rank,
      text: `${theme.paint.strong(keyName(binding, theme))} ${theme.paint.quiet(label)}`,
    }
  })
  const line = () => ` ${items.map(({ text }) => text).join('  ')}`
  while (cells(line()) > width - 1) {
    const rarest = Math.max(...items.map(({ rank }) => rank))
    if (rarest === 0) break
    items.splice(
      items.findLastIndex(({ rank }) => rank === rarest),
      1,
    )
  }
  return line()
}

/** All keys by what they are for, and what the symbols mean. */
export const helpLines = (scene: Scene, width: number): string[] => {
  const { theme } = scene
  const { paint } = theme
  const groups = KEY_GROUPS.map(({ title, bindings }) => ({
    title,
    rows: bindings.flatMap((binding) =>
      binding.help === undefined ? [] : [[`  ${paint.strong(keyName(binding, theme))}`, binding.help]],
    ),
  }))
  const widths = columnWidths(
    groups.flatMap(({ rows }) => rows),
    width,
  )
  const legend = [
    `${theme.mark('passed')} passed`,
    `${theme.mark('failed')} not yet`,
    `${theme.mark('untried')} not tried yet`,
    `${theme.mark('settling')} settling or under way`,
    `${theme.mark('unknown')} could not check: nothing you did wrong`,
    `${paint.quiet(theme.symbols.unavailable)} cannot run here`,
  ]
  return [
    ...groups.flatMap(({ title, rows }) => [paint.title(title), ...tableLines(rows, widths), '']),
    paint.title('Symbols'),
    ...legend.map((line) => `  ${line}`),
    '',
    ...wrap(
      paint.quiet('Nothing needs a key to be checked: the lab sees every change in the cluster and in your files.'),
      width,
    ),
  ]
}

const UNWATCHED_AFTER = 4000 // ms; a watch that has only just begun is not a lost one

const isUnwatched = ({ view, now }: Scene): boolean =>
  view.unwatchedSince !== undefined && now - view.unwatchedSince > UNWATCHED_AFTER

const clusterLine = (scene: Scene): string => {
  const { state, theme, now } = scene
  const { cluster } = state
  const { paint } = theme
  const backend = cluster.backend ?? 'cluster'
  const name = `${backend}${cluster.version ? ` ${cluster.version}` : ''}`
  switch (cluster.state) {
    case 'ready':
      return `${paint.quiet(name)} ${isUnwatched(scene) ? `ready, ${paint.warn('watch lost')}` : paint.good('ready')}`
    case 'starting': {
      const spent = cluster.startedAt === undefined ? '' : ` ${elapsed(now - cluster.startedAt)}`
      return `${paint.quiet(backend)} ${spinner(scene)} starting${paint.quiet(spent)}`
    }
    case 'broken':
      return `${paint.quiet(name)} ${theme.mark('failed')} ${paint.bad(cluster.version ? 'not answering' : 'did not come up')}`
    case 'stopping':
      return `${paint.quiet(backend)} stopping`
    case 'absent':
      return `${paint.quiet(backend)} not running`
  }
}

const SAID_FOR = 10_000 // ms that a message stays in the status line

const happening = (scene: Scene, width: number): string => {
  const { state, view, theme, now } = scene
  const { paint } = theme
  const notice = state.notices.at(-1)
  if (view.note !== undefined && now - view.note.at < SAID_FOR) return oneLine(view.note.what)
  if (notice?.kind === 'info' && now - notice.at < SAID_FOR) {
    return oneLine([notice.what, notice.next ?? ''].join(' '))
  }
  const current = state.current
  switch (current?.phase) {
    case undefined:
      return ''
    case 'reading':
      return paint.quiet(
        state.cluster.state === 'starting' ? 'You can read on while the cluster comes up.' : 'You can read on.',
      )
    case 'seeding':
      return `${spinner(scene)} Putting the lesson into the cluster`
    case 'failed':
      return `${theme.mark('unknown')} The lesson could not begin`
    case 'unavailable':
      return paint.quiet('This lesson can be read here, but not done.')
    case 'working':
    case 'passed': {
      const change = current.lastChange
      const passed = current.phase === 'passed' ? `${theme.mark('passed')} ${paint.good('Passed.')} ` : ''
      if (view.page === 'pass') return passed
      if (change === undefined) return passed || paint.quiet('Watching the cluster and your files.')
      const graded = change.regradeMs === undefined ? '' : `, re-graded in ${Math.round(change.regradeMs)} ms`
      const seen = `${oneLine(change.what)} ${ago(now - change.at)}`
      const whole = seen + graded
      return passed + paint.quiet(cells(passed) + cells(whole) <= width ? whole : seen)
    }
  }
}

/** What happens now, and how the cluster is. */
export const statusLine = (scene: Scene, width: number): string => {
  const right = clusterLine(scene)
  const left = happening(scene, width - cells(right) - 4)
  return ` ${ends({ left, right, width: width - 2, mark: scene.theme.symbols.cut })}`
}
