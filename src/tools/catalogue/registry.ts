import { ADD_ON, type Download, type ToolEntry } from './entry.ts'

/** Of CNCF distribution, and of the official image `registry`. */
export const REGISTRY_VERSION = 'v3.1.2'

const MODULE = 'github.com/distribution/distribution/v3'
const RELEASE = `https://github.com/distribution/distribution/releases/download/${REGISTRY_VERSION}`

const linux = (arch: 'amd64' | 'arm64', hex: string): Download => ({
  version: REGISTRY_VERSION,
  url: `${RELEASE}/registry_${REGISTRY_VERSION.slice(1)}_linux_${arch}.tar.gz`,
  format: 'tar.gz',
  member: 'registry',
  checksum: {
    kind: 'compiled-in',
    algorithm: 'sha256',
    hex,
    from: 'distribution/distribution-library-image, Dockerfile of the official image 3.1.2',
  },
})

const registry: ToolEntry = {
  name: 'registry',
  about: 'keeps container images',
  version: REGISTRY_VERSION,
  // The released program says its version without the v.
  probe: { args: ['--version'], pattern: /^\S+ \S+\/distribution\/v3 v?(\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
  neededBy: [`${ADD_ON}registry`],
  forLearners: false,
  // Nobody releases it for macOS: there it is built from its module.
  downloads: {
    'linux-x64': [linux('amd64', '40df2224d410f72ae425c3371873b078bbdbda3b8b612be9571f0e6751f3acc8')],
    'linux-arm64': [linux('arm64', '09d26f88d2c0f161bd1b8bfc6c123571cc3d291dcca8af5477b3cacc4ec95e73')],
  },
  build: {
    set: {
      id: 'registry',
      go: '1.26.0',
      base: { kind: 'requires', requires: [[MODULE, REGISTRY_VERSION]] },
      imports: [`${MODULE}/cmd/registry`],
    },
    package: `${MODULE}/cmd/registry`,
    ldflags: `-s -w -X ${MODULE}/version.version=${REGISTRY_VERSION}`,
  },
}

export const registryTools: readonly ToolEntry[] = [registry]
