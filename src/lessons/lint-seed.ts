import type { LoadedLesson } from './load.ts'
import type { Mistake } from './mistake.ts'
import { parseYamlAll, type YamlDocument } from './yaml.ts'

/** Built-in kinds that live outside namespaces (k8s.io/api v0.34, the types marked +genclient:nonNamespaced). */
const CLUSTER_SCOPED = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterTrustBundle',
  'CustomResourceDefinition',
  'DeviceClass',
  'FlowSchema',
  'IPAddress',
  'IngressClass',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'RuntimeClass',
  'ServiceCIDR',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
])
const BUILT_IN = /^(v1|(apps|batch|autoscaling|policy|extensions)\/v\d\w*|([a-z.]+\.)?k8s\.io\/v\d\w*)$/
/** Namespaces that every cluster has. */
const GIVEN_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']
/** Namespaces of add-ons in which lessons put objects. */
const ADD_ON_NAMESPACES: Readonly<Record<string, string>> = { 'parameter-store': 'aws' }

type Placed = { readonly file: string; readonly document: YamlDocument }
type Manifest = {
  readonly apiVersion?: unknown
  readonly kind?: unknown
  readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown }
}

const isMap = (value: unknown): value is Manifest =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Mistakes in the manifests of seed/*.yaml. */
export const lintSeed = ({ folder, lesson }: LoadedLesson): readonly Mistake[] => {
  const found: Mistake[] = []
  const seed: readonly Placed[] = folder.seed.flatMap((file) =>
    parseYamlAll(file.text).map((document) => ({ file: `${folder.name}/seed/${file.path}`, document })),
  )
  const ofAddOns = (lesson?.needs.addons ?? []).flatMap((name) => ADD_ON_NAMESPACES[name] ?? [])
  const namespaces = new Set([...GIVEN_NAMESPACES, ...ofAddOns])
  for (const { document } of seed) {
    if (isMap(document.value) && document.value.kind === 'Namespace')
      namespaces.add(String(document.value.metadata?.name))
  }
  const names = new Map<string, string>()
  for (const { file, document } of seed) {
    const add = (path: readonly (string | number)[], message: string): void => {
      found.push({ severity: 'error', file, ...document.at(path), message })
    }
    for (const mistake of document.mistakes) {
      found.push({ severity: 'error', file, ...mistake.position, message: mistake.message })
    }
    const manifest = document.value
    if (manifest === undefined || document.mistakes.length > 0) continue
    if (!isMap(manifest)) {
      add([], 'expected a manifest with apiVersion, kind and metadata')
      continue
    }
    const { apiVersion, kind } = manifest
    const name = manifest.metadata?.name
    const namespace = manifest.metadata?.namespace
    if (typeof apiVersion !== 'string') add(['apiVersion'], 'apiVersion: expected text')
    if (typeof kind !== 'string') add(['kind'], 'kind: expected text')
    else if (kind === 'List') add(['kind'], 'kind: expected single manifests divided by ---, found a List')
    if (typeof name !== 'string') add(['metadata'], 'metadata.name: expected text')
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') continue
    if (BUILT_IN.test(apiVersion)) {
      const scoped = CLUSTER_SCOPED.has(kind)
      if (scoped && namespace !== undefined) add(['metadata', 'namespace'], `${kind} is not in a namespace`)
      if (!scoped && typeof namespace !== 'string') add(['metadata'], `${kind} ${name}: expected metadata.namespace`)
    }
    if (typeof namespace === 'string' && !namespaces.has(namespace)) {
      add(['metadata', 'namespace'], `namespace ${namespace} is neither in the seed nor in every cluster`)
    }
    const key = `${apiVersion} ${kind} ${String(namespace ?? '')}/${name}`
    if (names.has(key)) add([], `${kind} ${name} is in the seed twice, first in ${names.get(key)}`)
    else names.set(key, file)
  }
  return found
}
