/** The lab that skins hold: runs the machine, its effects, and programs that need the terminal. */

import type { LabEvent } from '../core/events.ts'
import { initialState, transition } from '../core/machine.ts'
import type { Attempt, Lesson } from '../core/model.ts'
import type { Lab } from '../core/state.ts'
import { type Editable, editableFiles } from './editable.ts'
import { createEffectRunner, type Dispatch } from './effects.ts'
import { problemOf } from './problem.ts'
import type { Services } from './services.ts'

/** Runs a shell or an editor with the terminal to itself; the commands supply it. */
export type Foreground = {
  readonly shell: (where: { readonly lesson?: Lesson; readonly attempt?: Attempt }) => Promise<{ note?: string }>
  readonly edit: (what: { readonly file?: string; readonly lesson?: Lesson }) => Promise<{ note?: string }>
}

/**
 * A lab in its first state, ready to be drawn. Loading and bringing the cluster up start when somebody looks: with the
 * first subscriber, some turns of the event loop later, so that a first frame is out, and the first keys are read,
 * before the heavy parts begin.
 * `wanted`: the lesson to open, by id or name.
 */
export const createLab = (options: {
  readonly services: Services
  readonly foreground: Foreground
  readonly wanted?: string
}): Lab => {
  const { services, foreground, wanted } = options
  const { clock, log } = services
  let machine = initialState(clock.now())
  let started = false
  const listeners = new Set<() => void>()

  const handle = (event: LabEvent): void => {
    const { state, effects } = transition(machine, event)
    log.event(event.kind === 'intent' ? `intent ${event.intent.kind}` : event.kind, {
      effects: effects.map((effect) => effect.kind),
    })
    if (state !== machine) {
      const drawn = state.lab !== machine.lab
      machine = state
      if (drawn) for (const listener of [...listeners]) listener()
    }
    for (const effect of effects) runner.run(effect)
    // The list is only an offer: a failure to make it is no news, the editor will say what is wrong.
    if (event.kind === 'begun' || event.kind === 'cluster-up') void lookForEditables().catch(() => {})
  }
  const dispatch: Dispatch = (event) => handle({ ...event, at: clock.now() } as LabEvent)
  const runner = createEffectRunner(services, dispatch)

  let editables: readonly Editable[] = []
  const lookForEditables = async (): Promise<void> => {
    const lesson = lessonNow()
    if (!lesson || machine.lab.cluster.state !== 'ready') return
    const [cluster, workspace] = await Promise.all([services.cluster(), services.workspace(lesson)])
    editables = editableFiles({ lesson, controlPlane: cluster.files(), workspace: await workspace.list() })
  }

  const lessonNow = (): Lesson | undefined => machine.catalogue.find((each) => each.id === machine.lab.current?.id)

  return {
    state: () => machine.lab,
    subscribe: (listener) => {
      listeners.add(listener)
      if (!started) {
        started = true
        void turns(4).then(() => dispatch({ kind: 'started', wanted }))
      }
      return () => void listeners.delete(listener)
    },
    send: (intent) => dispatch({ kind: 'intent', intent }),
    handover: async (what) => {
      const lesson = lessonNow()
      try {
        return what.kind === 'shell'
          ? await foreground.shell({ lesson, attempt: machine.attempt })
          : await foreground.edit({ file: what.file, lesson })
      } catch (error) {
        const problem = problemOf(error)
        dispatch({ kind: 'noticed', ...problem, error: true })
        return { note: `${problem.what} ${problem.next}` }
      } finally {
        void lookForEditables().catch(() => {})
      }
    },
    editable: () => editables,
    close: () => runner.close(),
  }
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
