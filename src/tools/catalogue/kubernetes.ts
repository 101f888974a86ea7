import type { PlatformName } from '../platform.ts'
import { type BuildRecipe, type Checksum, type Download, type ModuleSet, NODE_IMAGE, type ToolEntry } from './entry.ts'

export const KUBERNETES_VERSION = 'v1.34.3'
const VERSION = KUBERNETES_VERSION
/** The newest 1.34 that controller-tools packs for macOS, where Kubernetes itself releases no server programs. */
const ENVTEST = 'v1.34.1'

const changelog = (hex: string): Checksum => ({
  kind: 'compiled-in',
  algorithm: 'sha512',
  hex,
  from: 'kubernetes/kubernetes CHANGELOG/CHANGELOG-1.34.md',
})

const envtestIndex = (hex: string): Checksum => ({
  kind: 'compiled-in',
  algorithm: 'sha512',
  hex,
  from: 'kubernetes-sigs/controller-tools envtest-releases.yaml',
})

const release = (kind: 'server' | 'client', os: string, arch: string, checksum: Checksum) => ({
  version: VERSION,
  url: `https://dl.k8s.io/${VERSION}/kubernetes-${kind}-${os}-${arch}.tar.gz`,
  format: 'tar.gz' as const,
  checksum,
})

const SERVER = {
  'linux-x64': release(
    'server',
    'linux',
    'amd64',
    changelog(
      '6dacc62cf3def4873c680bd308fa88eb0ee857e4ca4e19723921172f7e6d4f7f774ea7742d59fa051807856896affb4fe86e55fc2612e2c3f729e5e10cde3200',
    ),
  ),
  'linux-arm64': release(
    'server',
    'linux',
    'arm64',
    changelog(
      '788e89509219b22e08ec436bc4ba39ccf47237b78253bdb26b1d2287c22d2edabacb8f2102d657fd259e3c7d2d2b671ba33ca60383beabd480873bcc30773d7b',
    ),
  ),
}

const CLIENT = {
  'linux-x64': release(
    'client',
    'linux',
    'amd64',
    changelog(
      '7cbec147966596b1d07e42d4d2c2ca286fb135ab6352c55d1e0884c1a7f3bb5fc37ff98224fca1221d6a317835fef06c249f3aa57072f0d55b33fe68eb94b815',
    ),
  ),
  'linux-arm64': release(
    'client',
    'linux',
    'arm64',
    changelog(
      '02ebf150cfa3d69e0143e6efbe131c84c514de55c5baf3e0422fd6b24b9a8289f9fb1c1d409852ccca3105fcbb481a4717289535e95904449268a99773d2ead5',
    ),
  ),
  'darwin-x64': release(
    'client',
    'darwin',
    'amd64',
    changelog(
      '4a8980595de9271614cae688d232552b60ecfa2ab802ec939ae3ebbd71f55d92b66c3f785bcaf7b079bae3638f308969804d1972d4f026c102f653de9c59a647',
    ),
  ),
  'darwin-arm64': release(
    'client',
    'darwin',
    'arm64',
    changelog(
      '43ff65398af0a3c0e195b194aadc8dbd39722105948084c8238d7d5014f3e85acf4c3e03f8770242a1844352eb67724752f08b47e98efd320db98b187a9e859f',
    ),
  ),
}

const ENVTEST_HASH = {
  'darwin-x64': [
    'amd64',
    'd9e0464dc1708c36ab41147b5e364c8b8e201eafc14c299dcbe58ebeaa82c651b8e834647167a951ded8c6d08c616aadbae1673a54743f9c8fa15a278c78c0c0',
  ],
  'darwin-arm64': [
    'arm64',
    '43d7c10b74100d20044df7c73be03e26f8243a9cb7c1d3035e581ee7bb0c7ffcaf759b9e182186b5bb2f47d1608835414ca443181a02d9ecb6c9cf04b43e3809',
  ],
} as const

/** The archive that holds kube-apiserver, kubectl and etcd for macOS; `version` is that of the member. */
export const envtestDownload = (
  platform: 'darwin-x64' | 'darwin-arm64',
  member: string,
  version = ENVTEST,
): Download => {
  const [arch, hex] = ENVTEST_HASH[platform]
  return {
    version,
    url: `https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-${ENVTEST}/envtest-${ENVTEST}-darwin-${arch}.tar.gz`,
    format: 'tar.gz',
    member: `controller-tools/envtest/${member}`,
    checksum: envtestIndex(hex),
  }
}

