import type { ApiReply, Clock, Credential, Probe } from '../ports.ts'
import { type ApiResource, type ObjectRef, pathIn, pathOf, resourceOf } from './discovery.ts'
import { isOk, orThrow } from './reply.ts'

/** An API object as JSON; only what identifies it is typed. */
export type Manifest = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata?: {
    readonly name?: string
    readonly generateName?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

type Call = { readonly as?: Credential; readonly signal?: AbortSignal; readonly timeoutMs?: number }

const FIELD_MANAGER = 'k8s-sec-lab'

/** The reference of a manifest. */
export const refOf = (manifest: Manifest): ObjectRef => ({
  apiVersion: manifest.apiVersion,
  kind: manifest.kind,
  namespace: manifest.metadata?.namespace,
  name: manifest.metadata?.name,
})

/** "Role shop/reader", for sentences. */
export const describeRef = (ref: ObjectRef): string =>
  `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name ?? ''}`.trim()

/**
 * Server-side apply of one object (created when it has only a generateName). Answers the API server's reply as it is:
 * `isOk`, `statusMessage` and `orThrow` of reply.ts read it. `force` (default true) takes over fields of other managers.
 */
export const apply = async (
  probe: Probe,
  manifest: Manifest,
  options: Call & { readonly fieldManager?: string; readonly dryRun?: boolean; readonly force?: boolean } = {},
): Promise<ApiReply> => {
  const { as, signal, timeoutMs } = options
  const resource = await resourceOf(probe, manifest, { signal })
  const name = manifest.metadata?.name
  const namespace = manifest.metadata?.namespace ?? (resource.namespaced ? 'default' : undefined)
  const query = new URLSearchParams({ fieldManager: options.fieldManager ?? FIELD_MANAGER })
  if (options.dryRun) query.set('dryRun', 'All')
  if (name === undefined) {
    const path = `${pathIn(resource, { namespace })}?${query}`
    return probe.api({ method: 'POST', path, as, signal, timeoutMs, body: manifest })
  }
  if (options.force ?? true) query.set('force', 'true')
  return probe.api({
    method: 'PATCH',
    path: `${pathIn(resource, { namespace, name })}?${query}`,
    as,
    signal,
    timeoutMs,
    contentType: 'application/apply-patch+yaml', // JSON is YAML
    body: manifest,
  })
}

/** POST of one object, as `kubectl create`; the reply as it is. */
export const create = async (
  probe: Probe,
  manifest: Manifest,
  options: Call & { readonly dryRun?: boolean } = {},
): Promise<ApiReply> => {
  const { as, signal, timeoutMs } = options
  const resource = await resourceOf(probe, manifest, { signal })
  const namespace = manifest.metadata?.namespace ?? (resource.namespaced ? 'default' : undefined)
  const query = new URLSearchParams({ fieldManager: FIELD_MANAGER, ...(options.dryRun ? { dryRun: 'All' } : {}) })
  const path = `${pathIn(resource, { namespace })}?${query}`
  return probe.api({ method: 'POST', path, as, signal, timeoutMs, body: manifest })
}

/** One object, or undefined when it does not exist (or its namespace or kind does not). Throws on any other refusal. */
export const read = async (probe: Probe, ref: ObjectRef, options: Call = {}): Promise<Manifest | undefined> => {
  const path = await pathOf(probe, ref, { signal: options.signal })
  const reply = await probe.api({ method: 'GET', path, ...options })
  if (reply.status === 404) return undefined
  return orThrow(reply, `read ${describeRef(ref)}`).json as Manifest
}

/** All objects of a kind: in one namespace or in all, narrowed by label selector. Items get apiVersion and kind. */
export const list = async (
  probe: Probe,
  type: { readonly apiVersion: string; readonly kind: string; readonly namespace?: string },
  options: Call & { readonly labelSelector?: string; readonly fieldSelector?: string } = {},
): Promise<readonly Manifest[]> =>
  listIn(probe, await resourceOf(probe, type, { signal: options.signal }), type, options)

/** Like `list`, for a resource that is known already. A kind that vanished meanwhile has no objects. */
export const listIn = async (
  probe: Probe,
  resource: ApiResource,
  scope: { readonly namespace?: string } = {},
  options: Call & { readonly labelSelector?: string; readonly fieldSelector?: string } = {},
): Promise<readonly Manifest[]> => {
  const { labelSelector, fieldSelector, ...call } = options
  const found: Manifest[] = []
  let next = ''
  do {
    const query = new URLSearchParams({ limit: '500' })
    if (labelSelector) query.set('labelSelector', labelSelector)
    if (fieldSelector) query.set('fieldSelector', fieldSelector)
    if (next) query.set('continue', next)
    const path = `${pathIn(resource, { namespace: scope.namespace })}?${query}`
    const reply = await probe.api({ method: 'GET', path, ...call })
    if (reply.status === 404) return found
    const page = orThrow(reply, `list ${resource.plural}`).json as {
      items?: readonly Manifest[] | null
      metadata?: { continue?: string }
    }
    for (const item of page.items ?? []) {
      found.push({ ...item, apiVersion: resource.apiVersion, kind: resource.kind })
    }
    next = page.metadata?.continue ?? ''
  } while (next !== '')
  return found
}

/** Deletes one object; the reply as it is (404 when it was not there). Dependents go in the background by default. */
export const remove = async (
  probe: Probe,
  ref: ObjectRef,
  options: Call & {
    readonly propagation?: 'Background' | 'Foreground' | 'Orphan'
    readonly graceSeconds?: number
  } = {},
): Promise<ApiReply> => {
  const { propagation, graceSeconds, ...call } = options
  return probe.api({
    method: 'DELETE',
    path: await pathOf(probe, ref, { signal: options.signal }),
    ...call,
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: propagation ?? 'Background',
      ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    },
  })
}

/** Resolves true once the object is gone, false when it still exists after `deadlineMs`. */
export const waitGone = async (
  probe: Probe,
  ref: ObjectRef,
  options: { readonly clock: Clock; readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<boolean> => {
  const { clock, signal } = options
  const end = clock.now() + options.deadlineMs
  for (;;) {
    if ((await read(probe, ref, { signal })) === undefined) return true
    if (clock.now() >= end) return false
    await clock.sleep(100, signal)
  }
}

/**
 * Resolves true once a namespace can take Pods: its `default` ServiceAccount is made by a controller some moments
 * after the namespace. False when it still lacks it after `deadlineMs`.
 */
export const waitNamespaceReady = async (
  probe: Probe,
  namespace: string,
  options: { readonly clock: Clock; readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<boolean> => {
  const { clock, signal } = options
  const end = clock.now() + options.deadlineMs
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/default`
  for (;;) {
    if (isOk(await probe.api({ method: 'GET', path, signal }))) return true
    if (clock.now() >= end) return false
    await clock.sleep(50, signal)
  }
}
