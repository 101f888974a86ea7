/** The Pod that the template of a live object makes: what its controller would send to the API server. */
import { list, type Manifest, read } from '../core/api/objects.ts'
import type { CheckContext } from '../core/ports.ts'
import { text, z } from './fields.ts'
import { listed } from './findings.ts'

export const templateOwner = z.strictObject({
  apiVersion: text,
  kind: text,
  namespace: text,
  name: text,
  /** Namespace that the Pod is tried in; the owner's own when absent. */
  into: text.optional(),
})
export type TemplateOwner = z.infer<typeof templateOwner>

/** "a Pod of Deployment legacy", for sentences. */
export const titleOf = ({ kind, name }: TemplateOwner): string => `a Pod of ${kind} ${name}`

/** What stands for the Pod before its owner has been read. */
export const bare = ({ namespace, name, into }: TemplateOwner): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: `${name}-`, namespace: into ?? namespace },
})

type Template = { readonly metadata?: Manifest['metadata']; readonly spec?: Readonly<Record<string, unknown>> }

/**
 * The Pod of a live owner's `spec.template`, labels and annotations included; or why there is none. In another
 * namespace it runs as that namespace's `default` ServiceAccount, because its own does not exist there.
 */
export const podOf = async (
  owner: TemplateOwner,
  { probe, signal }: Pick<CheckContext, 'probe' | 'signal'>,
): Promise<{ readonly pod: Manifest } | { readonly missing: string }> => {
  const { apiVersion, kind, namespace, name, into } = owner
  const live = await read(probe, { apiVersion, kind, namespace, name }, { signal })
  if (!live) {
    const others = (await list(probe, { apiVersion, kind, namespace }, { signal })).map(
      (each) => each.metadata?.name ?? '',
    )
    const rest = others.length === 0 ? `there is no ${kind} in ${namespace}` : `there is: ${listed(others)}`
    return { missing: `no ${kind} ${namespace}/${name}; ${rest}` }
  }
  const template = (live.spec as { readonly template?: Template } | undefined)?.template
  if (template?.spec === undefined) return { missing: `${kind} ${namespace}/${name} has no template for Pods` }
  const { serviceAccount: _, serviceAccountName: __, ...elsewhere } = template.spec
  const spec = into === undefined || into === namespace ? template.spec : elsewhere
  const { labels, annotations } = template.metadata ?? {}
  const plain = bare(owner)
  return { pod: { ...plain, metadata: { ...plain.metadata, labels, annotations }, spec } }
}
