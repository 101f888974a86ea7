import type { Manifest } from '../core/api/objects.ts'
import { orThrow } from '../core/api/reply.ts'
import type { Probe } from '../core/ports.ts'
import type { AddOn } from './add-on.ts'

type Place = { readonly address: string; readonly ports: Readonly<Record<string, number>> }

/**
 * What makes a process of this machine a Service of the cluster: a Service without a selector, Endpoints that name the
 * address at which the API server finds the process, and the Pod that it stands for, as a kubelet mirrors a static Pod:
 * the API server connects to nothing but Pods.
 */
export const hostService = (addOn: AddOn, { address, ports }: Place): readonly Manifest[] => {
  const service = addOn.embedded?.service
  if (!service) return []
  const { namespace } = addOn
  const metadata = { name: service.name, namespace }
  const pairs = Object.entries(service.ports).map(([name, port]) => ({ name, port: ports[port] ?? 0 }))
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: pairs } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        automountServiceAccountToken: false,
        containers: [{ name: 'host-process', image: `host-process/${addOn.name}:${addOn.version}` }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata,
      subsets: [{ addresses: [{ ip: address, targetRef: { kind: 'Pod', ...metadata } }], ports: pairs }],
    },
  ]
}

/** Says of the Pod what a kubelet would: that it runs, and where. */
export const reportHostPod = async (
  addOn: AddOn,
  { address, probe, signal }: { readonly address: string; readonly probe: Probe; readonly signal?: AbortSignal },
): Promise<void> => {
  const service = addOn.embedded?.service
  if (!service) return
  const image = `host-process/${addOn.name}:${addOn.version}`
  const since = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const running = { name: 'host-process', image, imageID: '', restartCount: 0, ready: true, started: true }
  const reply = await probe.api({
    method: 'PATCH',
    path: `/api/v1/namespaces/${addOn.namespace}/pods/${service.name}/status`,
    contentType: 'application/merge-patch+json',
    body: {
      status: {
        phase: 'Running',
        podIP: address,
        podIPs: [{ ip: address }],
        startTime: since,
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
        containerStatuses: [{ ...running, state: { running: { startedAt: since } } }],
      },
    },
    signal,
  })
  orThrow(reply, `tell where ${addOn.title} runs`)
}
