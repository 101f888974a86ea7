import { type Checksum, type Download, type ModuleSet, NODE_IMAGE, type ToolEntry } from './entry.ts'
import { envtestDownload } from './kubernetes.ts'

const VERSION = 'v3.6.5'
/** The etcd inside the envtest archive of Kubernetes v1.34.1. */
const ENVTEST_ETCD = 'v3.6.4'
const RELEASE = `https://github.com/etcd-io/etcd/releases/download/${VERSION}`

const sums = (hex: string): Checksum => ({
  kind: 'compiled-in',
  algorithm: 'sha256',
  hex,
  from: 'etcd-io/etcd release v3.6.5 SHA256SUMS, as several independent projects quote it',
})

const linux = (arch: 'amd64' | 'arm64', member: string, hex: string): Download => ({
  version: VERSION,
  url: `${RELEASE}/etcd-${VERSION}-linux-${arch}.tar.gz`,
  format: 'tar.gz',
  member: `etcd-${VERSION}-linux-${arch}/${member}`,
  checksum: sums(hex),
})

const darwin = (arch: 'amd64' | 'arm64', member: string): Download => ({
  version: VERSION,
  url: `${RELEASE}/etcd-${VERSION}-darwin-${arch}.zip`,
  format: 'zip',
  member: `etcd-${VERSION}-darwin-${arch}/${member}`,
  checksum: { kind: 'publisher', algorithm: 'sha256', url: `${RELEASE}/SHA256SUMS` },
})

const linuxDownloads = (member: string) => ({
  'linux-x64': [linux('amd64', member, '66bad39ed920f6fc15fd74adcb8bfd38ba9a6412f8c7852d09eb11670e88cac3')],
  'linux-arm64': [linux('arm64', member, '7010161787077b07de29b15b76825ceacbbcedcb77fe2e6832f509be102cab6b')],
})

const MODULES: ModuleSet = {
  id: 'etcd',
  go: '1.24',
  base: {
    kind: 'requires',
    requires: [
      ['go.etcd.io/etcd/server/v3', VERSION],
      ['go.etcd.io/etcd/etcdctl/v3', VERSION],
    ],
  },
  imports: ['go.etcd.io/etcd/server/v3', 'go.etcd.io/etcd/etcdctl/v3'],
}

export const etcdTools: readonly ToolEntry[] = [
  {
    name: 'etcd',
    about: 'the database of the control plane',
    version: VERSION,
    probe: { args: ['--version'], pattern: /^etcd Version: (\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
    neededBy: ['embedded control plane', NODE_IMAGE],
    forLearners: false,
    downloads: {
      ...linuxDownloads('etcd'),
      // First the archive that is needed for kube-apiserver anyway, with a checksum known beforehand.
      'darwin-x64': [envtestDownload('darwin-x64', 'etcd', ENVTEST_ETCD), darwin('amd64', 'etcd')],
      'darwin-arm64': [envtestDownload('darwin-arm64', 'etcd', ENVTEST_ETCD), darwin('arm64', 'etcd')],
    },
    build: { set: MODULES, package: 'go.etcd.io/etcd/server/v3', ldflags: '-s -w' },
  },
  {
    name: 'etcdctl',
    about: 'reads etcd directly, past the API server',
    version: VERSION,
    probe: { args: ['version'], pattern: /^etcdctl version: (\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
    neededBy: ['lessons', NODE_IMAGE],
    forLearners: true,
    downloads: {
      ...linuxDownloads('etcdctl'),
      'darwin-x64': [darwin('amd64', 'etcdctl')],
      'darwin-arm64': [darwin('arm64', 'etcdctl')],
    },
    build: { set: MODULES, package: 'go.etcd.io/etcd/etcdctl/v3', ldflags: '-s -w' },
  },
]
