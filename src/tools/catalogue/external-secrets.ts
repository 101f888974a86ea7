import { ADD_ON, type ToolEntry } from './entry.ts'

/** The newest release whose dependencies the public module proxy still serves; it speaks external-secrets.io/v1. */
export const EXTERNAL_SECRETS_VERSION = 'v0.19.2'

const MODULE = 'github.com/external-secrets/external-secrets'

const externalSecrets: ToolEntry = {
  name: 'external-secrets',
  about: 'External Secrets Operator: copies values of other secret stores into Secrets',
  version: EXTERNAL_SECRETS_VERSION,
  // The program has no version flag: its help shows that it starts and is what it should be. So nothing of PATH is
  // taken for it, only what the lab built from the pinned module itself.
  probe: { args: ['--help'], pattern: /^ {2}external-secrets \[command\]$/m, accept: 'own-build' },
  neededBy: [`${ADD_ON}external-secrets`],
  forLearners: false,
  // Upstream publishes images and charts, but no programs: it is built from its module.
  downloads: {},
  build: {
    set: {
      id: 'external-secrets',
      go: '1.24.6',
      base: {
        kind: 'requires',
        requires: [[MODULE, EXTERNAL_SECRETS_VERSION]],
        // As in its own go.mod, whose replacements do not reach a module that requires it.
        replaces: ['github.com/Masterminds/sprig/v3 => github.com/external-secrets/sprig/v3 v3.3.0'],
      },
      imports: [MODULE],
    },
    package: MODULE,
    ldflags: '-s -w',
  },
}

export const externalSecretsTools: readonly ToolEntry[] = [externalSecrets]
