/** The add-on registry as whoever grades sees it: the distribution API, through the API server's proxy for Services. */
import { UnreachableError, UserError } from '../errors.ts'
import type { ApiReply, ApiRequest, Probe } from '../ports.ts'
import { isOk } from './reply.ts'

export const REGISTRY_NAMESPACE = 'registry'
const PROXY = `/api/v1/namespaces/${REGISTRY_NAMESPACE}/services/http:registry:http/proxy`
/** More than a lab ever holds; the most that the registry gives at once. */
const PAGE = 1000

/** What a manifest may be: an image of either format, or an index of several. */
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ')

type Cancel = { readonly signal?: AbortSignal | undefined }
/** `path` begins with /v2/. */
type Call = Pick<ApiRequest, 'path' | 'body' | 'contentType' | 'headers'> & {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
} & Cancel

/** One manifest by tag or digest; `digest` is the registry's own word for what it gave. */
export type StoredManifest = { readonly status: number; readonly digest: string; readonly json: unknown }

/** A digest in a repository. */
export type StoredDigest = { readonly repository: string; readonly digest: string; readonly tags: readonly string[] }

const wordsOf = (reply: ApiReply): string => {
  const { errors, message } = (reply.json ?? {}) as { errors?: readonly { message?: string }[]; message?: string }
  return errors?.map((error) => error.message ?? '').join('; ') || message || `HTTP ${reply.status}`
}

/** What the registry itself answered. Throws UnreachableError when it gave no answer. */
export const askRegistry = async (probe: Probe, call: Call): Promise<ApiReply> => {
  const { method = 'GET', path, signal, ...rest } = call
  const reply = await probe.api({ ...rest, method, path: `${PROXY}${path}`, ...(signal ? { signal } : {}) })
  const isStatus = (reply.json as { kind?: unknown } | undefined)?.kind === 'Status'
  if (reply.status < 500 && !isStatus) return reply
  throw new UnreachableError({ component: 'registry', what: `The registry gave no answer: ${wordsOf(reply)}` })
}

/** The reply when it is 2xx; otherwise throws UserError with the registry's words. `what` completes "Could not …". */
export const registryOrThrow = (reply: ApiReply, what: string): ApiReply => {
  if (isOk(reply)) return reply
  throw new UserError({
    what: `Could not ${what}: ${wordsOf(reply)}`,
    next: 'Begin the lesson again with `k8s-sec-lab reset`.',
    exitCode: 3,
  })
}

/** Every repository, those that hold nothing any more included. */
export const listRepositories = async (probe: Probe, { signal }: Cancel = {}): Promise<readonly string[]> => {
  const reply = await askRegistry(probe, { path: `/v2/_catalog?n=${PAGE}`, signal })
  const { repositories } = registryOrThrow(reply, 'list what the registry holds').json as {
    repositories?: readonly string[] | null
  }
  return repositories ?? []
}

/** The tags of a repository; none for one that does not exist. */
export const listTags = async (
  probe: Probe,
  repository: string,
  { signal }: Cancel = {},
): Promise<readonly string[]> => {
  const reply = await askRegistry(probe, { path: `/v2/${repository}/tags/list?n=${PAGE}`, signal })
  if (reply.status === 404) return []
  const { tags } = registryOrThrow(reply, `list the tags of ${repository}`).json as { tags?: readonly string[] | null }
  return [...(tags ?? [])].sort()
}

/** A manifest by tag or digest. 404: there is none. */
export const pullManifest = async (
  probe: Probe,
  { repository, reference }: { readonly repository: string; readonly reference: string },
  { signal }: Cancel = {},
): Promise<StoredManifest> => {
  const path = `/v2/${repository}/manifests/${reference}`
  const { status, headers, json } = await askRegistry(probe, { path, headers: { accept: MANIFESTS }, signal })
  return { status, digest: status === 200 ? (headers['docker-content-digest'] ?? '') : '', json }
}

/** Takes away a manifest, by digest, with all its tags; or, by tag, only that tag. False when it was not there. */
export const deleteManifest = async (
  probe: Probe,
  { repository, reference }: { readonly repository: string; readonly reference: string },
  { signal }: Cancel = {},
): Promise<boolean> => {
  const path = `/v2/${repository}/manifests/${reference}`
  const reply = await askRegistry(probe, { method: 'DELETE', path, signal })
  if (reply.status === 404) return false
  registryOrThrow(reply, `delete ${reference} of ${repository}`)
  return true
}

/**
 * Every digest that is stored: what tags point at now, and those of `known` that still are there. The registry does not
 * tell of a manifest that lost its last tag: whoever wants to find it has to know it.
 */
export const storedDigests = async (
  probe: Probe,
  known: readonly { readonly repository: string; readonly digest: string }[],
  { signal }: Cancel = {},
): Promise<readonly StoredDigest[]> => {
  const found = new Map<string, { repository: string; digest: string; tags: string[] }>()
  const at = (repository: string, digest: string) => {
    const key = `${repository}@${digest}`
    const entry = found.get(key) ?? { repository, digest, tags: [] }
    found.set(key, entry)
    return entry
  }
  const pull = (repository: string, reference: string) => pullManifest(probe, { repository, reference }, { signal })
  const tagged = async (repository: string): Promise<void> => {
    const tags = await listTags(probe, repository, { signal })
    const digests = await Promise.all(tags.map(async (tag) => ({ tag, ...(await pull(repository, tag)) })))
    // A tag that went in between is no longer there.
    for (const { tag, status, digest } of digests) if (status === 200) at(repository, digest).tags.push(tag)
  }
  await Promise.all((await listRepositories(probe, { signal })).map(tagged))
  const untagged = await Promise.all(
    known.map(async ({ repository, digest }) => ({ repository, ...(await pull(repository, digest)) })),
  )
  for (const { repository, status, digest } of untagged) if (status === 200) at(repository, digest)
  const nameOf = ({ repository, digest }: StoredDigest): string => `${repository}@${digest}`
  return [...found.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b)))
}
