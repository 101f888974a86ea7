import type { Bindings, CheckSpec, CredentialSpec, Finding } from '../core/model.ts'
import type { CheckContext, ComponentName } from '../core/ports.ts'
import type { z } from './fields.ts'

/** What a change must touch for a verdict to change: hints for the grader, never the truth. */
export type WatchHint =
  /** Objects of a kind, in one namespace or all. */
  | { readonly kind: 'objects'; readonly apiVersion: string; readonly object: string; readonly namespace?: string }
  /** Workspace files, by path or glob. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'control-plane-file'; readonly name: string }
  | { readonly kind: 'component'; readonly name: ComponentName }
  /** Nothing announces it (token caches, raw etcd, reloaded files): look again at intervals. */
  | { readonly kind: 'poll' }

/** One kind of check: what a lesson may write under `with`, what it watches, how it looks and how it explains. */
export type CheckKind<W = unknown> = {
  readonly kind: string
  /** Validates `with`, before placeholders are filled in. Strict: an unknown key is a mistake. */
  readonly schema: z.ZodType<W>
  /** Milliseconds that the API server's own caches may lag behind a change that this kind looks at. */
  readonly lagMs: number
  /** It makes throw-away objects of its own, or is costly: not to be asked again and again without need. */
  readonly heavy?: boolean | ((fields: W) => boolean)
  /** Milliseconds that one look may take, when the grader's usual deadline is too short. */
  readonly deadlineMs?: (fields: W) => number
  watches(fields: W, spec?: Pick<CheckSpec, 'given'>): readonly WatchHint[]
  /** Looks afresh. Throws UnreachableError when nothing answers, AbortError when cancelled. */
  run(fields: W, context: CheckContext): Promise<Finding>
  /** The expected state in words, when the lesson has none of its own. */
  expected(fields: W): string
  /**
   * Of a finding that is not met: names of the add-ons whose work it may be waiting for, or who would have had to answer.
   * Left out, or none: it is about the learner's objects, whoever runs or does not.
   */
  awaits?(fields: W, finding: Finding): readonly string[]
  /** One read-only command that shows the same fact, or undefined when there is none. */
  reproduce(fields: W, bindings: Bindings): string | undefined
}

/** Keeps the type of `with` from schema to run inside a kind's file, and hides it from the registry. */
export const defineKind = <W>(kind: CheckKind<W>): CheckKind => kind as CheckKind

/** Everything that role-based access control reads. */
export const RBAC_HINTS: readonly WatchHint[] = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map(
  (object) => ({ kind: 'objects', apiVersion: 'rbac.authorization.k8s.io/v1', object }),
)

/** What can change who a credential is: its kubeconfig in the workspace, or its ServiceAccount. */
export const credentialHints = (spec: CredentialSpec | undefined): readonly WatchHint[] => {
  if (typeof spec !== 'object') return []
  if ('kubeconfig' in spec) return [{ kind: 'file', path: spec.kubeconfig }]
  if (!('serviceAccount' in spec)) return []
  return [{ kind: 'objects', apiVersion: 'v1', object: 'ServiceAccount', namespace: spec.serviceAccount.split('/')[0] }]
}
