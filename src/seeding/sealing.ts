import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto'
import { apply, list, type Manifest } from '../core/api/objects.ts'
import { orThrow } from '../core/api/reply.ts'
import { UserError } from '../core/errors.ts'
import type { Lesson, ProvideSpec } from '../core/model.ts'
import type { Probe } from '../core/ports.ts'
import { toYaml } from '../lessons/yaml.ts'
import { LESSON_LABEL } from './seed.ts'

type Options = { readonly lesson: Lesson; readonly probe: Probe; readonly signal?: AbortSignal }

const ACTIVE = 'sealedsecrets.bitnami.com/sealed-secrets-key=active'

/** The key pair for which kubeseal seals now: of the active ones that with the newest certificate. PEM. */
export const newestSealingKey = async ({
  probe,
  signal,
}: Options): Promise<{ readonly name: string; readonly key: string; readonly certificate: X509Certificate }> => {
  const type = { apiVersion: 'v1', kind: 'Secret', namespace: 'kube-system' }
  const keys = (await list(probe, type, { labelSelector: ACTIVE, signal })).map(({ metadata, data }) => {
    const text = (name: string) =>
      Buffer.from((data as Readonly<Record<string, string>> | undefined)?.[name] ?? '', 'base64').toString('utf8')
    return {
      name: metadata?.name ?? '',
      key: text('tls.key'),
      certificate: new X509Certificate(text('tls.crt')),
    }
  })
  const [newest] = keys.sort((a, b) => Date.parse(b.certificate.validFrom) - Date.parse(a.certificate.validFrom))
  if (newest) return newest
  throw new UserError({
    what: 'The controller of Sealed Secrets has no active key.',
    next: 'Begin the lesson again with `k8s-sec-lab reset`.',
    exitCode: 3,
  })
}

/** As kubeseal does under the strict scope: a session key for the certificate, with "namespace/name" mixed in. */
const seal = (value: string, label: string, certificate: X509Certificate): string => {
  const session = randomBytes(32)
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  const options = { key: certificate.publicKey, padding, oaepHash: 'sha256', oaepLabel: Buffer.from(label) }
  const wrapped = publicEncrypt(options, session)
  const cipher = createCipheriv('aes-256-gcm', session, Buffer.alloc(12))
  const length = Buffer.alloc(2)
  length.writeUInt16BE(wrapped.length)
  const content = [cipher.update(value, 'utf8'), cipher.final()]
  return Buffer.concat([length, wrapped, ...content, cipher.getAuthTag()]).toString('base64')
}

/** Seals a value for the cluster as it is, puts the SealedSecret into it, and answers its YAML for the learner's folder. */
export const sealedManifest = async (
  spec: Extract<ProvideSpec, { kind: 'sealed' }>,
  options: Options,
): Promise<string> => {
  const { namespace, name, key, value, sealedFor = `${namespace}/${name}` } = spec
  const { certificate } = await newestSealingKey(options)
  const manifest: Manifest = {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace },
    spec: {
      encryptedData: { [key]: seal(value, sealedFor, certificate) },
      template: { metadata: { name, namespace } },
    },
  }
  const labelled = { ...manifest, metadata: { ...manifest.metadata, labels: { [LESSON_LABEL]: options.lesson.id } } }
  const reply = await apply(options.probe, labelled, { signal: options.signal })
  orThrow(reply, `put SealedSecret ${namespace}/${name} into the cluster`)
  return toYaml(manifest)
}
