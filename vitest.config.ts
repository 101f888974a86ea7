import { defineConfig } from 'vitest/config'

// Four suites. `unit` and `tui` need nothing; `contract` and `e2e` run real etcd, kube-apiserver and kube-controller-manager,
// and real nodes where there is an engine. What a busy machine did to one of those is tried once more, and shown as such.
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], testTimeout: 30_000 } },
      { extends: true, test: { name: 'tui', include: ['test/tui/**/*.test.{ts,tsx}'], testTimeout: 20_000 } },
      {
        extends: true,
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          globalSetup: ['test/support/global-cluster.ts'],
          testTimeout: 120_000,
          retry: 1,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
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
