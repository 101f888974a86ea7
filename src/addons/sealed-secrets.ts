import { X509Certificate } from 'node:crypto'
import { list } from '../core/api/objects.ts'
import { isOk, statusMessage } from '../core/api/reply.ts'
import { SEALED_SECRETS_MODULE, SEALED_SECRETS_VERSION } from '../tools/catalogue/sealed-secrets.ts'
import type { AddOn, AddOnContext, Readiness } from './add-on.ts'

const CRD = 'helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml'
/** Where kubeseal looks for it unless told otherwise. */
const NAMESPACE = 'kube-system'
const CONTROLLER = 'sealed-secrets-controller'
const CERTIFICATE = `/api/v1/namespaces/${NAMESPACE}/services/http:${CONTROLLER}:http/proxy/v1/cert.pem`
const ACTIVE = 'sealedsecrets.bitnami.com/sealed-secrets-key=active'

/** Whether the controller seals for the newest of the keys that it would find now: it looks for them at its start only. */
const ready = async ({ probe, signal }: AddOnContext): Promise<Readiness> => {
  const reply = await probe.api({ method: 'GET', path: CERTIFICATE, signal, timeoutMs: 3000 })
  if (!isOk(reply)) return { kind: 'waiting', reason: statusMessage(reply) }
  const keys = await list(probe, { apiVersion: 'v1', kind: 'Secret', namespace: NAMESPACE }, { labelSelector: ACTIVE })
  const certificates = keys.flatMap(({ data }) => {
    const encoded = (data as Readonly<Record<string, string>> | undefined)?.['tls.crt']
    try {
      return encoded === undefined ? [] : [new X509Certificate(Buffer.from(encoded, 'base64'))]
    } catch {
      return []
    }
  })
  const newest = certificates.sort((a, b) => Date.parse(b.validFrom) - Date.parse(a.validFrom))[0]
  const served = new X509Certificate(reply.text)
  if (newest?.fingerprint256 === served.fingerprint256) return { kind: 'ready' }
  return { kind: 'stale', reason: 'the controller still uses a sealing key that is not the newest active one' }
}

export const sealedSecrets: AddOn = {
  name: 'sealed-secrets',
  title: 'Sealed Secrets',
  version: SEALED_SECRETS_VERSION,
  namespace: NAMESPACE,
  crds: [
    {
      name: 'sealed-secrets-crd.yaml',
      url: `https://raw.githubusercontent.com/bitnami/sealed-secrets/${SEALED_SECRETS_VERSION}/${CRD}`,
      sha256: '6ccc74ae40a65ec4a1ab95baaf34b0beef0591d343fe3aea1104a36a4f283fab',
      module: { path: SEALED_SECRETS_MODULE, version: SEALED_SECRETS_VERSION, file: CRD },
    },
  ],
  kind: { deployment: CONTROLLER, images: [CONTROLLER] },
  embedded: {
    tools: [CONTROLLER],
    ports: ['http', 'metrics'],
    process: async ({ tools, ports }) => ({
      program: tools[CONTROLLER] ?? CONTROLLER,
      args: [
        // New keys come when somebody asks for one: a lesson must find the keys that it left.
        '--key-renew-period=0',
        `--listen-addr=127.0.0.1:${ports.http}`,
        `--listen-metrics-addr=127.0.0.1:${ports.metrics}`,
      ],
      env: { POD_NAMESPACE: NAMESPACE },
      serviceAccount: { namespace: NAMESPACE, name: CONTROLLER },
      inCluster: true,
      startup: { port: ports.http ?? 0, path: '/healthz' },
    }),
    service: { name: CONTROLLER, ports: { http: 'http' } },
  },
  ready,
}
