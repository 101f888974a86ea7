import { list, read } from '../core/api/objects.ts'
import { orThrow } from '../core/api/reply.ts'
import type { NodeAccess } from '../core/ports.ts'
import type { AddOn, Release } from './add-on.ts'
import { applyAll, manifestsOf } from './objects.ts'
import type { Runner, RunnerOptions } from './runner.ts'

const GONE_MS = 60_000
/** What a kubelet says of an image or a program that will not come by waiting. */
const HOPELESS = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'CrashLoopBackOff', 'CreateContainerError']

type Deployment = {
  readonly spec?: {
    readonly replicas?: number
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> }
    readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } }
  }
}
type Waiting = { readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } } }
type PodStatus = { readonly status?: { readonly containerStatuses?: readonly Waiting[] } }

/** Which release images belong to: a public one carries its version as its tag. */
const releaseOf = (addOn: AddOn, images: readonly string[]): Release => {
  const { published } = addOn.kind
  return published && images.some((image) => image.endsWith(`:${published.version}`)) ? published : addOn
}

/** Add-ons in containers: a Deployment each, as the lab's manifests say. */
export const createNodeRunner = (options: RunnerOptions & { readonly nodes: NodeAccess }): Runner => {
  const { cluster, clock, nodes, certify } = options
  const refOf = (addOn: AddOn) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: addOn.namespace,
    name: addOn.kind.deployment,
  })
  const deploymentOf = async (addOn: AddOn, signal?: AbortSignal) =>
    (await read(await cluster.probe(), refOf(addOn), { signal })) as Deployment | undefined
  const podsOf = async (addOn: AddOn, signal?: AbortSignal) => {
    const probe = await cluster.probe()
    const deployment = await deploymentOf(addOn, signal)
    const labels = Object.entries(deployment?.spec?.selector?.matchLabels ?? {})
    if (labels.length === 0) return []
    const labelSelector = labels.map(([name, value]) => `${name}=${value}`).join(',')
    return list(probe, { apiVersion: 'v1', kind: 'Pod', namespace: addOn.namespace }, { labelSelector, signal })
  }
  const patch = async (addOn: AddOn, path: string, body: unknown, signal?: AbortSignal): Promise<void> => {
    const { namespace, title } = addOn
    const reply = await (await cluster.probe()).api({
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/${addOn.kind.deployment}${path}`,
      contentType: 'application/merge-patch+json',
      body,
      signal,
    })
    orThrow(reply, `change the Deployment of ${title}`)
  }
  /** Scales to none, and waits until no Pod of it is left. */
  const stop: Runner['stop'] = async (addOn, signal) => {
    await patch(addOn, '/scale', { spec: { replicas: 0 } }, signal)
    const end = clock.now() + GONE_MS
    while ((await podsOf(addOn, signal)).length > 0 && clock.now() < end) await clock.sleep(100, signal)
  }

  return {
    // Where there is only one, nobody has to look, and `install` says itself that it loads images.
    offered: async (addOn, signal) =>
      addOn.kind.published
        ? releaseOf(addOn, Object.values(await nodes.provideImages(addOn.kind.images, { signal })))
        : addOn,
    install: async (addOn, { report, signal }) => {
      const step = { id: `add-on-${addOn.name}`, title: addOn.title, state: 'running' } as const
      report({ ...step, detail: 'loading its image' })
      const image = await nodes.provideImages(addOn.kind.images, { signal })
      report({ ...step, detail: 'starting it' })
      const probe = await cluster.probe()
      const value = (await addOn.values?.({ probe, signal, certify })) ?? {}
      const objects = await manifestsOf(addOn, 'kind', { image, value })
      await applyAll(addOn, objects, { probe, clock, signal })
    },
    installed: async (addOn, signal) => {
      const deployment = await deploymentOf(addOn, signal)
      const images = deployment?.spec?.template?.spec?.containers?.map(({ image = '' }) => image) ?? []
      return deployment && releaseOf(addOn, images)
    },
    trouble: async (addOn, signal) => {
      const pods = (await podsOf(addOn, signal)) as readonly PodStatus[]
      const deployment = await deploymentOf(addOn, signal)
      if (deployment?.spec?.replicas === 0) return 'It was stopped: its Deployment has no replicas.'
      const stuck = pods
        .flatMap(({ status }) => status?.containerStatuses ?? [])
        .map(({ state }) => state?.waiting)
        .find((waiting) => HOPELESS.includes(waiting?.reason ?? ''))
      return stuck && `${stuck.reason}: ${stuck.message ?? ''}`
    },
    ports: async () => ({}),
    stop,
    restart: async (addOn, signal) => {
      await stop(addOn, signal)
      await patch(addOn, '/scale', { spec: { replicas: 1 } }, signal)
    },
  }
}
