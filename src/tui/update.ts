/** One pure function from a scene and an input to the next view and what the lab is to be asked for. */
import type { Intent } from '../core/state.ts'
import { bodyOf, offsetOf } from './body.ts'
import { oneLine } from './fit.ts'
import { bindingFor, type Command, canAnswer, contextOf, isScrolling } from './keymap.ts'
import type { Input } from './keys.ts'
import { layoutOf } from './layout.ts'
import { type Scene, selectedCheck } from './scene.ts'
import { cursorOf, listed } from './screens/list.ts'
import type { Page, View } from './view.ts'

export type Effect =
  | { readonly kind: 'send'; readonly intent: Intent }
  | { readonly kind: 'handover'; readonly what: { kind: 'shell' } | { kind: 'edit'; file?: string } }

export type Update = { readonly view: View; readonly effects: readonly Effect[] }

const quietly = (view: View): Update => ({ view, effects: [] })
const sending = (view: View, intent: Intent): Update => ({ view, effects: [{ kind: 'send', intent }] })

const LONGEST_ANSWER = 500

/** What an input does to a scene. Inputs that mean nothing here change nothing. */
export const update = (scene: Scene, input: Input): Update => {
  const { view } = scene
  switch (input.kind) {
    case 'paste-begins':
      return quietly({ ...view, pasting: true })
    case 'paste-ends':
      return quietly({ ...view, pasting: false })
    case 'text':
      return isTyping(scene) ? type(scene, input.text) : refusePaste(scene)
    case 'key':
      return key(scene, input.name)
  }
}

const isTyping = (scene: Scene): boolean => contextOf(scene) === 'search' || contextOf(scene) === 'answer'

/** A command pasted here by mistake must not press twenty keys. */
const refusePaste = ({ view, now }: Scene): Update =>
  quietly({ ...view, note: { what: 'Pasted text does nothing here. Commands go into the shell: s.', at: now } })

const type = ({ view }: Scene, text: string): Update => {
  if (view.page === 'answer')
    return quietly({ ...view, answer: (view.answer + oneLine(` ${text} `)).slice(0, LONGEST_ANSWER) })
  return quietly({
    ...view,
    list: { ...view.list, search: (view.list.search + oneLine(text)).slice(0, 60), cursor: undefined },
  })
}

const key = (scene: Scene, name: string): Update => {
  const { view } = scene
  if (isTyping(scene)) {
    if (view.pasting && name === 'enter') return quietly(append(view, ' '))
    if (name === 'backspace') return quietly(erase(view, 1))
    if (name === 'ctrl-u') return quietly(erase(view, LONGEST_ANSWER))
    if (name === 'space' || [...name].length === 1) return quietly(append(view, name === 'space' ? ' ' : name))
    if (view.page === 'list' && (name === 'up' || name === 'down')) return move(scene, name === 'up' ? -1 : 1)
  } else if (view.pasting) return refusePaste(scene)
  const binding = bindingFor(scene, name)
  return binding === undefined ? quietly(view) : run(scene, binding.command, name)
}

const append = (view: View, text: string): View =>
  view.page === 'answer'
    ? { ...view, answer: (view.answer + text).slice(0, LONGEST_ANSWER) }
    : { ...view, list: { ...view.list, search: (view.list.search + text).slice(0, 60), cursor: undefined } }

const erase = (view: View, letters: number): View =>
  view.page === 'answer'
    ? { ...view, answer: [...view.answer].slice(0, -letters).join('') }
    : { ...view, list: { ...view.list, search: [...view.list.search].slice(0, -letters).join('') } }

const go = (view: View, page: Page): View => ({
  ...view,
  page,
  before: view.page === 'list' || view.page === 'help' ? view.before : view.page,
  scroll: { ...view.scroll, [page]: 0 },
})

const scrollBy = (scene: Scene, by: number): Update => {
  const { view } = scene
  const body = bodyOf(scene)
  const from = offsetOf(body, view.scroll[view.page] ?? 0)
  return quietly({ ...view, scroll: { ...view.scroll, [view.page]: offsetOf(body, from + by) } })
}

const stepThrough = (length: number, at: number, by: number): number => Math.min(Math.max(0, at + by), length - 1)

