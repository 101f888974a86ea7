import { describeRef, read } from '../core/api/objects.ts'
import { orThrow } from '../core/api/reply.ts'
import { UserError } from '../core/errors.ts'
import type { Bindings, Json, Lesson, ProvideSpec } from '../core/model.ts'
import type { Clock, Cluster, Probe, Workspace } from '../core/ports.ts'
import { fillJson } from '../core/template.ts'
import { toYaml } from '../lessons/yaml.ts'
import { newestSealingKey, sealedManifest } from './sealing.ts'
import { LESSON_LABEL } from './seed.ts'

const CSR_PATH = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
/** Long enough for a learner who comes back after weeks. */
const CERTIFICATE_SECONDS = 30 * 24 * 3600
const WAIT_MS = 30_000
const PATIENCE_MS = 4000

type Options = {
  readonly lesson: Lesson
  readonly bindings: Bindings
  readonly cluster: Cluster
  readonly probe: Probe
  readonly workspace: Workspace
  readonly clock: Clock
  readonly signal?: AbortSignal
}

type Csr = {
  readonly metadata: { readonly name: string }
  readonly status?: {
    readonly certificate?: string
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[]
  }
}

/** Reads a path until `pick` finds something in it; throws UserError when it does not within 30 s. */
const until = async <T>(
  path: string,
  pick: (body: unknown) => T | undefined,
  { cluster, probe, clock, signal, what }: Options & { readonly what: string },
): Promise<T> => {
  const begun = clock.now()
  const end = begun + WAIT_MS
  let revived = false
  for (;;) {
    const reply = await probe.api({ method: 'GET', path, signal })
    const found = reply.status === 200 ? pick(reply.json) : undefined
    if (found !== undefined) return found
    if (clock.now() >= end) {
      throw new UserError({
        what: `${what} within ${WAIT_MS / 1000} s.`,
        next: 'See kube-controller-manager in `k8s-sec-lab cluster status`, and begin the lesson again.',
        exitCode: 3,
      })
    }
    // The same cause and cure as for a namespace that gets no account (seed.ts).
    if (!revived && clock.now() - begun > PATIENCE_MS) {
      revived = true
      await cluster.restart('kube-controller-manager', { signal })
    }
    await clock.sleep(50, signal)
  }
}

/** A client certificate through the cluster's own signer: requested, approved and signed as for anybody. */
const signedKubeconfig = async (
  spec: Extract<ProvideSpec, { kind: 'kubeconfig' }>,
  options: Options,
): Promise<string> => {
  const { lesson, probe, signal } = options
  // Only lessons with certificates pay for loading what makes them.
  const { makeSigningRequest } = await import('./signing-request.ts')
  const { key, request } = await makeSigningRequest({ user: spec.user, groups: spec.groups })
  const created = orThrow(
    await probe.api({
      method: 'POST',
      path: CSR_PATH,
      signal,
      body: {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { generateName: 'k8s-sec-lab-', labels: { [LESSON_LABEL]: lesson.id } },
        spec: {
          request: Buffer.from(request).toString('base64'),
          signerName: 'kubernetes.io/kube-apiserver-client',
          usages: ['client auth'],
          expirationSeconds: CERTIFICATE_SECONDS,
        },
      },
    }),
    `ask for a certificate of ${spec.user}`,
  ).json as Csr
  const path = `${CSR_PATH}/${created.metadata.name}`
  try {
    const condition = { type: 'Approved', status: 'True', reason: 'Lab', message: `for lesson ${lesson.id}` }
    const approval = { ...created, status: { conditions: [condition] } }
    orThrow(
      await probe.api({ method: 'PUT', path: `${path}/approval`, body: approval, signal }),
      `approve the certificate of ${spec.user}`,
    )
    const what = `The controllers did not sign the certificate of ${spec.user}`
    const certificate = await until(path, (body) => (body as Csr).status?.certificate, { ...options, what })
    return toYaml({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'k8s-sec-lab',
          cluster: { server: probe.server, 'certificate-authority-data': Buffer.from(probe.ca).toString('base64') },
        },
      ],
      users: [
        {
          name: spec.user,
          user: { 'client-certificate-data': certificate, 'client-key-data': Buffer.from(key).toString('base64') },
        },
      ],
      contexts: [{ name: `${spec.user}@k8s-sec-lab`, context: { cluster: 'k8s-sec-lab', user: spec.user } }],
      'current-context': `${spec.user}@k8s-sec-lab`,
    })
  } finally {
    await probe.api({ method: 'DELETE', path })
  }
}

const secretValue = async (spec: Extract<ProvideSpec, { kind: 'secret' }>, options: Options): Promise<string> => {
  const { namespace, name, key } = spec
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`
  const pick = (body: unknown): string | undefined =>
    (body as { readonly data?: Readonly<Record<string, string>> }).data?.[key] || undefined
  const what = `Secret ${namespace}/${name} got no key ${key}`
  return Buffer.from(await until(path, pick, { ...options, what }), 'base64').toString('utf8')
}

const fieldValue = async (spec: Extract<ProvideSpec, { kind: 'field' }>, options: Options): Promise<string> => {
  const found = await read(options.probe, spec.object, { signal: options.signal })
  if (found === undefined) {
    throw new UserError({
      what: `${describeRef(spec.object)}, from which the lesson takes a value, is not in the cluster.`,
      next: 'Begin the lesson again with `k8s-sec-lab reset`.',
      exitCode: 3,
    })
  }
  const value = spec.field
    .split('.')
    .reduce<unknown>((at, step) => (at as Readonly<Record<string, unknown>> | null | undefined)?.[step], found)
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const make = async (spec: ProvideSpec, options: Options): Promise<string> => {
  switch (spec.kind) {
    case 'kubeconfig':
      return signedKubeconfig(spec, options)
    case 'secret':
      return secretValue(spec, options)
    case 'field':
      return fieldValue(spec, options)
    case 'sealing-key':
      return (await newestSealingKey(options)).key
    case 'sealed':
      return sealedManifest(spec, options)
  }
}

/**
 * Makes what a lesson provides from the live cluster: kubeconfigs with real client certificates, values of Secrets.
 * Files are 0600. Answers the captured values by name, and the texts of the files by path.
 */
export const provide = async (
  options: Options,
): Promise<{
  readonly captured: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
}> => {
  const { lesson, bindings, workspace } = options
  const captured: Record<string, string> = {}
  const files: Record<string, string> = {}
  for (const raw of lesson.provide) {
    // Names may be of this attempt; nothing else of a specification is filled in.
    const spec = fillJson(raw as unknown as Json, bindings) as unknown as ProvideSpec
    const text = await make(spec, options)
    if (spec.capture !== undefined) captured[spec.capture] = text
    if (spec.kind === 'sealing-key' && spec.captureName !== undefined) {
      captured[spec.captureName] = (await newestSealingKey(options)).name
    }
    if (spec.kind === 'field' || spec.file === undefined) continue
    await workspace.write(spec.file, text, 0o600)
    files[spec.file] = text
  }
  return { captured, files }
}
