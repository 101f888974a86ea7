import 'reflect-metadata' // x509 needs it, and does not bring it
import { generateKeyPair, webcrypto } from 'node:crypto'
import { promisify } from 'node:util'
import { cryptoProvider, Pkcs10CertificateRequestGenerator } from '@peculiar/x509'

/** A key of the lab's making and a request to sign its public half, both PEM. */
export type SigningRequest = { readonly key: string; readonly request: string }

/** What a distinguished name may not hold as it is (RFC 4514). */
const escaped = (text: string): string => text.replace(/[\\,+"<>;=#]/g, (character) => `\\${character}`)

/** A new P-256 key with a certificate signing request for a user (CN) in groups (O). */
export const makeSigningRequest = async (options: {
  readonly user: string
  readonly groups: readonly string[]
}): Promise<SigningRequest> => {
  cryptoProvider.set(webcrypto as never)
  const pair = await promisify(generateKeyPair)('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const der = Buffer.from(pair.privateKey.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const { subtle } = webcrypto
  const keys = {
    privateKey: await subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
    publicKey: await subtle.importKey('spki', pair.publicKey, algorithm, true, ['verify']),
  }
  const name = [...options.groups.map((group) => `O=${escaped(group)}`), `CN=${escaped(options.user)}`].join(',')
  const request = await Pkcs10CertificateRequestGenerator.create({
    name,
    keys: keys as never,
    signingAlgorithm: algorithm,
  })
  return { key: pair.privateKey, request: request.toString('pem') }
}
