import { isAbort } from '../core/errors.ts'
import type { ComponentName, Probe } from '../core/ports.ts'
import type { World } from './world.ts'

const EVERY_MS = 1000

export type ControlPlaneChange =
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'component'; readonly name: ComponentName; readonly what: string }

/**
 * Watches control-plane files and components by reading them once a second until `signal` aborts: both are cheap to
 * read, and lie where no API announces a change. Calls back for each difference, never for the first reading.
 */
export const pollControlPlane = async (options: {
  readonly probe: Probe
  readonly clock: World['clock']
  readonly files: readonly string[]
  readonly components: readonly ComponentName[]
  readonly onChange: (change: ControlPlaneChange) => void
  /** After each round, for whoever wants to try whether the API server is back. */
  readonly onRound: () => Promise<void>
  readonly signal: AbortSignal
}): Promise<void> => {
  const { probe, clock, signal, onChange } = options
  const before = new Map<string, string>()
  /** True when the state is another one than at the last reading. */
  const differs = (key: string, state: string): boolean => {
    const known = before.get(key)
    before.set(key, state)
    return known !== undefined && known !== state
  }
  while (!signal.aborted) {
    for (const name of options.files) {
      const file = await probe.controlPlaneFile(name).catch(() => undefined)
      if (differs(`file ${name}`, file ? `${file.mode} ${file.text}` : '')) onChange({ kind: 'file', name })
    }
    for (const name of options.components) {
      const status = await probe.component(name).catch(() => undefined)
      if (!status) continue
      const { state, pid, restarts } = status
      if (differs(`component ${name}`, `${state} ${pid} ${restarts}`)) {
        onChange({ kind: 'component', name, what: `${name} ${state === 'running' ? 'restarted' : state}` })
      }
    }
    await options.onRound()
    try {
      await clock.sleep(EVERY_MS, signal)
    } catch (error) {
      if (isAbort(error) || signal.aborted) return
      throw error
    }
  }
}
