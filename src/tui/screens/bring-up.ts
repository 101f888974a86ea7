/** The cluster coming up: steps with bars and running times, while the learner reads on. */
import { canGoEmbedded } from '../../core/availability.ts'
import type { StepReport } from '../../core/ports.ts'
import { cells, clean, cut, ends, oneLine, wrap } from '../fit.ts'
import type { Scene } from '../scene.ts'
import { amount, elapsed } from '../spoken.ts'

const BAR = 16

const bar = (step: StepReport, width: number, { theme }: Scene): string => {
  if (step.total === undefined || step.done === undefined || step.total <= 0) return ''
  const full = Math.round(Math.min(1, step.done / step.total) * width)
  const { symbols, paint } = theme
  return paint.accent(symbols.barFull.repeat(full)) + paint.quiet(symbols.barRest.repeat(width - full))
}

/** Which spinner picture it is time for; the still symbol where motion is unwanted. */
export const spinner = ({ theme, now }: Pick<Scene, 'theme' | 'now'>): string => {
  const { spinner: pictures, settling } = theme.symbols
  return theme.paint.warn(theme.motion ? (pictures[Math.floor(now / 250) % pictures.length] ?? settling) : settling)
}

const sign = (step: StepReport, scene: Scene): string => {
  const { theme } = scene
  switch (step.state) {
    case 'done':
      return theme.mark('passed')
    case 'failed':
      return theme.mark('failed')
    case 'running':
      return spinner(scene)
    case 'waiting':
      return theme.mark('untried')
    case 'skipped':
      return theme.paint.quiet(theme.symbols.unavailable)
  }
}

const duration = (step: StepReport, { view, now }: Scene): string => {
  const times = view.steps[step.id]
  if (times === undefined) return ''
  const spent = times.took ?? now - times.since
  return spent < 1000 && step.state !== 'running' ? '' : elapsed(spent)
}

const stepLines = (step: StepReport, width: number, scene: Scene): string[] => {
  const { theme, view } = scene
  const { paint, symbols } = theme
  const title = step.state === 'waiting' ? paint.quiet(oneLine(step.title)) : oneLine(step.title)
  const room = cells(symbols.passed)
  const head = ` ${sign(step, scene)}${' '.repeat(Math.max(0, room - cells(sign(step, scene))))} ${title}`
  const detail = step.detail ? paint.quiet(oneLine(step.detail)) : ''
  const spent = paint.quiet(duration(step, scene))
  const progress = step.state === 'running' ? amount(step) : ''
  const meter = step.state === 'running' ? bar(step, BAR, scene) : ''
  const tail = [progress, meter].filter((part) => part !== '').join('  ')
  const indent = ' '.repeat(room + 2)
  const line = (text: string) => cut(`${indent}${text}`, width, symbols.cut)
  const output =
    view.showOutput && step.line && (step.state === 'running' || step.state === 'failed')
      ? [line(paint.quiet(oneLine(step.line)))]
      : []
  const first = detail === '' ? head : `${head}  ${detail}`
  const end = [tail, spent].filter((part) => part !== '').join('  ')
  if (cells(first) + cells(end) + 2 <= width) {
    return [ends({ left: first, right: end, width, mark: symbols.cut }), ...output]
  }
  const whole = cells(first) + cells(spent) + 2 <= width
  return [
    ends({ left: whole ? first : head, right: spent, width, mark: symbols.cut }),
    ...(whole || detail === '' ? [] : [line(detail)]),
    ...(tail === '' ? [] : [line([meter, progress].filter((part) => part !== '').join('  '))]),
    ...output,
  ]
}

