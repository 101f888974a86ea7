/** What can be typed in the plain skin, and what it means for the lab. */
import { canGoEmbedded } from '../core/availability.ts'
import type { Intent, LabState } from '../core/state.ts'
import { openQuestion } from './lesson.ts'

export type PlainCommand =
  | { readonly kind: 'intent'; readonly intent: Intent }
  | { readonly kind: 'checks' } // regrade, then the whole list
  | { readonly kind: 'detail'; readonly number: number }
  | { readonly kind: 'lesson' } // the text again
  | { readonly kind: 'list' }
  | { readonly kind: 'shell' }
  | { readonly kind: 'output' }
  | { readonly kind: 'edit'; readonly file?: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unclear'; readonly what: string }

const intent = (wanted: Intent): PlainCommand => ({ kind: 'intent', intent: wanted })

/** Reads one line. A number answers an open quiz question, else it opens that check; words may be cut short. */
export const readCommand = (line: string, state: LabState): PlainCommand => {
  const [word = '', ...rest] = line.trim().split(/\s+/)
  if (word === '') return { kind: 'nothing' }
  if (state.question) {
    if (/^y(es)?$/i.test(word)) return intent({ kind: 'confirm' })
    if (/^no?$/i.test(word)) return intent({ kind: 'refuse' })
  }
  if (/^\d+$/.test(word)) return numbered(Number(word), state)
  const name = fullName(word.toLowerCase())
  switch (name) {
    case 'check':
      return rest[0] && /^\d+$/.test(rest[0]) ? { kind: 'detail', number: Number(rest[0]) } : { kind: 'checks' }
    case 'lesson':
    case 'open':
      return rest[0] === undefined ? { kind: 'lesson' } : open(rest[0], state)
    case 'list':
    case 'output':
    case 'shell':
      return { kind: name }
    case 'edit':
      return { kind: 'edit', ...(rest[0] === undefined ? {} : { file: rest[0] }) }
    case 'answer':
      if (rest.length < 2) return { kind: 'unclear', what: 'Type: answer, the name of the answer, and its value.' }
      return intent({ kind: 'answer', key: rest[0] ?? '', value: rest.slice(1).join(' ') })
    case 'embedded':
      if (!canGoEmbedded(state.cluster)) return { kind: 'unclear', what: 'Only when a kind cluster does not come up.' }
      return intent({ kind: 'use-embedded' })
    case 'retry':
      return intent({ kind: 'retry-cluster' })
    case 'hint':
    case 'attack':
    case 'next':
    case 'previous':
    case 'reset':
    case 'solution':
    case 'quit':
      return intent({ kind: name })
    case 'yes':
    case 'no':
      return { kind: 'unclear', what: 'There is no question to answer.' }
    case 'help':
      return { kind: 'help' }
    case undefined:
      return { kind: 'unclear', what: `“${word}” is no command here. Type ? for all of them.` }
  }
}

const NAMES = [
  'check',
  'hint',
  'shell',
  'attack',
  'next',
  'previous',
  'list',
  'quit',
  'answer',
  'reset',
  'solution',
  'edit',
  'lesson',
  'open',
  'retry',
  'embedded',
  'output',
  'help',
  'yes',
  'no',
] as const
type Name = (typeof NAMES)[number]

/** A command by its name or an unambiguous beginning of it; `n` is next and `l` is list, as on the screen. */
const fullName = (word: string): Name | undefined => {
  const short: Readonly<Record<string, Name>> = {
    '?': 'help',
    n: 'next',
    p: 'previous',
    l: 'list',
    s: 'shell',
    q: 'quit',
    exit: 'quit',
    x: 'reset',
    r: 'check',
    h: 'hint',
    a: 'attack',
    e: 'edit',
  }
  const exact = NAMES.find((name) => name === word) ?? short[word]
  if (exact) return exact
  const starting = NAMES.filter((name) => name.startsWith(word))
  return starting.length === 1 ? starting[0] : undefined
}

const open = (name: string, state: LabState): PlainCommand => {
  const card = /^\d+$/.test(name) ? state.lessons[Number(name) - 1] : undefined
  return intent({ kind: 'open', lesson: card?.id ?? name })
}

const numbered = (number: number, state: LabState): PlainCommand => {
  const { current } = state
  if (!current) return { kind: 'unclear', what: 'There is nothing to choose from yet.' }
  const question = current.phase === 'passed' ? openQuestion(current) : undefined
  if (!question) return { kind: 'detail', number }
  if (!question.options[number - 1]) {
    return { kind: 'unclear', what: `Choose a number from 1 to ${question.options.length}.` }
  }
  return intent({ kind: 'quiz', question: question.id, option: number - 1 })
}

/** The help of `?`, one line a command. */
export const HELP = [
  'check: grade now and print the whole checklist. A number: that check alone.',
  'hint: the next hint. solution: the solution, after a question.',
  'shell: a shell with kubectl and your files; exit brings you back.',
  'edit and a name: a control-plane file or one of your files. edit alone: which there are.',
  'attack: replay the attack. answer, a name and a value: answer a question of the lesson.',
  'lesson: the text again. list: all lessons. lesson and a number or id: open that one.',
  'next, previous: the next or previous lesson. reset: this lesson from its beginning.',
  'retry: repair the cluster. quit: leave; the cluster stays up.',
  'When the cluster does not come up: output, what the failed program printed; embedded, go on without containers.',
] as const
