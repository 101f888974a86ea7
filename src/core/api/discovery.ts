import { UserError } from '../errors.ts'
import type { Probe } from '../ports.ts'
import { statusMessage } from './reply.ts'

/** One kind that the API server serves in one version. */
export type ApiResource = {
  readonly group: string // '' for the core group
  readonly version: string
  readonly apiVersion: string // apps/v1, v1
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  /** True when this version is the one the server prefers for the group. */
  readonly preferred: boolean
}

/** What identifies an object, or a collection when `name` is left out. */
export type ObjectRef = {
  readonly apiVersion: string
  readonly kind: string
  /** For namespaced kinds; `default` when an object is named without it, all namespaces for a collection. */
  readonly namespace?: string
  readonly name?: string
}

type Options = { readonly signal?: AbortSignal; readonly fresh?: boolean }

// One answer per probe: kinds change only with CustomResourceDefinitions, and an unknown kind asks again.
const known = new WeakMap<Probe, Promise<readonly ApiResource[]>>()

/** All resources of all groups and versions, preferred version of a group first. Remembered per probe unless `fresh`. */
export const discover = (probe: Probe, options: Options = {}): Promise<readonly ApiResource[]> => {
  const before = options.fresh ? undefined : known.get(probe)
  if (before) return before
  const asked = readDiscovery(probe, options.signal)
  known.set(probe, asked)
  asked.catch(() => known.get(probe) === asked && known.delete(probe))
  return asked
}

/** The resource for an apiVersion and kind. Throws UserError when the server does not serve it. */
export const resourceOf = async (
  probe: Probe,
  type: { readonly apiVersion: string; readonly kind: string },
  options: Options = {},
): Promise<ApiResource> => {
  const find = (all: readonly ApiResource[]) =>
    all.find((one) => one.apiVersion === type.apiVersion && one.kind === type.kind)
  const found = find(await discover(probe, options)) ?? find(await discover(probe, { ...options, fresh: true }))
  if (found) return found
  throw new UserError({
    what: `The API server has no kind "${type.kind}" in version "${type.apiVersion}".`,
    next: 'Compare apiVersion and kind with the output of `kubectl api-resources`.',
  })
}

/** Request path of an object, or of the collection when the reference has no name. */
export const pathOf = async (probe: Probe, ref: ObjectRef, options: Options = {}): Promise<string> =>
  pathIn(await resourceOf(probe, ref, options), ref)

/** Like `pathOf`, for a resource that is known already. */
export const pathIn = (
  resource: ApiResource,
  ref: { readonly namespace?: string; readonly name?: string } = {},
): string => {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.apiVersion}`
  const namespace = ref.namespace ?? (ref.name === undefined ? undefined : 'default')
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const object = ref.name === undefined ? '' : `/${encodeURIComponent(ref.name)}`
  return `${root}${scope}/${resource.plural}${object}`
}

/** One resource per group and kind that objects of can be listed and deleted, in the group's preferred version. */
export const deletableResources = async (probe: Probe, options: Options = {}): Promise<readonly ApiResource[]> => {
  const seen = new Set<string>()
  return (await discover(probe, options)).filter((one) => {
    const id = `${one.group}/${one.kind}`
    if (seen.has(id) || !one.verbs.includes('list') || !one.verbs.includes('delete')) return false
    seen.add(id)
    return true
  })
}

// Aggregated discovery answers everything in two requests; served as v2 since Kubernetes 1.30.
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

const readDiscovery = async (probe: Probe, signal?: AbortSignal): Promise<readonly ApiResource[]> => {
  const replies = await Promise.all(
    ['/api', '/apis'].map((path) => probe.api({ method: 'GET', path, headers: { accept: AGGREGATED }, signal })),
  )
  return replies.flatMap((reply) => {
    if (reply.status !== 200) {
      throw new UserError({
        what: `The API server does not say which kinds it serves: ${statusMessage(reply)}`,
        next: 'Run `k8s-sec-lab cluster status` and look at kube-apiserver.',
        exitCode: 3,
      })
    }
    return groupsOf(reply.json as Discovery)
  })
}

type Discovery = {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string }
    readonly versions?: readonly {
      readonly version: string
      readonly resources?: readonly {
        readonly resource: string
        readonly responseKind?: { readonly kind?: string }
        readonly scope: string
        readonly verbs?: readonly string[]
      }[]
    }[]
  }[]
}

const groupsOf = (discovery: Discovery): readonly ApiResource[] =>
  (discovery.items ?? []).flatMap((item) => {
    const group = item.metadata?.name ?? ''
    return (item.versions ?? []).flatMap((served, index) =>
      (served.resources ?? []).flatMap((one) =>
        one.responseKind?.kind
          ? [
              {
                group,
                version: served.version,
                apiVersion: group === '' ? served.version : `${group}/${served.version}`,
                kind: one.responseKind.kind,
                plural: one.resource,
                namespaced: one.scope === 'Namespaced',
                verbs: one.verbs ?? [],
                preferred: index === 0,
              },
            ]
          : [],
      ),
    )
  })