/** Programs of the server archive of Linux. */
export const serverDownloads = (member: string): Partial<Record<PlatformName, readonly Download[]>> => ({
  'linux-x64': [{ ...SERVER['linux-x64'], member: `kubernetes/server/bin/${member}` }],
  'linux-arm64': [{ ...SERVER['linux-arm64'], member: `kubernetes/server/bin/${member}` }],
})

/** A module for programs of Kubernetes itself. What is imported is part of the recipe, and so of the cache's key. */
export const kubernetesModules = (id: string, commands: readonly string[]): ModuleSet => ({
  id,
  go: '1.24',
  base: {
    kind: 'own-go-mod',
    module: 'k8s.io/kubernetes',
    version: VERSION,
    stagingPrefix: './staging/src/',
    stagingVersion: 'v0.34.3',
  },
  imports: commands.map((command) => `k8s.io/kubernetes/cmd/${command}`),
})

const MODULES = kubernetesModules('kubernetes', ['kube-apiserver', 'kube-controller-manager', 'kubectl'])

/** What the upstream build writes into the programs, so that they answer `--version` like the released ones. */
const STAMPS = [
  `k8s.io/component-base/version.gitVersion=${VERSION}`,
  'k8s.io/component-base/version.gitMajor=1',
  'k8s.io/component-base/version.gitMinor=34',
  'k8s.io/component-base/version.gitTreeState=clean',
  `k8s.io/client-go/pkg/version.gitVersion=${VERSION}`,
]

/** How a program of Kubernetes is built. */
export const kubernetesBuild = (command: string, set = MODULES): BuildRecipe => ({
  set,
  package: `k8s.io/kubernetes/cmd/${command}`,
  ldflags: ['-s -w', ...STAMPS.map((stamp) => `-X ${stamp}`)].join(' '),
})

export const SERVER_PROBE = {
  args: ['--version'],
  pattern: /^Kubernetes (v\d+\.\d+\.\d+)$/m,
  accept: 'same-minor',
} as const

export const kubernetesTools: readonly ToolEntry[] = [
  {
    name: 'kube-apiserver',
    about: 'the API server',
    version: VERSION,
    probe: SERVER_PROBE,
    neededBy: ['embedded control plane', NODE_IMAGE],
    forLearners: false,
    downloads: {
      ...serverDownloads('kube-apiserver'),
      'darwin-x64': [envtestDownload('darwin-x64', 'kube-apiserver')],
      'darwin-arm64': [envtestDownload('darwin-arm64', 'kube-apiserver')],
    },
    build: kubernetesBuild('kube-apiserver'),
  },
  {
    name: 'kube-controller-manager',
    about: 'namespaces, ServiceAccounts, garbage collection, certificates',
    version: VERSION,
    probe: SERVER_PROBE,
    neededBy: ['embedded control plane', NODE_IMAGE],
    forLearners: false,
    // Nobody releases it for macOS: there it is built from Go modules.
    downloads: serverDownloads('kube-controller-manager'),
    build: kubernetesBuild('kube-controller-manager'),
  },
  {
    name: 'kubectl',
    about: 'the command line of Kubernetes',
    version: VERSION,
    probe: {
      args: ['version', '--client'],
      pattern: /^Client Version: (v\d+\.\d+\.\d+)$/m,
      accept: 'within-one-minor', // the skew that Kubernetes supports between kubectl and the API server
    },
    neededBy: ['embedded control plane', 'lessons', NODE_IMAGE],
    forLearners: true,
    downloads: {
      'linux-x64': [
        { ...CLIENT['linux-x64'], member: 'kubernetes/client/bin/kubectl' },
        { ...SERVER['linux-x64'], member: 'kubernetes/server/bin/kubectl' },
      ],
      'linux-arm64': [
        { ...CLIENT['linux-arm64'], member: 'kubernetes/client/bin/kubectl' },
        { ...SERVER['linux-arm64'], member: 'kubernetes/server/bin/kubectl' },
      ],
      'darwin-x64': [
        { ...CLIENT['darwin-x64'], member: 'kubernetes/client/bin/kubectl' },
        envtestDownload('darwin-x64', 'kubectl'),
      ],
      'darwin-arm64': [
        { ...CLIENT['darwin-arm64'], member: 'kubernetes/client/bin/kubectl' },
        envtestDownload('darwin-arm64', 'kubectl'),
      ],
    },
    build: kubernetesBuild('kubectl'),
  },
]
