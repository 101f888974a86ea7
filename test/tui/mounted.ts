/** The skin, mounted on a terminal in memory over a lab in memory. */
import type { LabState } from '../../src/core/state.ts'
import { mountTui } from '../../src/tui/mount.tsx'
import { createFakeTerminal, type FakeTerminal } from '../support/terminal.ts'
import { createFakeLab, type FakeLab, NOW, STATE } from './fake-lab.ts'
import { UTF8 } from './scenes.ts'

export type Mounted = {
  readonly terminal: FakeTerminal
  readonly lab: FakeLab
  /** Moves the lab's clock. */
  readonly pass: (milliseconds: number) => void
  /** Closes the lab and resolves once the skin has gone. */
  readonly close: () => Promise<unknown>
  readonly ended: Promise<unknown>
}

export const mounted = async (
  options: { state?: Partial<LabState>; columns?: number; rows?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<Mounted> => {
  const { columns = 120, rows = 40, env = UTF8, state = {} } = options
  const terminal = createFakeTerminal({ columns, rows })
  const lab = createFakeLab({ ...STATE, ...state })
  let now = NOW
  const ended = mountTui({ lab, stdin: terminal.stdin, stdout: terminal.stdout, env, now: () => now })
  await terminal.waitForText(columns < 60 || rows < 20 ? 'Please enlarge' : 'k8s-sec-lab')
  return {
    terminal,
    lab,
    pass: (milliseconds) => {
      now += milliseconds
      lab.set({})
    },
    close: async () => {
      lab.set({ closing: true })
      return ended
    },
    ended,
  }
}
