/** Holds the view between frames: takes inputs and changes of the lab's state, gives out scenes, asks for effects. */
import type { Lab, LabState } from '../core/state.ts'
import type { Input } from './keys.ts'
import type { Markdown } from './markdown.ts'
import type { Scene } from './scene.ts'
import type { Terminal } from './terminal.ts'
import type { Theme } from './theme.ts'
import { type Effect, update } from './update.ts'
import { followLab, initialView } from './view.ts'

export type Skin = {
  readonly scene: () => Scene
  readonly subscribe: (listener: () => void) => () => void
  readonly input: (input: Input) => void
  /** A message of the screen itself, in the status line. */
  readonly note: (what: string) => void
  /** Takes the renderer of lesson texts, which is loaded after the first frame; until then texts are empty. */
  readonly withMarkdown: (markdown: Markdown) => void
  /** Reads the size anew. */
  readonly resized: () => void
  /** Stops timers and subscriptions. */
  readonly stop: () => void
}

const STILL = 1000 // ms between refreshes of spoken times
const MOVING = 250 // ms between spinner pictures: calm, and cheap while the machine is busy building

const isMoving = ({ cluster, current }: LabState): boolean =>
  cluster.state === 'starting' || current?.phase === 'seeding' || current?.attack?.state === 'running'

export const createSkin = (options: {
  lab: Lab
  terminal: Terminal
  theme: Theme
  now: () => number
  onHandover: (what: (Effect & { kind: 'handover' })['what']) => void
}): Skin => {
  const { lab, terminal, theme, now } = options
  const listeners = new Set<() => void>()
  let state = lab.state()
  let scene: Scene = {
    state,
    view: followLab({ view: initialView, before: state, state, now: now() }),
    size: terminal.size(),
    theme,
    markdown: () => [],
    editable: [],
    now: now(),
  }
  const change = (next: Partial<Scene>) => {
    scene = { ...scene, ...next, now: now() }
    for (const listener of listeners) listener()
  }

  const unsubscribe = lab.subscribe(() => {
    const before = state
    state = lab.state()
    change({ state, view: followLab({ view: scene.view, before, state, now: now() }) })
  })
  let timer: NodeJS.Timeout
  const tick = () => {
    timer = setTimeout(
      () => {
        change({})
        tick()
      },
      theme.motion && isMoving(state) ? MOVING : STILL,
    )
    timer.unref()
  }
  tick()

  return {
    scene: () => scene,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    input: (input) => {
      const { view, effects } = update({ ...scene, editable: lab.editable(), now: now() }, input)
      change({ view, editable: lab.editable() })
      for (const effect of effects) {
        if (effect.kind === 'send') lab.send(effect.intent)
        else options.onHandover(effect.what)
      }
    },
    note: (what) => change({ view: { ...scene.view, note: { what, at: now() } } }),
    withMarkdown: (markdown) => change({ markdown }),
    resized: () => change({ size: terminal.size() }),
    stop: () => {
      clearTimeout(timer)
      unsubscribe()
    },
  }
}
