import { goPlatform, type PlatformName } from '../platform.ts'
import { ADD_ON, type BuildRecipe, type Checksum, type Download, type ToolEntry } from './entry.ts'
import { kyvernoTools } from './kyverno.ts'
import { sealedSecretsTools } from './sealed-secrets.ts'

// Tools of lessons and backends still to come. Each entry is complete, so that `tools install` already brings them.

const PLATFORMS: readonly PlatformName[] = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

const forEach = (make: (os: 'linux' | 'darwin', arch: 'amd64' | 'arm64', platform: PlatformName) => Download) => {
  const downloads: Partial<Record<PlatformName, readonly Download[]>> = {}
  for (const platform of PLATFORMS) {
    const { os, arch } = goPlatform(platform)
    downloads[platform] = [make(os, arch, platform)]
  }
  return downloads
}

const publisher = (url: string): Checksum => ({ kind: 'publisher', algorithm: 'sha256', url })

/** A module with one program and no dependencies that need replacing. */
const single = (options: {
  id: string
  module: string
  version: string
  go: string
  experiment?: string
  package: string
  stamps?: string
  replaces?: readonly string[]
}): BuildRecipe => ({
  set: {
    id: options.id,
    go: options.go,
    ...(options.experiment ? { experiment: options.experiment } : {}),
    base: {
      kind: 'requires',
      requires: [[options.module, options.version]],
      ...(options.replaces ? { replaces: options.replaces } : {}),
    },
    imports: [options.package],
  },
  package: options.package,
  ldflags: ['-s -w', ...(options.stamps ? [`-X ${options.stamps}`] : [])].join(' '),
})

const KIND_HASH: Record<PlatformName, string> = {
  'linux-x64': '517ab7fc89ddeed5fa65abf71530d90648d9638ef0c4cde22c2c11f8097b8889',
  'linux-arm64': '7ea2de9d2d190022ed4a8a4e3ac0636c8a455e460b9a13ccf19f15d07f4f00eb',
  'darwin-x64': '4f0b6e3b88bdc66d922c08469f05ef507d4903dd236e6319199bb9c868eed274',
  'darwin-arm64': 'ceaf40df1d1551c481fb50e3deb5c3deecad5fd599df5469626b70ddf52a1518',
}

const kind: ToolEntry = {
  name: 'kind',
  about: 'clusters with real nodes, in containers',
  version: 'v0.30.0',
  probe: { args: ['version'], pattern: /^kind (v\d+\.\d+\.\d+) /m, accept: 'same-minor' },
  neededBy: [],
  forLearners: true,
  downloads: forEach((os, arch, platform) => ({
    version: 'v0.30.0',
    url: `https://github.com/kubernetes-sigs/kind/releases/download/v0.30.0/kind-${os}-${arch}`,
    format: 'binary',
    checksum: {
      kind: 'compiled-in',
      algorithm: 'sha256',
      hex: KIND_HASH[platform],
      from: `kubernetes-sigs/kind v0.30.0 kind-${os}-${arch}.sha256sum, as several independent projects quote it`,
    },
  })),
  build: single({
    id: 'kind',
    module: 'sigs.k8s.io/kind',
    version: 'v0.30.0',
    go: '1.22',
    package: 'sigs.k8s.io/kind',
  }),
}

const TRIVY = 'https://github.com/aquasecurity/trivy/releases/download/v0.74.0'
const TRIVY_PLATFORM: Record<PlatformName, string> = {
  'linux-x64': 'Linux-64bit',
  'linux-arm64': 'Linux-ARM64',
  'darwin-x64': 'macOS-64bit',
  'darwin-arm64': 'macOS-ARM64',
}
const trivy: ToolEntry = {
  name: 'trivy',
  about: 'scans images and manifests',
  version: 'v0.74.0',
  probe: { args: ['--version'], pattern: /^Version: (\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
  neededBy: ['lessons'],
  forLearners: true,
  downloads: forEach((_os, _arch, platform) => ({
    version: 'v0.74.0',
    url: `${TRIVY}/trivy_0.74.0_${TRIVY_PLATFORM[platform]}.tar.gz`,
    format: 'tar.gz',
    member: 'trivy',
    checksum: publisher(`${TRIVY}/trivy_0.74.0_checksums.txt`),
  })),
  build: single({
    id: 'trivy',
    module: 'github.com/aquasecurity/trivy',
    version: 'v0.74.0',
    go: '1.26.3',
    experiment: 'jsonv2',
    package: 'github.com/aquasecurity/trivy/cmd/trivy',
    stamps: 'github.com/aquasecurity/trivy/pkg/version/app.ver=0.74.0',
  }),
}

const VAULT = 'https://releases.hashicorp.com/vault/1.21.1'
/** The last of 1.21 that go.mod alone builds: 1.21.2 to 1.21.4 want an sdk of a version that was never tagged. */
const vault: ToolEntry = {
  name: 'vault',
  about: 'keeps secrets outside the cluster',
  version: 'v1.21.1',
  probe: { args: ['version'], pattern: /^Vault v(\d+\.\d+\.\d+)(?:[ ,]|$)/m, accept: 'same-minor' },
  neededBy: [`${ADD_ON}vault`],
  forLearners: true,
  downloads: forEach((os, arch) => ({
    version: 'v1.21.1',
    url: `${VAULT}/vault_1.21.1_${os}_${arch}.zip`,
    format: 'zip',
    member: 'vault',
    checksum: publisher(`${VAULT}/vault_1.21.1_SHA256SUMS`),
  })),
  build: single({
    id: 'vault',
    module: 'github.com/hashicorp/vault',
    version: 'v1.21.1',
    go: '1.25.3',
    package: 'github.com/hashicorp/vault',
    replaces: [
      'github.com/99designs/keyring => github.com/Jeffail/keyring v1.2.3',
      'github.com/ma314smith/signedxml v1.1.1 => github.com/moov-io/signedxml v1.1.1',
    ],
  }),
}

const datree: ToolEntry = {
  name: 'datree',
  about: 'checks manifests against rules',
  version: 'v1.9.19',
  probe: { args: ['version'], pattern: /^v?(\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
  neededBy: [],
  forLearners: true,
  // The project is retired; its release files could not be confirmed, so it is only built from its module.
  downloads: {},
  build: single({
    id: 'datree',
    module: 'github.com/datreeio/datree',
    version: 'v1.9.19',
    go: '1.19',
    package: 'github.com/datreeio/datree',
    stamps: 'github.com/datreeio/datree/cmd.CliVersion=1.9.19',
  }),
}

export const laterTools: readonly ToolEntry[] = [kind, ...sealedSecretsTools, trivy, ...kyvernoTools, vault, datree]
