/** Mistakes in what a lesson brings for the control plane and for nodes: seed/control-plane/, seed/node/, node-files. */
import { isPatch, patchedName } from '../core/merge-patch.ts'
import type { Capability } from '../core/model.ts'
import { placeholders } from '../core/template.ts'
import type { LoadedLesson } from './load.ts'
import type { Mistake } from './mistake.ts'
import { parseYamlAll } from './yaml.ts'

/** Names that `edit` knows, on one backend or the other. */
const CONTROL_PLANE_FILES = [
  'kube-apiserver.yaml',
  'kube-controller-manager.yaml',
  'kube-scheduler.yaml',
  'etcd.yaml',
  'authentication.yaml',
  'authorization.yaml',
  'encryption.yaml',
  'audit-policy.yaml',
  'admission-control.yaml',
  'kubelet-config.yaml',
]
/** kubeadm writes it for each cluster anew, so that no lesson can bring it whole. */
const OF_THE_NODE = 'kubelet-config.yaml'

const isMap = (value: unknown): boolean => value !== null && typeof value === 'object' && !Array.isArray(value)

const lintControlPlane = ({ folder }: LoadedLesson): readonly Mistake[] => {
  const found: Mistake[] = []
  const paths = folder.controlPlaneSeed.map(({ path }) => path)
  for (const { path, text } of folder.controlPlaneSeed) {
    const add = (message: string, position = { line: 1, col: 1 }): void => {
      found.push({ severity: 'error', file: `${folder.name}/seed/control-plane/${path}`, ...position, message })
    }
    const name = patchedName(path)
    if (!CONTROL_PLANE_FILES.includes(name)) {
      add(`there is no control-plane file ${name}: expected one of ${CONTROL_PLANE_FILES.join(', ')}`)
    } else if (path === OF_THE_NODE) add('it differs from cluster to cluster: expected kubelet-config.patch.yaml')
    if (isPatch(path) && paths.includes(name)) add(`${name} is in the seed as well: expected only one of the two`)
    const documents = parseYamlAll(text)
    for (const { position, message } of documents.flatMap(({ mistakes }) => mistakes)) {
      if (placeholders(text).length === 0 || !message.includes('((')) add(message, position)
    }
    if (isPatch(path) && (documents.length !== 1 || !isMap(documents[0]?.value))) {
      add('expected one map: the fields to change, null for those to remove')
    }
  }
  return found
}

/** What the lesson must say it needs, with the reason. */
const lintNeeds = ({ folder, documents }: LoadedLesson): readonly Mistake[] => {
  const lesson = documents.lesson.value as
    | { readonly needs?: { readonly capabilities?: unknown }; readonly 'node-files'?: unknown }
    | undefined
  const capabilities = lesson?.needs?.capabilities
  if (!Array.isArray(capabilities)) return []
  const names = folder.controlPlaneSeed.map(({ path }) => patchedName(path))
  const reasons: readonly (readonly [string, boolean, Capability])[] = [
    ['seed/control-plane/', names.some((name) => name !== OF_THE_NODE), 'control-plane-files'],
    ['seed/control-plane/kubelet-config.patch.yaml', names.includes(OF_THE_NODE), 'nodes'],
    ['seed/node/', folder.nodeSeed.length > 0, 'nodes'],
    ['node-files', lesson?.['node-files'] !== undefined, 'nodes'],
  ]
  return reasons
    .filter(([, used, capability]) => used && !capabilities.includes(capability))
    .map(([what, , capability]) => ({
      severity: 'error',
      file: `${folder.name}/lesson.yaml`,
      ...(what === 'node-files'
        ? documents.lesson.keyAt(['node-files'])
        : documents.lesson.at(['needs', 'capabilities'])),
      message: `${what} is used: expected the capability ${capability}`,
    }))
}

/** Mistakes in files for the control plane and for nodes. */
export const lintFiles = (loaded: LoadedLesson): readonly Mistake[] => [
  ...lintControlPlane(loaded),
  ...lintNeeds(loaded),
]