/** Heading of the area: what is going on, and for how long. */
export const bringUpTitle = ({ state, now }: Scene): { left: string; right: string } => {
  const { cluster } = state
  if (cluster.state === 'ready') return { left: 'The control plane', right: '' }
  if (cluster.state === 'broken') {
    // It has a version from the first time that it answered.
    return { left: `The cluster ${cluster.version === undefined ? 'did not come up' : 'does not answer'}`, right: '' }
  }
  if (cluster.state === 'stopping') return { left: 'The cluster is stopping', right: '' }
  if (cluster.state === 'absent') return { left: 'No cluster yet', right: '' }
  const right = cluster.startedAt === undefined ? '' : elapsed(now - cluster.startedAt)
  return { left: 'Getting your cluster ready', right }
}

/** Components that do not run as their files say, with their own last words. */
export const troubleLines = ({ state, theme }: Scene, width: number): string[] =>
  state.cluster.components.flatMap((component) => {
    if (component.state !== 'backoff' && component.state !== 'stale') return []
    const what =
      component.state === 'stale' ? 'keeps its old file: the new one was refused' : 'exits and is started again'
    const words = component.lastError ? wrap(theme.paint.quiet(clean(component.lastError).trim()), width - 4) : []
    return [
      ...wrap(` ${theme.mark('failed')} ${component.name} ${what}`, width, '   '),
      ...words.map((line) => `   ${line}`),
    ]
  })

/** All that the failed program printed, under what it means and what to do. */
export const outputLines = ({ state, theme }: Scene, width: number): string[] => {
  const { reason, output } = state.cluster
  return [
    ...(reason ? [...wrap(oneLine(reason), width), ''] : []),
    theme.paint.strong('What it printed'),
    ...clean(output ?? '')
      .trimEnd()
      .split('\n')
      .flatMap((line) => wrap(theme.paint.quiet(line), width)),
  ]
}

/** The steps in at most `rows` rows; finished ones fold together first, waiting ones next. */
export const bringUpLines = (scene: Scene, options: { width: number; rows: number }): string[] => {
  const { state, theme } = scene
  const { width, rows } = options
  const { steps, reason } = state.cluster
  const { paint, symbols } = theme
  const { choice } = state.cluster
  const why = [
    ...(choice && state.cluster.state === 'starting'
      ? wrap(paint.quiet(oneLine(choice)), width - 2).map((line) => ` ${line}`)
      : []),
    ...(reason ? wrap(oneLine(reason), width - 2).map((line) => ` ${line}`) : []),
    ...troubleLines(scene, width),
  ]
  const keys = [
    ['r', 'try again'],
    ...(canGoEmbedded(state.cluster) ? [['c', 'go on without containers']] : []),
    ...(state.cluster.output === undefined ? [] : [['o', 'what it printed']]),
  ]
  const again =
    state.cluster.state === 'broken' || state.cluster.state === 'absent'
      ? keys.map(([key = '', does = '']) => ` ${paint.strong(key)} ${paint.quiet(does)}`)
      : []
  const drawn = steps.map((step) => ({ step, lines: stepLines(step, width - 1, scene) }))
  const room = rows - again.length
  const total = () => drawn.reduce((sum, each) => sum + each.lines.length, 0)
  let done = 0
  while (total() + why.length + (done > 0 ? 1 : 0) > room) {
    const at = drawn.findIndex(({ step }) => step.state === 'done' || step.state === 'skipped')
    if (at < 0) break
    drawn.splice(at, 1)
    done += 1
  }
  let waiting = 0
  while (total() + why.length + (done > 0 ? 1 : 0) + (waiting > 0 ? 1 : 0) > room) {
    const at = drawn.findLastIndex(({ step }) => step.state === 'waiting')
    if (at < 0) break
    drawn.splice(at, 1)
    waiting += 1
  }
  const shown = [
    ...(done > 0 ? [` ${theme.mark('passed')} ${paint.quiet(`${done} step${done === 1 ? '' : 's'} done`)}`] : []),
    ...drawn.flatMap(({ lines }) => lines),
    ...(waiting > 0 ? [` ${theme.mark('untried')} ${paint.quiet(`${waiting} more`)}`] : []),
    ...why,
  ]
  return [...shown.slice(0, Math.max(0, room)), ...again].slice(0, rows).map((line) => cut(line, width, symbols.cut))
}
