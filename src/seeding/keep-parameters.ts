import { apply, type Manifest } from '../core/api/objects.ts'
import { orThrow } from '../core/api/reply.ts'
import type { Probe } from '../core/ports.ts'

const NAME = 'keep-configmap-parameters.k8s-sec-lab.dev'
const API = 'admissionregistration.k8s.io/v1'
const metadata = {
  name: NAME,
  annotations: {
    'k8s-sec-lab.dev/about':
      'Does nothing. While it is here, kube-apiserver keeps watching ConfigMaps that are parameters of policies.',
  },
}

/** A policy that no request ever meets, bound to a parameter that does not exist. */
const KEEPER: readonly Manifest[] = [
  {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicy',
    metadata,
    spec: {
      failurePolicy: 'Ignore',
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['keep.k8s-sec-lab.dev'], apiVersions: ['*'], operations: ['CREATE'], resources: ['nothing'] },
        ],
      },
      validations: [{ expression: 'true' }],
    },
  },
  {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata,
    spec: {
      policyName: NAME,
      validationActions: ['Audit'],
      paramRef: { name: 'none', namespace: 'kube-system', parameterNotFoundAction: 'Allow' },
    },
  },
]

/**
 * Makes sure that kube-apiserver goes on watching ConfigMaps as parameters of admission policies. When the last bound
 * policy with such parameters goes, it stops the watch and never starts it again until it is restarted: every later
 * policy sees the ConfigMaps of that moment for ever (apiserver v0.34, admission/plugin/policy/generic/policy_source.go,
 * ensureParamsForPolicyLocked: the shared informer is started with a channel that is closed then).
 */
export const keepParameters = async (probe: Probe, options: { readonly signal?: AbortSignal } = {}): Promise<void> => {
  for (const manifest of KEEPER) orThrow(await apply(probe, manifest, options), `make ${manifest.kind} ${NAME}`)
}
