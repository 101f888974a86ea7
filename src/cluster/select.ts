import { UserError } from '../core/errors.ts'
import type { Cluster } from '../core/ports.ts'
import { createEmbeddedCluster } from './embedded/cluster.ts'

/** What `--backend` takes. */
export const BACKEND_CHOICES = ['auto', 'kind', 'embedded'] as const
export type BackendChoice = (typeof BACKEND_CHOICES)[number]

/**
 * The cluster of the chosen backend, and why it is that one (a line to show). Throws UserError for a backend that this
 * version does not have.
 */
export const createCluster = (
  options: { readonly backend: string } & Parameters<typeof createEmbeddedCluster>[0],
): { readonly cluster: Cluster; readonly reason: string } => {
  const { backend, ...rest } = options
  switch (backend) {
    case 'auto':
      return {
        cluster: createEmbeddedCluster(rest),
        reason: 'embedded: real etcd, kube-apiserver and kube-controller-manager as processes of this machine',
      }
    case 'embedded':
      return { cluster: createEmbeddedCluster(rest), reason: 'embedded: chosen with --backend' }
    case 'kind':
      throw new UserError({
        what: 'This version has no kind backend yet.',
        next: 'Use `--backend embedded`: the same lessons on a real control plane, without a container engine.',
        exitCode: 3,
      })
    default:
      throw new UserError({
        what: `There is no backend "${backend}".`,
        next: `Choose one of: ${BACKEND_CHOICES.join(', ')}.`,
      })
  }
}
