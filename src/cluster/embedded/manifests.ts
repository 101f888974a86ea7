import { COMPONENTS, type EmbeddedComponent, type Layout } from './layout.ts'
import type { Ports } from './ports.ts'
import { fillProfile, type Profile } from './profile.ts'

/**
 * The static Pod manifests of the control plane, as kubeadm would write them, with the lab's own paths and ports.
 * The supervisor runs `spec.containers[0].command` and follows the probes; the rest is there because it is a real Pod.
 */
export const renderManifests = (
  profile: Profile,
  at: { readonly layout: Layout; readonly ports: Ports },
): Readonly<Record<EmbeddedComponent, string>> =>
  Object.fromEntries(
    COMPONENTS.map((name) => [
      name,
      fillProfile(profile.manifests[name], { ...at, file: `embedded/manifests/${name}.yaml` }),
    ]),
  ) as Record<EmbeddedComponent, string>
