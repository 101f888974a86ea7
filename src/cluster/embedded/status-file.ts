import { createHash } from 'node:crypto'
import type { ComponentStatus } from '../../core/ports.ts'
import type { ProcessId } from '../../store/process-identity.ts'
import { readIfThere, writeAtomic } from '../files.ts'
import type { EmbeddedComponent } from './layout.ts'

/** What the supervisor knows about one component. */
export type UnitStatus<Name extends string = EmbeddedComponent> = Omit<ComponentStatus, 'name'> & {
  readonly name: Name
  readonly identity?: string
  /** Hash of the manifest text that was looked at last, accepted or rejected. */
  readonly manifest?: string
  /** How often this supervisor has started it. */
  readonly starts: number
  /** How often it has ended without being asked to, since its manifest was accepted or its restart was asked for. */
  readonly exits: number
}

export type SupervisorStatus = {
  readonly version: 1
  readonly supervisor: ProcessId & { readonly since: string }
  readonly components: readonly UnitStatus[]
  /** Processes of add-ons. */
  readonly addOns?: readonly UnitStatus<string>[]
}

export const writeStatus = (path: string, status: SupervisorStatus): Promise<void> =>
  writeAtomic(path, `${JSON.stringify(status, undefined, 2)}\n`, 0o600, false)

/** The status as written last, or undefined when it is missing or damaged. */
export const readStatus = async (path: string): Promise<SupervisorStatus | undefined> => {
  try {
    const status = JSON.parse((await readIfThere(path)) ?? '') as SupervisorStatus
    return status.version === 1 && Array.isArray(status.components) && typeof status.supervisor?.pid === 'number'
      ? status
      : undefined
  } catch {
    return undefined
  }
}

/** Short fingerprint of a manifest's text. */
export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
