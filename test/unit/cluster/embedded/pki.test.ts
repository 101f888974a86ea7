import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { makeCa, makeLeaf } from '../../../../src/cluster/embedded/certificates.ts'
import { ensurePki } from '../../../../src/cluster/embedded/pki.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pki-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
})
const cert = (name: string) => new X509Certificate(readFileSync(join(dir, `${name}.crt`)))

describe('ensurePki', () => {
  it('makes everything once, private, each certificate by its own authority', async () => {
    const made = await ensurePki(dir)
    expect(made).toHaveLength(12)
    expect(await ensurePki(dir)).toEqual([])
    const authorities = { ca: cert('ca'), etcd: cert('etcd/ca'), proxy: cert('front-proxy-ca') }
    const signed: readonly (readonly [string, keyof typeof authorities])[] = [
      ['apiserver', 'ca'],
      ['admin', 'ca'],
      ['controller-manager', 'ca'],
      ['etcd/server', 'etcd'],
      ['apiserver-etcd-client', 'etcd'],
      ['front-proxy-client', 'proxy'],
    ]
    for (const [name, by] of signed) {
      for (const [other, authority] of Object.entries(authorities)) {
        expect(cert(name).verify(authority.publicKey), `${name} by ${other}`).toBe(other === by)
      }
      expect(statSync(join(dir, `${name}.key`)).mode & 0o777).toBe(0o600)
    }
    expect(cert('apiserver').subjectAltName).toContain('IP Address:127.0.0.1')
    expect(cert('apiserver').subjectAltName).toContain('DNS:kubernetes.default')
    expect(cert('admin').subject).toBe('O=system:masters\nCN=kubernetes-admin')
    expect(cert('admin').ca).toBe(false)
    expect(cert('ca').ca).toBe(true)
    expect(new Set(signed.map(([name]) => cert(name).serialNumber)).size).toBe(signed.length)
  })

  it('makes what is missing, damaged or near its end, and nothing else', async () => {
    await ensurePki(dir)
    rmSync(join(dir, 'admin.key'))
    writeFileSync(join(dir, 'etcd/peer.crt'), 'no certificate')
    const ca = { cert: readFileSync(join(dir, 'ca.crt'), 'utf8'), key: readFileSync(join(dir, 'ca.key'), 'utf8') }
    const old = await makeLeaf(ca, { commonName: 'kube-apiserver', usages: ['server'], days: 20 })
    writeFileSync(join(dir, 'apiserver.crt'), old.cert)
    writeFileSync(join(dir, 'apiserver.key'), old.key)
    expect([...(await ensurePki(dir))].sort()).toEqual(['admin.crt', 'apiserver.crt', 'etcd/peer.crt'])
    expect(cert('apiserver').subjectAltName).toContain('127.0.0.1')
  })

  it('signs everything again when an authority was lost', async () => {
    await ensurePki(dir)
    const stranger = await makeCa('etcd-ca', 10)
    rmSync(join(dir, 'etcd/ca.key'))
    expect([...(await ensurePki(dir))].sort()).toEqual([
      'apiserver-etcd-client.crt',
      'etcd/ca.crt',
      'etcd/peer.crt',
      'etcd/server.crt',
    ])
    expect(cert('etcd/server').verify(new X509Certificate(stranger.cert).publicKey)).toBe(false)
    expect(cert('etcd/server').verify(cert('etcd/ca').publicKey)).toBe(true)
  })
})
