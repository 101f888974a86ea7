/** What belongs to the cluster itself: no lesson's, in no baseline, never put back and never removed. */
import type { Found } from './objects.ts'

/** Names of what the cluster makes, changes and drops whenever it likes, as `group/kind namespace/name`. */
const BY_NAME: readonly RegExp[] = [
  // Accounts of the controllers, made when each first needs its token.
  /^\/ServiceAccount kube-system\/(.*-(controller|collector|cleaner|finder|binder|signer|reconciler|aggregator|protection|autoscaler)|root-ca-.*)$/,
  // The API server's own bookkeeping.
  /^\/ConfigMap kube-system\/(extension-apiserver-authentication|kube-apiserver-legacy-.*)$/,
  // Who leads, and which nodes and API servers live.
  /^coordination.k8s.io\/Lease (kube-node-lease\/.*|kube-system\/(apiserver-.*|kube-(controller-manager|scheduler))|local-path-storage\/.*|kyverno\/.*)$/,
  // Where the API server and the cluster's own services are to be found.
  /^(\/Endpoints|discovery.k8s.io\/EndpointSlice) default\/kubernetes$/,
  /^\/Endpoints (kube-system\/kube-dns|local-path-storage\/.*)$/,
  /^storage.k8s.io\/CSINode \//,
  // kubeadm's way in for further nodes ends after a day, and with it the signature of what it hands out.
  /^\/Secret kube-system\/bootstrap-token-[a-z0-9]{6}$/,
  /^\/ConfigMap kube-public\/cluster-info$/,
]

/** Requests of kubelets for their own certificates come with each rotation and are thrown away after an hour. */
const KUBELET_SIGNERS = ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving']

const ofKubelet = ({ resource, object }: Found): boolean =>
  resource.kind === 'CertificateSigningRequest' &&
  KUBELET_SIGNERS.includes(String((object.spec as { readonly signerName?: unknown } | undefined)?.signerName))

/** Where the Pods of an add-on are to be found; the name of their label is the one that src/addons puts on. */
const isOfAddOn = ({ resource, object }: Found): boolean =>
  resource.kind === 'Endpoints' && object.metadata?.labels?.['k8s-sec-lab.dev/add-on'] !== undefined

export const isNode = ({ key }: Found): boolean => key.startsWith('/Node ')

/**
 * Objects that may come and change after the baseline was taken, and are nobody's but the cluster's. Of Nodes, those
 * whose names were known when the baseline was taken: their kubelets and controllers write what they are all the time.
 * One that came later is a lesson's, or the learner's, and a DaemonSet would count it. Without names every Node is the
 * cluster's: taking one away that has a kubelet would take the cluster away.
 */
export const isOfCluster = (found: Found, nodes?: readonly string[]): boolean =>
  (isNode(found) && (nodes?.includes(found.object.metadata?.name ?? '') ?? true)) ||
  BY_NAME.some((pattern) => pattern.test(found.key)) ||
  ofKubelet(found) ||
  isOfAddOn(found)

type Owner = { readonly uid?: string }

/** Uids of those who own an object. */
export const ownersOf = ({ object }: Found): readonly string[] =>
  ((object.metadata?.ownerReferences ?? []) as readonly Owner[]).map(({ uid = '' }) => uid)
