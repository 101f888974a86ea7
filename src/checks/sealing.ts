/** Opens what kubeseal has sealed, and says for whom it was sealed: pkg/crypto of Sealed Secrets, read backwards. */
import { constants, createDecipheriv, createHash, createPrivateKey, privateDecrypt } from 'node:crypto'

/** A sealed value that a key has opened. */
export type Opened = {
  readonly value: Buffer
  /** Whether it was sealed for that label: "namespace/name", "namespace", or "" for the whole cluster. */
  readonly isFor: (label: string) => boolean
}

export const SCOPES = ['strict', 'namespace-wide', 'cluster-wide'] as const
export type Scope = (typeof SCOPES)[number]

/** What is mixed into the encryption for a scope: only the same words open it again. */
export const labelOf = (scope: Scope, namespace: string, name: string): string => {
  switch (scope) {
    case 'strict':
      return `${namespace}/${name}`
    case 'namespace-wide':
      return namespace
    case 'cluster-wide':
      return ''
  }
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const HASH_BYTES = 32
const SESSION_KEY_BYTES = 32
const TAG_BYTES = 16

/** The mask of OAEP (MGF1 with SHA-256, RFC 8017 B.2.1), put over `bytes`. */
const unmask = (bytes: Buffer, seed: Buffer): Buffer => {
  const mask: Buffer[] = []
  for (let counter = 0; mask.length * HASH_BYTES < bytes.length; counter += 1) {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    mask.push(sha256(seed, count))
  }
  const all = Buffer.concat(mask)
  return Buffer.from(bytes.map((byte, index) => byte ^ (all[index] ?? 0)))
}

/**
 * The session key and the hash of the label, or undefined when it was sealed for another key. Node's own OAEP would say
 * "cannot" for a wrong label and a wrong key alike; a learner has to know which.
 */
const openSession = (sealed: Buffer, pem: string): { readonly key: Buffer; readonly label: Buffer } | undefined => {
  try {
    const key = createPrivateKey(pem)
    const message = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed)
    const seed = unmask(message.subarray(1, 1 + HASH_BYTES), message.subarray(1 + HASH_BYTES))
    const block = unmask(message.subarray(1 + HASH_BYTES), seed)
    const start = block.indexOf(1, HASH_BYTES)
    const isPadded = start > 0 && block.subarray(HASH_BYTES, start).every((byte) => byte === 0)
    const session = block.subarray(start + 1)
    if (message[0] !== 0 || !isPadded || session.length !== SESSION_KEY_BYTES) return undefined
    return { key: session, label: block.subarray(0, HASH_BYTES) }
  } catch {
    return undefined
  }
}

/** Opens one item of spec.encryptedData with a private key (PEM); undefined when it was sealed for another one. */
export const openSealed = (item: string, pem: string): Opened | undefined => {
  const bytes = Buffer.from(item, 'base64')
  if (bytes.length < 2) return undefined
  const sessionBytes = bytes.readUInt16BE(0)
  const session = openSession(bytes.subarray(2, 2 + sessionBytes), pem)
  const content = bytes.subarray(2 + sessionBytes)
  if (!session || content.length < TAG_BYTES) return undefined
  try {
    // Each session key is used once, so the nonce is zero.
    const decipher = createDecipheriv('aes-256-gcm', session.key, Buffer.alloc(12))
    decipher.setAuthTag(content.subarray(-TAG_BYTES))
    const value = Buffer.concat([decipher.update(content.subarray(0, -TAG_BYTES)), decipher.final()])
    return { value, isFor: (label) => sha256(Buffer.from(label)).equals(session.label) }
  } catch {
    return undefined
  }
}
