/** Turns what a lesson writes under `as` into a credential that is ready to use. */
import { UserError } from '../core/errors.ts'
import type { Bindings, CredentialSpec } from '../core/model.ts'
import type { CheckContext, Credential, Probe, Workspace } from '../core/ports.ts'
import type { Subject } from './fields.ts'
import { readKubeconfig, readWorkspaceKubeconfig } from './kubeconfig.ts'

/** User name and groups of a subject, with the groups that the API server itself would add. */
export const identityOf = (subject: Subject): { readonly user: string; readonly groups: readonly string[] } => {
  if ('serviceAccount' in subject) {
    const [namespace = '', name = ''] = subject.serviceAccount.split('/')
    return {
      user: `system:serviceaccount:${namespace}:${name}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    }
  }
  const implicit = subject.user === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
  return { user: subject.user, groups: [...new Set([...(subject.groups ?? []), implicit])] }
}

/** Flags for kubectl that make a request as a credential; undefined when that cannot be said in a command. */
export const kubectlAs = (spec: CredentialSpec | undefined): string | undefined => {
  if (spec === undefined || spec === 'admin') return ''
  if (spec === 'anonymous') return ' --as system:anonymous --as-group system:unauthenticated'
  if ('kubeconfig' in spec) return ` --kubeconfig ${spec.kubeconfig}`
  if ('token' in spec || 'provided' in spec) return undefined
  if ('serviceAccount' in spec) return ` --as ${identityOf(spec).user}`
  return ` --as ${spec.user}${(spec.groups ?? []).map((group) => ` --as-group ${group}`).join('')}`
}

/** How a sentence calls whoever a credential is. */
export const describeCredential = (spec: CredentialSpec | undefined): string => {
  if (spec === undefined || spec === 'admin') return 'the admin'
  if (spec === 'anonymous') return 'a stranger without credentials'
  if ('kubeconfig' in spec) return `the user of ${spec.kubeconfig}`
  if ('token' in spec) return 'the holder of the token'
  if ('provided' in spec) return spec.provided
  return 'serviceAccount' in spec ? `ServiceAccount ${spec.serviceAccount}` : spec.user
}

type Holders = { readonly probe: Probe; readonly workspace: Workspace; readonly bindings: Bindings }

/** The `credential` function of a check context. It throws UserError with what the learner can do about it. */
export const createCredentials =
  ({ probe, workspace, bindings }: Holders): CheckContext['credential'] =>
  async (spec): Promise<Credential> => {
    if (spec === 'admin' || spec === 'anonymous') return { kind: spec }
    if ('kubeconfig' in spec)
      return (await readWorkspaceKubeconfig(workspace, spec.kubeconfig, probe.server)).credential
    if ('provided' in spec) return providedCredential(spec.provided, bindings)
    if ('token' in spec) {
      const token = spec.token.trim()
      if (token === '') {
        throw new UserError({
          what: 'The token to try is empty',
          next: 'Begin the lesson again with `k8s-sec-lab reset`.',
        })
      }
      return { kind: 'token', token }
    }
    return { kind: 'impersonate', ...identityOf(spec) }
  }

const providedCredential = async (name: string, bindings: Bindings): Promise<Credential> => {
  const text = bindings.captured[name]
  if (text === undefined) {
    throw new UserError({
      what: `The lab kept no kubeconfig called ${name} for this attempt`,
      next: 'Begin the lesson again with `k8s-sec-lab reset`.',
      exitCode: 3,
    })
  }
  const { credential } = await readKubeconfig({ text, name, readFile: async () => undefined })
  return credential
}
