import { webcrypto } from 'node:crypto'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { Probe } from '../../src/core/ports.ts'
import { until } from './until.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A client certificate signed by the cluster itself, through a CertificateSigningRequest that is removed again. */
export const issueClientCertificate = async (
  probe: Probe,
  options: { readonly name: string; readonly user: string; readonly groups: readonly string[] },
): Promise<{ readonly cert: string; readonly key: string }> => {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: [...options.groups.map((group) => ({ O: [group] })), { CN: [options.user] }],
      keys,
      signingAlgorithm: ALGORITHM,
    },
    webcrypto,
  )
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const body = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: options.name },
    spec: {
      request: Buffer.from(request.toString('pem')).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      expirationSeconds: 600,
      usages: ['client auth'],
    },
  }
  const created = (await probe.api({ method: 'POST', path, body })).json as Record<string, unknown>
  try {
    await probe.api({
      method: 'PUT',
      path: `${path}/${options.name}/approval`,
      body: { ...created, status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Test' }] } },
    })
    const cert = await until(async () => {
      const reply = await probe.api({ method: 'GET', path: `${path}/${options.name}` })
      return (reply.json as { status?: { certificate?: string } }).status?.certificate
    })
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
    return { cert: Buffer.from(cert ?? '', 'base64').toString('utf8'), key }
  } finally {
    await probe.api({ method: 'DELETE', path: `${path}/${options.name}` })
  }
}
