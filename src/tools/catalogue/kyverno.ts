import { goPlatform, type PlatformName } from '../platform.ts'
import { ADD_ON, type BuildRecipe, type Download, type ModuleSet, type ToolEntry } from './entry.ts'

export const KYVERNO_VERSION = 'v1.19.1'
export const KYVERNO_MODULE = 'github.com/kyverno/kyverno'

const RELEASE = `https://github.com/kyverno/kyverno/releases/download/${KYVERNO_VERSION}`
const CLI = `${KYVERNO_MODULE}/cmd/cli/kubectl-kyverno`
const ADMISSION = `${KYVERNO_MODULE}/cmd/kyverno`
const REPORTS = `${KYVERNO_MODULE}/cmd/reports-controller`

/** One for all of its programs: most of what they are made of is the same. */
const MODULES: ModuleSet = {
  id: 'kyverno',
  go: '1.26.6',
  base: {
    kind: 'requires',
    requires: [[KYVERNO_MODULE, KYVERNO_VERSION]],
    // As in its own go.mod, whose replacements do not reach a module that requires it.
    replaces: [
      'k8s.io/pod-security-admission => github.com/kyverno/pod-security-admission v0.0.0-20251031094455-46f20778634f',
    ],
  },
  imports: [CLI, ADMISSION, REPORTS],
}

const build = (program: string): BuildRecipe => ({
  set: MODULES,
  package: program,
  ldflags: `-s -w -X ${KYVERNO_MODULE}/pkg/version.BuildVersion=${KYVERNO_VERSION}`,
})

const cliFor = (platform: PlatformName): readonly Download[] => {
  const { os, arch } = goPlatform(platform)
  return [
    {
      version: KYVERNO_VERSION,
      url: `${RELEASE}/kyverno-cli_${KYVERNO_VERSION}_${os}_${arch === 'amd64' ? 'x86_64' : arch}.tar.gz`,
      format: 'tar.gz',
      member: 'kyverno',
      checksum: { kind: 'publisher', algorithm: 'sha256', url: `${RELEASE}/checksums.txt` },
    },
  ]
}

/** A controller: released as a container image only, which is what the kind backend runs. */
const controller = (name: string, about: string, program: string, flag: string): ToolEntry => ({
  name,
  about,
  version: KYVERNO_VERSION,
  // It has no version flag: its help shows that it starts and is what it should be.
  probe: { args: ['--help'], pattern: new RegExp(`^ {2}-${flag}\\b`, 'm'), accept: 'own-build' },
  neededBy: [`${ADD_ON}kyverno`],
  forLearners: false,
  downloads: {},
  build: build(program),
})

export const kyvernoTools: readonly ToolEntry[] = [
  {
    name: 'kyverno',
    about: 'tests admission policies without a cluster',
    version: KYVERNO_VERSION,
    probe: { args: ['version'], pattern: /^Version: v?(\d+\.\d+\.\d+)$/m, accept: 'same-minor' },
    neededBy: ['lessons'],
    forLearners: true,
    downloads: {
      'linux-x64': cliFor('linux-x64'),
      'linux-arm64': cliFor('linux-arm64'),
      'darwin-x64': cliFor('darwin-x64'),
      'darwin-arm64': cliFor('darwin-arm64'),
    },
    build: build(CLI),
  },
  controller(
    'kyverno-admission-controller',
    'asks policies about what is to be written',
    ADMISSION,
    'autoUpdateWebhooks',
  ),
  controller('kyverno-reports-controller', 'tells what is there against policies', REPORTS, 'backgroundScanInterval'),
]
