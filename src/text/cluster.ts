import type { StepReport } from '../core/ports.ts'
import type { ClusterView } from '../core/state.ts'

const number = (value: number): string => value.toLocaleString('en-GB')

const amount = (step: StepReport): string => {
  if (step.done === undefined) return ''
  if (step.unit === 'bytes') {
    const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
    return step.total === undefined
      ? `, ${mebibytes(step.done)} MiB`
      : `, ${mebibytes(step.done)} of ${mebibytes(step.total)} MiB`
  }
  const unit = step.unit === undefined ? '' : ` ${step.unit}`
  return step.total === undefined
    ? `, ${number(step.done)}${unit}`
    : `, ${number(step.done)} of ${number(step.total)}${unit}`
}

const STATE = { waiting: 'waiting', running: 'working', done: 'done', failed: 'failed', skipped: 'not needed' } as const

/** "kube-apiserver 1.34.3: working, building from Go modules, 812 of 1,394 packages." */
export const stepLine = (step: StepReport): string => {
  const detail = step.detail === undefined ? '' : `, ${step.detail}`
  return `${step.title}: ${STATE[step.state]}${detail}${amount(step)}.`
}

/** Fifths of a step that is under way; a reader hears of each one once. */
const fifths = (step: StepReport): number =>
  step.done === undefined || !step.total ? 0 : Math.floor((step.done / step.total) * 5)

/** Whether a step has moved on far enough to be worth a line of its own. */
export const isNews = (before: StepReport | undefined, now: StepReport): boolean => {
  if (before?.state !== now.state) return now.state !== 'waiting'
  return now.state === 'running' && (before.detail !== now.detail || fifths(before) !== fifths(now))
}

/** "embedded, ready, v1.34.3". */
export const clusterPhrase = (cluster: ClusterView): string =>
  [cluster.backend ?? 'not chosen yet', cluster.state === 'absent' ? 'not up' : cluster.state, cluster.version]
    .filter((part) => part !== undefined)
    .join(', ')
