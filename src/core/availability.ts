import type { Backend, Capability, Lesson } from './model.ts'
import type { ClusterView } from './state.ts'

/** What each backend offers wherever it runs at all. */
export const BACKEND_CAPABILITIES: Readonly<Record<Backend, readonly Capability[]>> = {
  embedded: ['api', 'etcd', 'control-plane-files'],
  kind: ['api', 'etcd', 'control-plane-files', 'nodes'],
}

/** What each capability is, as the end of "this needs …". */
export const CAPABILITY_WORDS: Readonly<Record<Capability, string>> = {
  api: 'an API server',
  etcd: 'raw reads from etcd',
  'control-plane-files': 'control-plane files that can be edited',
  nodes: 'real nodes',
  'network-policy': 'something that enforces NetworkPolicy',
  apparmor: 'a kernel with AppArmor',
}

/** What a backend offers on some machines: its network plugin may enforce policies, its kernel may have AppArmor. */
const SOMETIMES: Readonly<Record<Backend, readonly Capability[]>> = {
  embedded: [],
  kind: ['network-policy', 'apparmor'],
}

/** The backends that offer everything a lesson needs, on the right machine. */
export const backendsFor = (lesson: Pick<Lesson, 'needs'>): readonly Backend[] =>
  (['embedded', 'kind'] as const).filter((backend) =>
    lesson.needs.capabilities.every((need) => [...BACKEND_CAPABILITIES[backend], ...SOMETIMES[backend]].includes(need)),
  )

/** Whether the embedded control plane is a way out: kind was chosen, and its cluster does not come up or is gone. */
export const canGoEmbedded = (cluster: ClusterView): boolean =>
  cluster.backend === 'kind' && (cluster.state === 'broken' || cluster.state === 'absent')

const inWords = (needs: readonly Capability[]): string =>
  `needs ${needs.map((need) => CAPABILITY_WORDS[need]).join(' and ')}`

/** What a lesson asks that not every backend has: "needs real nodes (backend kind)". */
export const specialNeeds = (lesson: Pick<Lesson, 'needs'>): string | undefined => {
  const backends = backendsFor(lesson)
  const special = lesson.needs.capabilities.filter(
    (need) => !Object.values(BACKEND_CAPABILITIES).every((has) => has.includes(need)),
  )
  if (special.length === 0) return undefined
  return backends.length === 0 ? inWords(special) : `${inWords(special)} (backend ${backends.join(' or ')})`
}

/**
 * Why a lesson cannot run on a backend, with what to do; undefined when it can.
 * `capabilities` are those of the running backend, which may differ from the table (AppArmor depends on the kernel).
 */
export const unavailableReason = (
  lesson: Pick<Lesson, 'needs'>,
  here: { readonly backend: Backend; readonly capabilities: readonly Capability[] },
): string | undefined => {
  const missing = lesson.needs.capabilities.filter((need) => !here.capabilities.includes(need))
  if (missing.length === 0) return undefined
  const needs = inWords(missing)
  const other = backendsFor(lesson).find((backend) => backend !== here.backend)
  return other ? `${needs}: start with --backend ${other}` : `${needs}, which this machine does not offer`
}
