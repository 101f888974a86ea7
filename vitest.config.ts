import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { kindHere } from './test/support/kind-here.ts'

// Suites. `unit` and `tui` need nothing; `contract` and `e2e` run real etcd, kube-apiserver and kube-controller-manager,
// and real nodes where there is an engine. What a busy machine did to one of those is tried once more, and shown as such.
// A new project is named in .ci/run too, in one of its halves.

const contract = {
  globalSetup: ['test/support/global-cluster.ts'],
  testTimeout: 120_000,
  retry: 1,
  hookTimeout: 900_000,
  fileParallelism: false,
}

// What a cluster does, and what grading does with it, is asked of both backends. The rest of test/contract is about nodes, or
// about an engine or the API server, which is the same program in both; seeding is proved on both by `lessons verify`.
const ON_BOTH = [
  'add-on-outage',
  'cluster-reads',
  'checks-{objects,rbac,reachable}',
  'grader-{once,watch}',
  'vault',
  'registry',
  'parameter-store',
]

const ON_KIND_ALONE = ['checks-nodes', 'checks-reachable-traffic', 'cluster-kind', 'kyverno', 'seeding-nodes']

const contractFiles = (names: readonly string[]): string[] => names.map((name) => `test/contract/${name}.test.ts`)

const contractOnKind = async (): Promise<readonly TestProjectInlineConfiguration[]> => {
  const here = await kindHere()
  if (here.kind === 'no') {
    process.stdout.write(`skipped: the contract suites on kind: ${here.reason}\n`)
    return []
  }
  const include = contractFiles([...ON_BOTH, ...ON_KIND_ALONE])
  const env = { K8S_SEC_LAB_TEST_BACKEND: 'kind' }
  return [{ extends: true, test: { ...contract, name: 'contract-kind', include, env } }]
}

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], testTimeout: 30_000 } },
      { extends: true, test: { name: 'tui', include: ['test/tui/**/*.test.{ts,tsx}'], testTimeout: 20_000 } },
      {
        extends: true,
        test: {
          ...contract,
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          exclude: contractFiles(ON_KIND_ALONE),
        },
      },
      ...(await contractOnKind()),
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/global-tools.ts'],
          testTimeout: 180_000,
          retry: 1,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
