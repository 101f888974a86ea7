import type { Verdict } from '../core/model.ts'
import type { CheckView } from '../core/state.ts'
import { sentence } from './spoken.ts'
import { wrap } from './wrap.ts'

/** A verdict in one or two words. */
export const verdictWord = (check: Pick<CheckView, 'verdict' | 'settling' | 'broken' | 'untried'>): string => {
  if (check.settling) return 'settling'
  if (check.verdict === undefined || isUntried(check)) return 'not tried'
  switch (check.verdict.kind) {
    case 'passed':
      return 'passed'
    case 'failed':
      return check.broken ? 'broken again' : 'not yet'
    case 'unknown':
      return 'could not check'
  }
}

/** It still fails as it did on the seed: there is nothing to explain yet. */
const isUntried = (check: Pick<CheckView, 'verdict' | 'untried'>): boolean =>
  check.untried === true && check.verdict?.kind === 'failed'

type Field = readonly [label: string, text: string | undefined]

const fieldsOf = (verdict: Verdict): readonly Field[] => {
  switch (verdict.kind) {
    case 'passed':
      return [['Found', verdict.found]]
    case 'failed':
      return [
        ['Expected', verdict.expected],
        ['Found', verdict.found],
        ['Why', verdict.why],
      ]
    case 'unknown':
      return [['Because', verdict.reason]]
  }
}

/** Expected, found, why and the command to see it: indented lines, the command alone on its own, never broken. */
export const verdictDetail = (verdict: Verdict, width: number): readonly string[] => [
  ...fieldsOf(verdict).flatMap(([label, text]) => (text ? field(label, text, width) : [])),
  ...(verdict.reproduce ? ['   See it:', ...verdict.reproduce.split('\n').map((line) => `     ${line}`)] : []),
]

const field = (label: string, text: string, width: number): readonly string[] => {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length <= 1) return wrap(`${label}: ${sentence(text)}`, { width, first: '   ', rest: '     ' })
  return [`   ${label}:`, ...lines.flatMap((line) => wrap(line, { width, first: '     ', rest: '       ' }))]
}

/** One line a check; `number` is its place in the checklist. */
export const checkLine = (check: CheckView, number: number, width: number): readonly string[] =>
  wrap(sentence(`${number}. ${verdictWord(check)}: ${check.title}`), { width, rest: '   ' })

/** A check with all that its verdict says. One that passes, or that nobody has tried yet, needs no words. */
export const checkLines = (check: CheckView, number: number, width: number): readonly string[] => [
  ...checkLine(check, number, width),
  ...(check.verdict && check.verdict.kind !== 'passed' && !isUntried(check) ? verdictDetail(check.verdict, width) : []),
]

/** "Checks: 2 of 5 passed." */
export const checksSummary = (checks: readonly CheckView[]): string => {
  const passed = checks.filter((check) => check.verdict?.kind === 'passed' && !check.settling).length
  const unknown = checks.filter((check) => check.verdict?.kind === 'unknown').length
  const rest = unknown > 0 ? `, ${unknown} could not be checked` : ''
  return `Checks: ${passed} of ${checks.length} passed${rest}.`
}
