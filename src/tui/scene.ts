/** All that a frame is drawn from. Drawing and key handling are functions of a scene, and of nothing else. */
import type { CheckView, LabState } from '../core/state.ts'
import type { Markdown } from './markdown.ts'
import type { CheckMark, Theme } from './theme.ts'
import type { View } from './view.ts'

export type Size = { readonly columns: number; readonly rows: number }
export type Editable = { readonly name: string; readonly about: string }

export type Scene = {
  readonly state: LabState
  readonly view: View
  readonly size: Size
  readonly theme: Theme
  readonly markdown: Markdown
  readonly editable: readonly Editable[]
  /** Clock of the lab, ms. */
  readonly now: number
}

/** Which symbol a check gets. Settling wins over "not yet", never over a pass. */
export const markOf = (check: CheckView): CheckMark => {
  if (check.verdict?.kind === 'passed') return check.settling ? 'settling' : 'passed'
  if (check.settling) return 'settling'
  if (check.verdict === undefined || (check.untried && check.verdict.kind === 'failed')) return 'untried'
  return check.verdict.kind === 'failed' ? 'failed' : 'unknown'
}

const WORDS: Readonly<Record<CheckMark, string>> = {
  passed: 'passed',
  failed: 'not yet',
  untried: 'not tried yet',
  settling: 'settling',
  unknown: 'could not check',
}
export const wordOf = (check: CheckView): string =>
  check.broken && check.verdict?.kind === 'failed' ? 'no longer holds' : WORDS[markOf(check)]

const NEW_FOR = 6000 // ms that a fresh pass stays marked

export const isNewlyPassed = (check: CheckView, now: number): boolean =>
  check.verdict?.kind === 'passed' &&
  !check.settling &&
  check.changedAt !== undefined &&
  now - check.changedAt < NEW_FOR

export const selectedCheck = ({ state, view }: Pick<Scene, 'state' | 'view'>): CheckView | undefined =>
  state.current?.checks.find((check) => check.id === view.selected)

export const passedCount = (checks: readonly CheckView[]): number =>
  checks.filter((check) => check.verdict?.kind === 'passed').length
