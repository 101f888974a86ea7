import { describe, expect, it } from 'vitest'
import { catalogue, findEntry } from '../../../src/tools/catalogue/catalogue.ts'
import { isNewEnough } from '../../../src/tools/go.ts'
import { platformOf, requirePlatform } from '../../../src/tools/platform.ts'
import { toolSources } from '../../../src/tools/sources.ts'
import { isAcceptable, withV } from '../../../src/tools/versions.ts'

describe('versions taken from PATH', () => {
  it.each([
    ['v1.34.0', 'same-minor', true],
    ['v1.34.9', 'same-minor', true],
    ['v1.33.3', 'same-minor', false],
    ['v2.34.3', 'same-minor', false],
    ['v1.33.0', 'within-one-minor', true],
    ['v1.35.1', 'within-one-minor', true],
    ['v1.32.4', 'within-one-minor', false],
    ['v1.36.0', 'within-one-minor', false],
    ['v1.34.3+k3s1', 'same-minor', false],
    ['v1.34.3-rc.1', 'same-minor', false],
    ['', 'same-minor', false],
  ] as const)('%s, %s: %s', (found, accept, expected) => {
    expect(isAcceptable({ found, wanted: 'v1.34.3', accept })).toBe(expected)
  })

  it.each([
    ['kubectl', 'Client Version: v1.34.3\nKustomize Version: v5.7.1\n', 'v1.34.3'],
    ['kubectl', 'Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0\n', undefined],
    ['kube-apiserver', 'Kubernetes v1.34.3\n', 'v1.34.3'],
    ['kube-apiserver', 'Kubernetes v1.34.3+k3s1\n', undefined],
    ['etcd', 'etcd Version: 3.6.5\nGit SHA: abc\n', 'v3.6.5'],
    ['etcd', 'etcd Version: 3.6.0-alpha.0\n', undefined],
    ['etcdctl', 'etcdctl version: 3.6.5\nAPI version: 3.6\n', 'v3.6.5'],
    ['kind', 'kind v0.30.0 go1.24.6 linux/amd64\n', 'v0.30.0'],
    ['vault', 'Vault v1.19.0+ent (7eeafb6), built 2025-03-04T12:36:40Z\n', undefined],
    ['vault', 'Vault v1.19.0\n', 'v1.19.0'],
    ['registry', '/bin/registry github.com/distribution/distribution/v3 3.1.2\n', 'v3.1.2'],
    ['registry', 'registry github.com/distribution/distribution/v3 v3.1.2\n', 'v3.1.2'],
    ['registry', 'registry github.com/distribution/distribution/v3 v3.1.2+unknown\n', undefined],
    ['registry', 'docker-registry github.com/docker/distribution v2.8.2+ds1\n', undefined],
    ['vault', 'Vault v1.19.0 (7eeafb6), built 2025-03-04T12:36:40Z\n', 'v1.19.0'],
  ])('%s is read from %j as %s', (name, output, expected) => {
    const version = findEntry(catalogue, name).probe.pattern.exec(output)?.[1]
    expect(version === undefined ? undefined : withV(version)).toBe(expected)
  })

  it.each([
    ['1.26.8', '1.24', true],
    ['1.24', '1.24', true],
    ['1.24.0', '1.24.1', false],
    ['1.9', '1.24', false],
    ['1.26.8', '1.26.6', true],
  ])('Go %s for a need of %s: %s', (have, need, expected) => {
    expect(isNewEnough(have, need)).toBe(expected)
  })
})

describe('platforms', () => {
  it('are Linux and macOS on x64 and arm64', () => {
    expect(requirePlatform('linux', 'x64')).toBe('linux-x64')
    expect(requirePlatform('darwin', 'arm64')).toBe('darwin-arm64')
    expect(() => requirePlatform('linux', 'riscv64')).toThrow(/no Kubernetes programs for linux on riscv64/)
  })

  it('are WSL 2 on Windows, said plainly', () => {
    expect(platformOf('win32', 'x64')).toMatchObject({ next: expect.stringContaining('WSL 2') })
  })
})

describe('K8S_SEC_LAB_TOOL_SOURCES', () => {
  it('sets which sources are used, in order', () => {
    expect(toolSources({})).toEqual(['cache', 'path', 'download', 'build'])
    expect(toolSources({ K8S_SEC_LAB_TOOL_SOURCES: ' build, cache,build ' })).toEqual(['build', 'cache'])
    expect(() => toolSources({ K8S_SEC_LAB_TOOL_SOURCES: 'cache,web' })).toThrow(/names "web"/)
  })
})
