import type { ComponentStatus } from '../core/ports.ts'
import { CONFIG_FILES } from './control-plane-files.ts'

/** Why a component does not do what its manifest says, and what to do. */
export const explain = (component: ComponentStatus): string =>
  `${whatFails(component)} Put it right with \`k8s-sec-lab edit ${fileToEdit(component)}\`.`

/** The first half alone: why a component does not do what its manifest says. */
export const whatFails = (component: Pick<ComponentStatus, 'name' | 'state' | 'lastError'>): string => {
  const words = (component.lastError ?? 'it said nothing').replace(/([^.!?])$/, '$1.')
  switch (component.state) {
    case 'stale':
      return `${component.name} keeps its old manifest, the new one was rejected: ${words}`
    case 'absent':
      return `${component.name} has no usable manifest: ${words}`
    default:
      return `${component.name} does not stay up: ${words}`
  }
}

/** The file to put right: the one that the component's own words name, else what it is started from. */
export const fileToEdit = ({ name, lastError = '' }: Pick<ComponentStatus, 'name' | 'lastError'>): string =>
  fileNamed(lastError) ?? (name === 'kubelet' ? 'kubelet-config.yaml' : `${name}.yaml`)

/** kube-apiserver does not name encryption.yaml when it refuses what stands in it, or misses a key that has left it. */
const ABOUT_ENCRYPTION = /error while parsing file: \[?resources\b|for the provided \w+ transformer/

const fileNamed = (words: string): string | undefined =>
  CONFIG_FILES.find((file) => words.includes(`/${file}`)) ??
  (ABOUT_ENCRYPTION.test(words) ? 'encryption.yaml' : undefined)

/** A component's words, and behind them what to do when they are about one of its files. */
export const withRemedy = (words: string): string => {
  const file = fileNamed(words)
  return file === undefined
    ? words
    : `${words.replace(/([^.!?])$/, '$1.')} Put it right with \`k8s-sec-lab edit ${file}\`.`
}
