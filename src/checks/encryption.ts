/** Encryption at rest as the API server writes it: prefixes of stored values, and which key writes them. */
import { field, listOf, parseYaml, textOf } from './yaml.ts'

// Prefixes by apiserver/pkg/server/options/encryptionconfig; everything else is stored as plain bytes.
const ENCRYPTED = /^(k8s:enc:(?:aescbc|aesgcm|secretbox|kms):v[12]:[^:]*:)/

/** The prefix with provider and key name that an encrypted value carries; undefined for a plain one. */
export const encryptionPrefix = (raw: string): string | undefined => ENCRYPTED.exec(raw)?.[1]

/** `secrets` for /registry/secrets/…, `deployments.apps`-like names stay as their first path element. */
const resourceOfPrefix = (prefix: string): string => prefix.split('/')[2] ?? ''

const covers = (resources: readonly unknown[], resource: string): boolean =>
  resources.some(
    (each) => each === resource || each === '*.*' || each === '*.' || textOf(each)?.split('.')[0] === resource,
  )

/** The prefix that new values get by an EncryptionConfiguration, or why they get none. */
export const firstWriter = (
  config: string,
  prefix: string,
): { readonly prefix: string } | { readonly problem: string } => {
  const parsed = parseYaml(config)
  if ('mistake' in parsed) return { problem: `it is not valid YAML: ${parsed.mistake}` }
  const resource = resourceOfPrefix(prefix)
  // The first entry that covers a resource decides; later ones are not looked at.
  const entry = listOf(field(parsed.value, 'resources')).find((each) =>
    covers(listOf(field(each, 'resources')), resource),
  )
  if (entry === undefined) return { problem: `it says nothing about ${resource}` }
  const [first] = listOf(field(entry, 'providers'))
  for (const provider of ['secretbox', 'aesgcm', 'aescbc']) {
    const [key] = listOf(field(field(first, provider), 'keys'))
    const name = textOf(field(key, 'name'))
    if (name !== undefined) return { prefix: `k8s:enc:${provider}:v1:${name}:` }
  }
  const kms = field(first, 'kms')
  if (kms !== undefined)
    return { prefix: `k8s:enc:kms:${textOf(field(kms, 'apiVersion')) ?? 'v1'}:${textOf(field(kms, 'name')) ?? ''}:` }
  return { problem: `its first provider for ${resource} does not encrypt` }
}
