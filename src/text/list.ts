import { doneCount, moduleTitle } from '../core/course.ts'
import type { LessonCard } from '../core/state.ts'
import { wrap } from './wrap.ts'

const STATUS = { new: 'not begun', started: 'begun', passed: 'passed' } as const

/** The course as numbered lines by module; a number or an id chooses. `here` is the open lesson's id. */
export const listLines = (
  cards: readonly LessonCard[],
  options: {
    readonly width: number
    readonly here?: string
    /** By id: what a lesson asks of the cluster, said where no cluster has been chosen yet. */
    readonly needs?: Readonly<Record<string, string | undefined>>
  },
): readonly string[] => {
  const { done, of } = doneCount(cards)
  const lines = [`Lessons: ${done} of ${of} done.`]
  let module: string | undefined
  for (const [index, card] of cards.entries()) {
    if (card.module !== module) {
      module = card.module
      lines.push('', `${moduleTitle(card.module)}:`)
    }
    const here = card.id === options.here ? ' You are here.' : ''
    const needs = options.needs?.[card.id]
    const lacking =
      card.unavailable === undefined
        ? needs === undefined
          ? ''
          : ` It ${needs}.`
        : ` Not here: it ${card.unavailable}.`
    lines.push(
      ...wrap(
        `${index + 1}. ${card.id} ${card.title}, about ${card.minutes} minutes: ${STATUS[card.status]}.${here}${lacking}`,
        { width: options.width, first: '  ', rest: '     ' },
      ),
    )
  }
  return lines
}
