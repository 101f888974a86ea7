import { goPlatform, type PlatformName } from '../platform.ts'
import { ADD_ON, type Download, type ModuleSet, type ToolEntry } from './entry.ts'

/** The newest release; kubeseal, the controller and the CustomResourceDefinition are all of it. */
export const SEALED_SECRETS_VERSION = 'v0.40.0'
/** Under its former name the module proxy has every release; its go.mod and its imports say the new one. */
export const SEALED_SECRETS_MODULE = 'github.com/bitnami-labs/sealed-secrets'
const VERSION = SEALED_SECRETS_VERSION
const MODULE = 'github.com/bitnami/sealed-secrets'
const RELEASE = `https://github.com/bitnami/sealed-secrets/releases/download/${VERSION}`

const MODULES: ModuleSet = {
  id: 'sealed-secrets',
  go: '1.26.8',
  base: {
    kind: 'requires',
    requires: [[MODULE, VERSION]],
    replaces: [`${MODULE} => ${SEALED_SECRETS_MODULE} ${VERSION}`],
  },
  imports: [`${MODULE}/cmd/kubeseal`, `${MODULE}/cmd/controller`],
}
const LDFLAGS = `-s -w -X main.VERSION=${VERSION.slice(1)}`

const kubesealFor = (platform: PlatformName): readonly Download[] => {
  const { os, arch } = goPlatform(platform)
  return [
    {
      version: VERSION,
      url: `${RELEASE}/kubeseal-${VERSION.slice(1)}-${os}-${arch}.tar.gz`,
      format: 'tar.gz',
      member: 'kubeseal',
      checksum: {
        kind: 'publisher',
        algorithm: 'sha256',
        url: `${RELEASE}/sealed-secrets_${VERSION.slice(1)}_checksums.txt`,
      },
    },
  ]
}

export const sealedSecretsTools: readonly ToolEntry[] = [
  {
    name: 'kubeseal',
    about: 'seals Secrets so that only the cluster can open them',
    version: VERSION,
    probe: { args: ['--version'], pattern: /^kubeseal version: v?(\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
    neededBy: ['lessons'],
    forLearners: true,
    downloads: {
      'linux-x64': kubesealFor('linux-x64'),
      'linux-arm64': kubesealFor('linux-arm64'),
      'darwin-x64': kubesealFor('darwin-x64'),
      'darwin-arm64': kubesealFor('darwin-arm64'),
    },
    build: { set: MODULES, package: `${MODULE}/cmd/kubeseal`, ldflags: LDFLAGS },
  },
  {
    name: 'sealed-secrets-controller',
    about: 'opens sealed Secrets inside the cluster',
    version: VERSION,
    probe: { args: ['--version'], pattern: /^controller version: v?(\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
    neededBy: [`${ADD_ON}sealed-secrets`],
    forLearners: false,
    // Released as a container image only, which is what the kind backend runs.
    downloads: {},
    build: { set: MODULES, package: `${MODULE}/cmd/controller`, ldflags: LDFLAGS },
  },
]
