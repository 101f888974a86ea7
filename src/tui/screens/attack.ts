/** The attack replayed: what worked before, and what comes back now. */
import type { AttackView } from '../../core/state.ts'
import { clean, oneLine, wrap } from '../fit.ts'
import type { Scene } from '../scene.ts'
import { columnWidths, tableLines } from '../table.ts'
import { spinner } from './bring-up.ts'

type Step = AttackView['steps'][number]

const outcome = (step: Step, { theme }: Scene): string => {
  if (step.good === undefined) return ''
  if (step.role === 'attack') return step.good ? theme.paint.good('stopped') : theme.paint.bad('still works')
  return step.good ? theme.paint.good('works') : theme.paint.bad('broken')
}

const row = (step: Step, scene: Scene): string[] => {
  const { theme } = scene
  const sign = step.good === undefined ? theme.mark('untried') : step.good ? theme.mark('passed') : theme.mark('failed')
  const quiet = theme.paint.quiet
  return [sign, oneLine(step.title), quiet(oneLine(step.before ?? '')), oneLine(step.now ?? ''), outcome(step, scene)]
}

/** The table of an attack; attack steps first, then what must go on working. */
export const attackTable = (scene: Scene, attack: AttackView, width: number): string[] => {
  const { paint } = scene.theme
  const parts = [
    { title: 'the attack', steps: attack.steps.filter((step) => step.role === 'attack') },
    { title: 'must keep working', steps: attack.steps.filter((step) => step.role === 'legitimate') },
  ].filter(({ steps }) => steps.length > 0)
  const head = (title: string) => ['', title, 'before', 'now', ''].map((text) => paint.quiet(text))
  const tables = parts.map(({ title, steps }) => [head(title), ...steps.map((step) => row(step, scene))])
  const widths = columnWidths(tables.flat(), width)
  return tables.flatMap((rows, at) => [...(at > 0 ? [''] : []), ...tableLines(rows, widths)])
}

export const attackLines = (scene: Scene, width: number): string[] => {
  const { state, theme } = scene
  const { paint } = theme
  const attack = state.current?.attack
  const title = paint.title('The attack, replayed')
  if (attack === undefined) {
    return [
      title,
      '',
      ...wrap('Nothing was replayed yet. Press a to run the requests of this lesson against your cluster.', width),
    ]
  }
  const attacks = attack.steps.filter((step) => step.role === 'attack')
  const stopped = attacks.filter((step) => step.good).length
  const status =
    attack.state === 'running'
      ? `${spinner(scene)} sending the requests`
      : attack.state === 'failed'
        ? `${theme.mark('unknown')} ${clean(attack.error ?? 'The attack could not be replayed.')}`
        : `${stopped} of ${attacks.length} stopped`
  return [title, ...wrap(status, width), '', ...attackTable(scene, attack, width)]
}
