import type { Bindings, Capability, Lesson } from '../core/model.ts'
import type { AddOns, Clock, Log, Probe, Scripts, Workspace } from '../core/ports.ts'

/** What a grading looks at, and with which values. */
export type World = {
  readonly probe: Probe
  readonly workspace: Workspace
  readonly scripts: Scripts
  readonly clock: Clock
  readonly capabilities: readonly Capability[]
  /** Of the attempt and the lab; nonces are made afresh for each run of a check. */
  readonly bindings: Pick<Bindings, 'vars' | 'captured' | 'lab' | 'image'>
  readonly log?: Log
  /** Asked when something is not met that one of them would have had to do. */
  readonly addOns?: Pick<AddOns, 'status'>
}

/** The parts of a lesson that grading needs. */
export type Gradable = Pick<Lesson, 'id' | 'tasks' | 'nonces'> & { readonly needs?: Pick<Lesson['needs'], 'addons'> }
