/** Asks the API server what it would do with an object, without anything being stored. */
import { pathIn, resourceOf } from '../core/api/discovery.ts'
import type { Manifest } from '../core/api/objects.ts'
import { statusReason } from '../core/api/reply.ts'
import type { ApiReply, Credential, Probe } from '../core/ports.ts'

export type Operation = 'create' | 'update' | 'ephemeral-containers'

type DryRun = {
  readonly probe: Probe
  readonly as: Credential
  readonly manifest: Manifest
  readonly operation: Operation
  readonly signal?: AbortSignal
}

const QUERY = 'dryRun=All&fieldValidation=Strict&fieldManager=k8s-sec-lab'

/**
 * The reply to a server dry run. An update merges the manifest into the live object, and so do ephemeral containers
 * into the live Pod, which must therefore exist. A create whose name is taken is asked again under a free name:
 * admission comes before names are looked at, and the lesson asks about the object, not about its name.
 */
export const dryRun = async ({ probe, as, manifest, operation, signal }: DryRun): Promise<ApiReply> => {
  const resource = await resourceOf(probe, manifest, { signal })
  const { namespace, name } = manifest.metadata ?? {}
  const scope = { namespace: namespace ?? 'default' }
  switch (operation) {
    case 'create': {
      const path = `${pathIn(resource, scope)}?${QUERY}`
      const ask = (body: Manifest): Promise<ApiReply> => probe.api({ method: 'POST', path, as, signal, body })
      const reply = await ask(manifest)
      return reply.status === 409 && statusReason(reply) === 'AlreadyExists' ? ask(underFreeName(manifest)) : reply
    }
    case 'update':
    case 'ephemeral-containers': {
      const path = `${pathIn(resource, { ...scope, name: name ?? '' })}${operation === 'update' ? '' : '/ephemeralcontainers'}`
      const spec = manifest.spec as { readonly ephemeralContainers?: unknown } | undefined
      const body =
        operation === 'update' ? manifest : { spec: { ephemeralContainers: spec?.ephemeralContainers ?? [] } }
      const contentType = 'application/merge-patch+json'
      return probe.api({ method: 'PATCH', path: `${path}?${QUERY}`, as, signal, contentType, body })
    }
  }
}

const underFreeName = (manifest: Manifest): Manifest => {
  const { name, ...metadata } = manifest.metadata ?? {}
  return { ...manifest, metadata: { ...metadata, generateName: `${name ?? 'probe'}-` } }
}
