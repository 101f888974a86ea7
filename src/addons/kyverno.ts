import { list, read } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { KYVERNO_MODULE, KYVERNO_VERSION } from '../tools/catalogue/kyverno.ts'
import type { ReleaseFile } from '../tools/release-file.ts'
import type { AddOn, AddOnContext, Readiness } from './add-on.ts'

const NAMESPACE = 'kyverno'
const HEALTH = `/api/v1/namespaces/${NAMESPACE}/services/https:kyverno-svc:https/proxy/health/readiness`
/** Which Lease says who works, and the label of the Pods among which that one is. */
const LEADERS = { kyverno: 'kyverno-admission-controller', 'kyverno-reports-controller': 'kyverno-reports-controller' }

const crd = (file: string, sha256: string): ReleaseFile => ({
  name: `kyverno-${file.slice(file.indexOf('/') + 1)}.yaml`,
  url: `https://raw.githubusercontent.com/kyverno/kyverno/${KYVERNO_VERSION}/config/crds/${file}.yaml`,
  sha256,
  module: { path: KYVERNO_MODULE, version: KYVERNO_VERSION, file: `config/crds/${file}.yaml` },
})

/** Those that its two controllers watch: they do not start without. The ones of its other controllers are left out. */
const CRDS: readonly ReleaseFile[] = [
  ['kyverno/kyverno.io_clusterpolicies', '8b567653a33c7db9843ec2d2c2f4845625bed6d4b005dbb5485e6646b9376703'],
  ['kyverno/kyverno.io_globalcontextentries', 'e293ae2cde583f817f96bdfaf07e0392d4ddee79287a837a63ffb1e3e72e39d9'],
  ['kyverno/kyverno.io_policies', 'fffdcf308c638c699b8e90eb31d130a19928709e6309319942f5fb4cd412122b'],
  ['kyverno/kyverno.io_policyexceptions', '345e9bd67b8fe870d8d4715e14a15b1792c49a9272a272530950d05af48439dc'],
  ['kyverno/kyverno.io_updaterequests', 'a2049971b39826c881aa1c81837c931b12e3706221a257175a8589f3c197fa38'],
  [
    'policies.kyverno.io/policies.kyverno.io_generatingpolicies',
    'aa44610859284bdb3c6de6b0d7a00d1d67bc8d0970704499c53c1f9266bf4a52',
  ],
  [
    'policies.kyverno.io/policies.kyverno.io_imagevalidatingpolicies',
    '32436252cd83925e228604dd33d5218509621946df7c8239f3d9df878d5f0503',
  ],
  [
    'policies.kyverno.io/policies.kyverno.io_mutatingpolicies',
    '7a71c76ed2ae76bedfa1e285fa919a2e8bb0bc7ea7a2122bebc6d9c183659688',
  ],
  [
    'policies.kyverno.io/policies.kyverno.io_namespacedgeneratingpolicies',
    'd7083e8deec50684616125a6902d9bd0ebd1963e24744aed4a2c0514f6ddd965',
  ],
  [
    'policies.kyverno.io/policies.kyverno.io_namespacedimagevalidatingpolicies',
    '1b55ad801410dd7a4f40d0f2cbb26a67453d55ebd87d74878e2eb7997c7d4e69',
  ],
  [
    'policies.kyverno.io/policies.kyverno.io_namespacedmutatingpolicies',
    '20faa0dcc23ab391e69eb5a5801108207f0464b76795d9958bcdd80dce5958d8',
  ],
  [
    'policies.kyverno.io/policies.kyverno.io_namespacedvalidatingpolicies',
    'c37704b3dbdc5c9034d69df1618448eb242bf8a53dddf76987c0b6f08898dfe1',
  ],
  [
    'policies.kyverno.io/policies.kyverno.io_policyexceptions',
    '4663799165411bc350b3c2d35a370b05ac148a03ce3af9de9821974f77eb503d',
  ],
  [
    'policies.kyverno.io/policies.kyverno.io_validatingpolicies',
    '87d8700778623b26ae2c9b2f512713e478714ddd0fbcb4e44574c76ae015f10f',
  ],
  [
    'policyreport/wgpolicyk8s.io_clusterpolicyreports',
    'ee99a9dd0a1fc96de02f37962b26c2dfa052477c40fa3a60cb2690d30ce2a82d',
  ],
  ['policyreport/wgpolicyk8s.io_policyreports', '595ab5728178e3ebe8a9ed9210a32484eb7a0e2dc061b276a3afca703b8ba7c4'],
  [
    'reports/reports.kyverno.io_clusterephemeralreports',
    '325109100103822e5071dd46f508626632f1b75cbd5d4c23a03bb60ef5bb1050',
  ],
  ['reports/reports.kyverno.io_ephemeralreports', '98d7c36568bf9aaa8da1c531fb56bf49b072b2782f74ee95d483717b6c7f852a'],
].map(([file = '', sha256 = '']) => crd(file, sha256))

/** Why this controller does not work yet: the Pod that leads must be one that there is. */
const notLeading = async (
  { probe, signal }: AddOnContext,
  [lease, app]: readonly [string, string],
): Promise<string | undefined> => {
  const labelSelector = `app.kubernetes.io/name=${app}`
  const [held, pods] = await Promise.all([
    read(probe, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: NAMESPACE, name: lease }, { signal }),
    list(probe, { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE }, { labelSelector, signal }),
  ])
  const holder = (held?.spec as { readonly holderIdentity?: string } | undefined)?.holderIdentity ?? ''
  const isThere = pods.some(({ metadata }) => metadata?.name !== undefined && holder.startsWith(metadata.name))
  return isThere ? undefined : `${app} has not begun to work`
}

/** Its webhooks are kept up by whichever Pod leads, and answered by those that have a certificate. */
const ready = async (context: AddOnContext): Promise<Readiness> => {
  const { probe, signal } = context
  const reply = await probe.api({ method: 'GET', path: HEALTH, signal, timeoutMs: 3000 })
  if (!isOk(reply)) return { kind: 'waiting', reason: statusMessage(reply) }
  const reasons = await Promise.all(Object.entries(LEADERS).map((each) => notLeading(context, each)))
  const reason = reasons.find((each) => each !== undefined)
  return reason === undefined ? { kind: 'ready' } : { kind: 'waiting', reason }
}

/**
 * Kyverno's admission controller and its reports controller. Only in containers: it takes two processes, and the API
 * server has to reach the webhooks of the one, which Kyverno offers outside of a cluster for debugging alone.
 */
export const kyverno: AddOn = {
  name: 'kyverno',
  title: 'Kyverno',
  version: KYVERNO_VERSION,
  namespace: NAMESPACE,
  crds: CRDS,
  kind: {
    deployment: 'kyverno-admission-controller',
    images: ['kyverno-admission-controller', 'kyverno-reports-controller'],
  },
  ready,
}
