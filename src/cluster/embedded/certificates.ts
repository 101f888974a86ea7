import 'reflect-metadata' // @peculiar/x509 resolves its parts through it
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/**
 * Makes key pairs and X.509 certificates; EC P-256 throughout. Imported only when something has to be made, because
 * the library is slow to load.
 */

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const HOUR = 3_600_000

export type KeyPem = { readonly cert: string; readonly key: string }

export type LeafRequest = {
  readonly commonName: string
  readonly organisations?: readonly string[]
  readonly usages: readonly ('server' | 'client')[]
  readonly dns?: readonly string[]
  readonly ips?: readonly string[]
  readonly days: number
}

/** A self-signed CA. */
export const makeCa = async (commonName: string, days: number): Promise<KeyPem> => {
  const keys = await newKeys()
  const now = Date.now()
  const cert = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial(),
      name: [{ CN: [commonName] }],
      notBefore: new Date(now - HOUR), // a clock that was just set back must not lock the learner out
      notAfter: new Date(now + days * 24 * HOUR),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment | x509.KeyUsageFlags.keyCertSign,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { cert: pemOf(cert), key: await keyPem(keys.privateKey) }
}

/** A certificate signed by `ca`. */
export const makeLeaf = async (ca: KeyPem, request: LeafRequest): Promise<KeyPem> => {
  const issuer = new x509.X509Certificate(ca.cert)
  const signingKey = await webcrypto.subtle.importKey('pkcs8', derOf(ca.key), ALGORITHM, false, ['sign'])
  const keys = await newKeys()
  const now = Date.now()
  const names: x509.JsonGeneralNames = [
    ...(request.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.ips ?? []).map((value) => ({ type: 'ip' as const, value })),
  ]
  const subject: x509.JsonName = [
    ...(request.organisations ?? []).map((organisation) => ({ O: [organisation] })),
    { CN: [request.commonName] },
  ]
  const purposes = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth }
  const cert = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial(),
      subject,
      issuer: issuer.subject,
      notBefore: new Date(now - HOUR),
      notAfter: new Date(Math.min(now + request.days * 24 * HOUR, issuer.notAfter.getTime())),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension(request.usages.map((usage) => purposes[usage])),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    },
    webcrypto,
  )
  return { cert: pemOf(cert), key: await keyPem(keys.privateKey) }
}

/** Key pair for ServiceAccount tokens: private key, public key. */
export const makeSigningKey = async (): Promise<{ readonly key: string; readonly pub: string }> => {
  const keys = await newKeys()
  const pub = await webcrypto.subtle.exportKey('spki', keys.publicKey)
  return { key: await keyPem(keys.privateKey), pub: `${x509.PemConverter.encode(pub, 'PUBLIC KEY')}\n` }
}

const newKeys = async (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

const keyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
  `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`

const pemOf = (cert: x509.X509Certificate): string => `${cert.toString('pem')}\n`

const derOf = (pem: string): ArrayBuffer => x509.PemConverter.decodeFirst(pem)

// Positive and unique; the first bit stays clear so that DER needs no padding byte.
const serial = (): string => {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01
  return Buffer.from(bytes).toString('hex')
}
