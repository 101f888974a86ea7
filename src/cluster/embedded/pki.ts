import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { makeFolder, readIfThere, writeAtomic } from '../files.ts'
import type { KeyPem, LeafRequest } from './certificates.ts'

/** Which certificate is signed by which CA, under kubeadm's own file names. */
type Wanted = LeafRequest & { readonly file: string; readonly ca: CaName }
type CaName = 'ca' | 'etcd/ca' | 'front-proxy-ca'

const CA_DAYS = 3650
const LEAF_DAYS = 365
const RENEW_BEFORE_MS = 30 * 24 * 3_600_000

const CAS: readonly { readonly file: CaName; readonly commonName: string }[] = [
  { file: 'ca', commonName: 'kubernetes' },
  { file: 'etcd/ca', commonName: 'etcd-ca' },
  { file: 'front-proxy-ca', commonName: 'front-proxy-ca' },
]

const LOOPBACK = { dns: ['localhost'], ips: ['127.0.0.1', '::1'] }

const LEAVES: readonly Wanted[] = [
  {
    file: 'apiserver',
    ca: 'ca',
    commonName: 'kube-apiserver',
    usages: ['server'],
    days: LEAF_DAYS,
    dns: [
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
    ],
    ips: ['127.0.0.1', '::1', '10.96.0.1'],
  },
  {
    file: 'admin',
    ca: 'ca',
    commonName: 'kubernetes-admin',
    organisations: ['system:masters'],
    usages: ['client'],
    days: LEAF_DAYS,
  },
  {
    file: 'controller-manager',
    ca: 'ca',
    commonName: 'system:kube-controller-manager',
    usages: ['client'],
    days: LEAF_DAYS,
  },
  {
    file: 'controller-manager-server',
    ca: 'ca',
    commonName: 'kube-controller-manager',
    usages: ['server'],
    days: LEAF_DAYS,
    ...LOOPBACK,
  },
  {
    file: 'front-proxy-client',
    ca: 'front-proxy-ca',
    commonName: 'front-proxy-client',
    usages: ['client'],
    days: LEAF_DAYS,
  },
  {
    file: 'etcd/server',
    ca: 'etcd/ca',
    commonName: 'etcd',
    usages: ['server', 'client'],
    days: LEAF_DAYS,
    ...LOOPBACK,
  },
  { file: 'etcd/peer', ca: 'etcd/ca', commonName: 'etcd', usages: ['server', 'client'], days: LEAF_DAYS, ...LOOPBACK },
  {
    file: 'apiserver-etcd-client',
    ca: 'etcd/ca',
    commonName: 'kube-apiserver-etcd-client',
    usages: ['client'],
    days: LEAF_DAYS,
  },
]

/**
 * Makes what is missing under `dir`: three CAs (cluster, etcd, front proxy: a client certificate of one opens nothing
 * of the others), leaf certificates, and the ServiceAccount key pair. Leaves that are near their end, broken or signed
 * by another CA are made anew. Answers the files that changed, relative to `dir`. Keys are 0600, folders 0700.
 */
export const ensurePki = async (dir: string): Promise<readonly string[]> => {
  await makeFolder(join(dir, 'etcd'))
  const changed: string[] = []
  const save = async (file: string, pair: KeyPem): Promise<KeyPem> => {
    await Promise.all([
      writeAtomic(join(dir, `${file}.key`), pair.key, 0o600),
      writeAtomic(join(dir, `${file}.crt`), pair.cert, 0o600),
    ])
    changed.push(`${file}.crt`)
    return pair
  }

  const cas = new Map<CaName, KeyPem>()
  await Promise.all(
    CAS.map(async ({ file, commonName }) => {
      const there = await readPair(dir, file)
      const good = there && isFresh(there) ? there : undefined
      cas.set(file, good ?? (await save(file, await (await maker()).makeCa(commonName, CA_DAYS))))
    }),
  )
  await Promise.all([
    ...LEAVES.map(async (wanted) => {
      const ca = cas.get(wanted.ca) as KeyPem
      const there = await readPair(dir, wanted.file)
      if (there && isFresh(there) && isSignedBy(there, ca)) return
      await save(wanted.file, await (await maker()).makeLeaf(ca, wanted))
    }),
    ensureSigningKey(dir, changed),
  ])
  return changed
}

const ensureSigningKey = async (dir: string, changed: string[]): Promise<void> => {
  const [key, pub] = await Promise.all([readIfThere(join(dir, 'sa.key')), readIfThere(join(dir, 'sa.pub'))])
  if (key?.includes('PRIVATE KEY') && pub?.includes('PUBLIC KEY')) return
  const pair = await (await maker()).makeSigningKey()
  await Promise.all([
    writeAtomic(join(dir, 'sa.key'), pair.key, 0o600),
    writeAtomic(join(dir, 'sa.pub'), pair.pub, 0o600),
  ])
  changed.push('sa.key')
}

const maker = () => import('./certificates.ts')

const readPair = async (dir: string, file: string): Promise<KeyPem | undefined> => {
  const [cert, key] = await Promise.all([readIfThere(join(dir, `${file}.crt`)), readIfThere(join(dir, `${file}.key`))])
  return cert && key ? { cert, key } : undefined
}

const isFresh = (pair: KeyPem): boolean => {
  try {
    const end = Date.parse(new X509Certificate(pair.cert).validTo)
    return end - Date.now() > RENEW_BEFORE_MS && pair.key.includes('PRIVATE KEY')
  } catch {
    return false
  }
}

const isSignedBy = (pair: KeyPem, ca: KeyPem): boolean =>
  new X509Certificate(pair.cert).verify(new X509Certificate(ca.cert).publicKey)
