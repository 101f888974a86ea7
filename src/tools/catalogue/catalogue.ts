import { UserError } from '../../core/errors.ts'
import type { ToolEntry } from './entry.ts'
import { etcdTools } from './etcd.ts'
import { externalSecretsTools } from './external-secrets.ts'
import { kubernetesTools } from './kubernetes.ts'
import { laterTools } from './later.ts'
import { nodeImageTools } from './node-image.ts'
import { registryTools } from './registry.ts'

/** Every tool the lab knows, in the order in which `tools` shows them. */
export const catalogue: readonly ToolEntry[] = [
  ...etcdTools,
  ...kubernetesTools,
  ...laterTools,
  ...externalSecretsTools,
  ...registryTools,
  ...nodeImageTools,
]

/** What the embedded control plane cannot start without. */
export const EMBEDDED_TOOLS: readonly string[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']

/** What the lab runs itself to have a kind cluster. */
export const KIND_TOOLS: readonly string[] = ['kind', 'kubectl']

/** The entry of that name; throws UserError with the known names. */
export const findEntry = (entries: readonly ToolEntry[], name: string): ToolEntry => {
  const entry = entries.find((candidate) => candidate.name === name)
  if (entry) return entry
  throw new UserError({
    what: `The lab knows no tool called ${name}.`,
    next: `Choose from: ${entries.map((candidate) => candidate.name).join(', ')}.`,
  })
}