const move = (scene: Scene, by: -1 | 1): Update => {
  const { state, view } = scene
  if (isScrolling(scene)) return scrollBy(scene, by)
  switch (view.page) {
    case 'list': {
      const ids = listed(scene)
      const cursor = ids[stepThrough(ids.length, Math.max(0, ids.indexOf(cursorOf(scene) ?? '')), by)]
      return keepInSight({ ...scene, view: { ...view, list: { ...view.list, cursor } } })
    }
    case 'edit':
      return keepInSight({
        ...scene,
        view: { ...view, editCursor: stepThrough(scene.editable.length, view.editCursor, by) },
      })
    case 'pass': {
      const options = state.current?.quiz[view.quiz.step - 1]?.options.length ?? 1
      return quietly({ ...view, quiz: { ...view.quiz, option: stepThrough(options, view.quiz.option, by) } })
    }
    default: {
      const checks = state.current?.checks ?? []
      const at = checks.findIndex(({ id }) => id === view.selected)
      const next = checks[stepThrough(checks.length, at, by)]?.id
      return quietly(next === undefined ? view : { ...view, selected: next, scroll: { ...view.scroll, detail: 0 } })
    }
  }
}

const keepInSight = (scene: Scene): Update => {
  const { view } = scene
  return quietly({
    ...view,
    scroll: { ...view.scroll, [view.page]: offsetOf(bodyOf(scene), view.scroll[view.page] ?? 0) },
  })
}

/** A page forward or back. At the end of the debrief come the questions; in lists the cursor moves along. */
const turn = (scene: Scene, by: -1 | 1): Update => {
  const { state, view } = scene
  const body = bodyOf(scene)
  const step = Math.max(1, body.height - 1)
  if (view.page === 'list' || view.page === 'edit') {
    let next = scene
    for (let moves = Math.max(1, step - 2); moves > 0; moves -= 1) next = { ...next, view: move(next, by).view }
    return quietly(next.view)
  }
  if (view.page === 'pass') {
    const from = offsetOf(body, view.scroll.pass ?? 0)
    const atEdge = offsetOf(body, from + by) === from
    const questions = state.current?.quiz.length ?? 0
    const next = view.quiz.step + by
    if (atEdge && next >= 0 && next <= questions) {
      return quietly({ ...view, quiz: { step: next, option: 0 }, scroll: { ...view.scroll, pass: 0 } })
    }
  }
  return scrollBy(scene, by * step)
}

const open = (scene: Scene): Update => {
  const { state, view, editable } = scene
  switch (view.page) {
    case 'list': {
      if (view.list.typing) return quietly({ ...view, list: { ...view.list, typing: false } })
      const lesson = cursorOf(scene)
      if (lesson === undefined) return quietly(view)
      if (lesson === state.current?.id) return quietly({ ...view, page: 'lesson' })
      return sending(view, { kind: 'open', lesson })
    }
    case 'edit': {
      const file = editable[view.editCursor]?.name
      if (file === undefined) return quietly(view)
      return { view: { ...view, page: 'lesson' }, effects: [{ kind: 'handover', what: { kind: 'edit', file } }] }
    }
    case 'pass':
      return answerQuestion(scene, view.quiz.option)
    case 'answer': {
      const key = selectedCheck(scene)?.answerKey
      const value = view.answer.trim()
      if (key === undefined || value === '') return quietly({ ...view, page: 'detail' })
      return sending({ ...view, page: 'detail', answer: '' }, { kind: 'answer', key, value })
    }
    case 'lesson':
    case 'detail':
      return quietly({ ...go(view, canAnswer(scene) ? 'answer' : 'detail'), answer: '', before: 'lesson' })
    default:
      return quietly(view)
  }
}

const answerQuestion = ({ state, view }: Scene, option: number): Update => {
  const question = state.current?.quiz[view.quiz.step - 1]
  if (question === undefined || option >= question.options.length) return quietly(view)
  return sending(view, { kind: 'quiz', question: question.id, option })
}

