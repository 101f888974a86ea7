import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/core/errors.ts'
import { catalogue, EMBEDDED_TOOLS, findEntry } from '../../../src/tools/catalogue/catalogue.ts'
import { planDownloads } from '../../../src/tools/download-way.ts'
import type { PlatformName } from '../../../src/tools/platform.ts'

const downloads = catalogue.flatMap((entry) =>
  Object.entries(entry.downloads).flatMap(([platform, list]) =>
    list.map((download) => ({ entry, platform, download })),
  ),
)
const offers = (name: string, platform: PlatformName) => findEntry(catalogue, name).downloads[platform] ?? []

describe('the catalogue', () => {
  it('names each tool once, and the embedded control plane from it', () => {
    const names = catalogue.map((entry) => entry.name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining([...EMBEDDED_TOOLS]))
  })

  it.each(downloads.map((each) => [`${each.entry.name} ${each.platform} ${each.download.version}`, each] as const))(
    'has a sound download: %s',
    (_, { download, platform }) => {
      const url = new URL(download.url)
      expect(url.protocol).toBe('https:')
      const { checksum } = download
      if (checksum.kind === 'compiled-in') {
        expect(checksum.hex).toMatch(checksum.algorithm === 'sha512' ? /^[0-9a-f]{128}$/ : /^[0-9a-f]{64}$/)
        expect(checksum.from).not.toBe('')
      } else {
        expect(new URL(checksum.url).origin).toBe(url.origin)
      }
      expect(download.format === 'binary').toBe(download.member === undefined)
      if (download.format === 'tar.gz') expect(url.pathname).toMatch(/\.(tar\.gz|tgz)$/)
      if (download.format === 'zip') expect(url.pathname).toMatch(/\.zip$/)
      expect(url.pathname.toLowerCase()).toMatch(platform.startsWith('linux') ? /linux/ : /darwin|macos/)
      expect(download.version).toMatch(/^v\d+\.\d+\.\d+$/)
    },
  )

  it('never gives one file two checksums, nor two files one', () => {
    const pairs = new Set(
      downloads.flatMap(({ download: { url, checksum } }) =>
        checksum.kind === 'compiled-in' ? [`${url} ${checksum.hex}`] : [],
      ),
    )
    const urls = [...pairs].map((pair) => pair.split(' ')[0])
    const hexes = [...pairs].map((pair) => pair.split(' ')[1])
    expect(new Set(urls).size).toBe(pairs.size)
    expect(new Set(hexes).size).toBe(pairs.size)
  })

  it('downloads only versions that would be taken from PATH too', () => {
    for (const { entry, download } of downloads) {
      const minor = (version: string) => version.split('.').slice(0, 2).join('.')
      expect(minor(download.version)).toBe(minor(entry.version))
    }
  })

  it('knows that nobody releases kube-controller-manager for macOS, and how to build it there', () => {
    expect(offers('kube-controller-manager', 'darwin-arm64')).toEqual([])
    expect(findEntry(catalogue, 'kube-controller-manager').build.package).toBe(
      'k8s.io/kubernetes/cmd/kube-controller-manager',
    )
  })

  it('names the known tools when asked for another', () => {
    expect(() => findEntry(catalogue, 'helm')).toThrow(UserError)
    try {
      findEntry(catalogue, 'helm')
    } catch (error) {
      expect((error as UserError).next).toContain('kube-apiserver')
    }
  })
})

describe('what is downloaded for the embedded control plane', () => {
  const files = (platform: PlatformName, names: readonly string[]) =>
    [
      ...planDownloads(
        names.map((name) => findEntry(catalogue, name)),
        platform,
      ),
    ].map(([url, wishes]) => [url.split('/').at(-1), wishes.map((wish) => wish.entry.name)])

  it('is one server archive and one of etcd on Linux', () => {
    expect(files('linux-x64', EMBEDDED_TOOLS)).toEqual([
      ['etcd-v3.6.5-linux-amd64.tar.gz', ['etcd']],
      ['kubernetes-server-linux-amd64.tar.gz', ['kube-apiserver', 'kube-controller-manager', 'kubectl']],
    ])
  })

  it('is one archive on macOS', () => {
    expect(files('darwin-arm64', EMBEDDED_TOOLS)).toEqual([
      ['envtest-v1.34.1-darwin-arm64.tar.gz', ['etcd', 'kube-apiserver', 'kubectl']],
    ])
  })

  it('is the small archive when kubectl alone is wanted', () => {
    expect(files('linux-arm64', ['kubectl'])).toEqual([['kubernetes-client-linux-arm64.tar.gz', ['kubectl']]])
  })
})
