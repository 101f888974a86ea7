/** What a terminal sends, as names: 'a', 'S', 'up', 'enter', 'ctrl-c'. */
import type { Key } from 'ink'

export type Input =
  | { readonly kind: 'key'; readonly name: string }
  /** Several characters at once that nobody typed. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste-begins' }
  | { readonly kind: 'paste-ends' }

const NAMED = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'], // what most terminals send for the backspace key
] as const

// Fast typing, a slow line and scripts hand over many keys in one piece. What a person pastes comes between the marks of a
// bracketed paste; only a terminal without those makes length the sign of a paste.
const TYPED_TOGETHER = 32

const letter = (text: string): Input => {
  const names: Readonly<Record<string, string>> = {
    ' ': 'space',
    '\r': 'enter',
    '\n': 'enter',
    '\t': 'tab',
    '\u007F': 'backspace',
    '\b': 'backspace',
  }
  return { kind: 'key', name: names[text] ?? text }
}

/** The inputs that one event of Ink's stands for. */
export const inputsOf = (text: string, key: Key): readonly Input[] => {
  if (text === '[200~') return [{ kind: 'paste-begins' }]
  if (text === '[201~') return [{ kind: 'paste-ends' }]
  if (key.ctrl) return text === '' ? [] : [{ kind: 'key', name: `ctrl-${text}` }]
  const named = NAMED.find(([flag]) => key[flag])
  if (named !== undefined) return [{ kind: 'key', name: named[1] }]
  if (key.meta || text === '') return []
  const letters = [...text]
  const typed = letters.length <= TYPED_TOGETHER || letters.every((each) => each === letters[0])
  return typed ? letters.map(letter) : [{ kind: 'text', text }]
}