const back = (scene: Scene): Update => {
  const { state, view } = scene
  if (state.notices.length > 0 && state.notices.at(-1)?.kind === 'error') return sending(view, { kind: 'dismiss' })
  if (view.page === 'list' && (view.list.typing || view.list.search !== '')) {
    return quietly({ ...view, list: { ...view.list, search: '', typing: false, cursor: undefined } })
  }
  if (view.page === 'help' || view.page === 'list') {
    return quietly({ ...view, page: view.before, list: { ...view.list, search: '', cursor: undefined } })
  }
  if (view.page === 'lesson' && view.zoom) return quietly({ ...view, zoom: false })
  if (view.page === 'lesson' && state.notices.length > 0) return sending(view, { kind: 'dismiss' })
  return quietly({ ...view, page: view.page === 'answer' ? 'detail' : 'lesson', answer: '' })
}

const run = (scene: Scene, command: Command, name: string): Update => {
  const { state, view, editable } = scene
  const { current } = state
  switch (command) {
    case 'up':
      return move(scene, -1)
    case 'down':
      return move(scene, 1)
    case 'page-down':
      return turn(scene, 1)
    case 'page-up':
      return turn(scene, -1)
    case 'top':
      return quietly({ ...view, scroll: { ...view.scroll, [view.page]: 0 } })
    case 'bottom':
      return scrollBy(scene, bodyOf(scene).lines.length)
    case 'open':
      return open(scene)
    case 'back':
      return back(scene)
    case 'focus':
      return quietly({ ...view, focus: view.focus === 'checks' ? 'text' : 'checks' })
    case 'zoom':
      return quietly({ ...view, zoom: !view.zoom })
    case 'output':
      return quietly({ ...view, showOutput: !view.showOutput })
    case 'failed-output':
      return quietly(go(view, 'output'))
    case 'use-embedded':
      return sending({ ...view, page: view.page === 'output' ? 'lesson' : view.page }, { kind: 'use-embedded' })
    case 'shell':
      return { view, effects: [{ kind: 'handover', what: { kind: 'shell' } }] }
    case 'edit':
      if (editable.length === 1)
        return { view, effects: [{ kind: 'handover', what: { kind: 'edit', file: editable[0]?.name } }] }
      return quietly({ ...go(view, 'edit'), editCursor: 0 })
    case 'hint': {
      // The first press shows what was taken already; only in sight of the hints does h take the next one.
      const more = current !== undefined && current.hints.length < current.hintsTotal
      const take = more && (view.page === 'hints' || current.hints.length === 0)
      const shown = view.page === 'hints' ? view : go(view, 'hints')
      return take
        ? sending({ ...shown, scroll: { ...shown.scroll, hints: Number.MAX_SAFE_INTEGER } }, { kind: 'hint' })
        : quietly(shown)
    }
    case 'attack':
      return sending(go(view, 'attack'), { kind: 'attack' })
    case 'regrade':
      if (state.cluster.state === 'broken' || state.cluster.state === 'absent')
        return sending(view, { kind: 'retry-cluster' })
      return sending(view, { kind: 'regrade' })
    case 'reset':
      return sending(view, { kind: 'reset' })
    case 'solution':
      return current?.solution === undefined ? sending(view, { kind: 'solution' }) : quietly(go(view, 'solution'))
    case 'next':
    case 'previous':
      return sending(view, { kind: command })
    case 'list':
      return keepInSight({
        ...scene,
        view: { ...go(view, 'list'), list: { ...view.list, cursor: undefined, typing: false } },
      })
    case 'search':
      return quietly({ ...view, list: { ...view.list, typing: true } })
    case 'pending':
      return quietly({ ...view, list: { ...view.list, pendingOnly: !view.list.pendingOnly } })
    case 'group':
      return keepInSight({ ...scene, view: { ...view, list: { ...view.list, byLayer: !view.list.byLayer } } })
    case 'debrief':
      return quietly({ ...go(view, 'pass'), quiz: { step: 0, option: 0 } })
    case 'option':
      return answerQuestion(scene, Number(name) - 1)
    case 'yes':
      return sending(view, { kind: 'confirm' })
    case 'no':
      return sending(view, { kind: 'refuse' })
    case 'help':
      return view.page === 'help' ? back({ ...scene, state: { ...state, notices: [] } }) : quietly(go(view, 'help'))
    case 'quit':
      return sending(view, { kind: 'quit' })
  }
}

/** True when the window is too small to show more than a request to enlarge it; only quitting works then. */
export const isSmall = (scene: Scene): boolean => layoutOf(scene).kind === 'small'
