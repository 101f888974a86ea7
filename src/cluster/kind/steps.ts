import type { Report, StepReport } from '../../core/ports.ts'
import { stepIn } from './kind-cli.ts'

const TITLES: readonly (readonly [id: string, title: string])[] = [
  ['tools', 'Programs of the lab'],
  ['engine', 'Container engine'],
  ['node-image', 'Node image'],
  ['node', 'Node'],
  ['configuration', 'Configuration'],
  ['control-plane', 'Control plane'],
  ['network', 'Network of the Pods'],
  ['storage', 'Storage'],
  ['node-ready', 'Node ready'],
  ['service-account', 'ServiceAccount default'],
  ['images', 'Images of the lessons'],
]

/** kind's own step names, by what they begin with. */
const KINDS: readonly (readonly [begin: string, id: string])[] = [
  ['Ensuring node image', 'node-image'],
  ['Preparing nodes', 'node'],
  ['Writing configuration', 'configuration'],
  ['Starting control-plane', 'control-plane'],
  ['Installing CNI', 'network'],
  ['Installing StorageClass', 'storage'],
  ['Waiting', 'node-ready'],
]

export type Step = (id: string, state: StepReport['state'], detail?: string) => void

/** Reports each step once a state; `line` turns kind's own output into steps. */
export const stepReporter = (
  report: Report,
): { readonly step: Step; readonly line: (text: string) => void; readonly failed: () => void } => {
  const last = new Map<string, StepReport['state']>()
  let current: string | undefined
  const tell = (id: string, state: StepReport['state'], more: { detail?: string; line?: string }) => {
    last.set(id, state)
    if (state === 'running') current = id
    report({ id, title: TITLES.find(([known]) => known === id)?.[1] ?? id, state, ...more })
  }
  const step: Step = (id, state, detail) => {
    if (last.get(id) === state || (last.get(id) === 'done' && state === 'running')) return
    tell(id, state, detail === undefined ? {} : { detail })
  }
  return {
    step,
    line: (text) => {
      const found = stepIn(text)
      const id = found && KINDS.find(([begin]) => found.title.startsWith(begin))?.[1]
      if (found && id) step(id, found.state)
      else if (current !== undefined && last.get(current) === 'running' && text.trim() !== '') {
        tell(current, 'running', { line: text.trim() })
      }
    },
    failed: () => {
      if (current !== undefined && last.get(current) === 'running') step(current, 'failed')
    },
  }
}
