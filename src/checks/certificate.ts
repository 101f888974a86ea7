/** Facts that a certificate or a JSON web token states about itself; nothing here decides whether they are believed. */
import { X509Certificate } from 'node:crypto'
import type { Credential } from '../core/ports.ts'

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

export type CredentialFacts = {
  readonly credential: 'certificate' | 'token' | 'none'
  /** From first to last moment of validity; undefined when it never ends. */
  readonly lifetimeSeconds?: number
  /** Its end, in milliseconds since the epoch. */
  readonly endsAt?: number
  /** Extended key usage allows authenticating a client. Certificates only. */
  readonly clientAuth?: boolean
}

/** Reads the credential's own facts; `none` for credentials that are only impersonated. */
export const factsOf = (credential: Credential): CredentialFacts => {
  if (credential.kind === 'certificate') return certificateFacts(credential.cert)
  if (credential.kind === 'token') return tokenFacts(credential.token)
  return { credential: 'none' }
}

const certificateFacts = (pem: string): CredentialFacts => {
  try {
    const certificate = new X509Certificate(pem)
    const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
    // Without the extension a certificate may be used for anything.
    const usages = certificate.keyUsage as readonly string[] | undefined
    return {
      credential: 'certificate',
      lifetimeSeconds: Math.round((to - from) / 1000),
      endsAt: to,
      clientAuth: usages === undefined || usages.includes(CLIENT_AUTH),
    }
  } catch {
    return { credential: 'certificate' }
  }
}

const tokenFacts = (token: string): CredentialFacts => {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      exp?: unknown
      iat?: unknown
    }
    if (typeof payload.exp !== 'number') return { credential: 'token' }
    const lifetime = typeof payload.iat === 'number' ? { lifetimeSeconds: payload.exp - payload.iat } : {}
    return { credential: 'token', endsAt: payload.exp * 1000, ...lifetime }
  } catch {
    return { credential: 'token' }
  }
}

/** True when one of the PEM certificates in a text is the same certificate as `ca`. */
export const trustsOnly = (bundle: string, ca: string): boolean => {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  try {
    const wanted = new Set(
      (ca.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
        (pem) => new X509Certificate(pem).fingerprint256,
      ),
    )
    return blocks.length > 0 && blocks.every((pem) => wanted.has(new X509Certificate(pem).fingerprint256))
  } catch {
    return false
  }
}
