import type { Backend } from '../../core/model.ts'

/** One thing that was looked at on this machine. `note` is worth knowing; `problem` keeps a cluster from running. */
export type Finding = {
  readonly id: string
  readonly title: string
  readonly state: 'ok' | 'note' | 'problem'
  readonly found: string
  /** What to do about it; always there for a problem. */
  readonly fix?: string
  /** The backend that it is about; absent when it is about all. */
  readonly for?: Backend
}

export type Environment = Readonly<Record<string, string | undefined>>

export const ok = (id: string, title: string, found: string): Finding => ({ id, title, state: 'ok', found })

export const note = (id: string, title: string, found: string, fix?: string): Finding =>
  fix === undefined ? { id, title, state: 'note', found } : { id, title, state: 'note', found, fix }

export const problem = (id: string, title: string, options: { found: string; fix: string }): Finding => ({
  id,
  title,
  state: 'problem',
  ...options,
})
