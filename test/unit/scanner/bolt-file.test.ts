import { describe, expect, it } from 'vitest'
import { databaseOf } from '../../../src/scanner/advisories.ts'
import { type Bucket, boltFile } from '../../../src/scanner/bolt-file.ts'

/** Reads such a file as bbolt does: from the root of the newer meta page, leaf by leaf. */
const readBolt = (file: Buffer): Bucket => {
  const bucketAt = (id: number): Bucket => {
    const at = id * 4096
    expect(Number(file.readBigUInt64LE(at))).toBe(id)
    expect(file.readUInt16LE(at + 8)).toBe(2)
    const elements = Array.from({ length: file.readUInt16LE(at + 10) }, (_, index) => {
      const element = at + 16 + index * 16
      const start = element + file.readUInt32LE(element + 4)
      const end = start + file.readUInt32LE(element + 8)
      const key = file.toString('utf8', start, end)
      const value = file.subarray(end, end + file.readUInt32LE(element + 12))
      const isBucket = file.readUInt32LE(element) === 1
      return [key, isBucket ? bucketAt(Number(value.readBigUInt64LE(0))) : value.toString('utf8')] as const
    })
    const keys = elements.map(([key]) => key)
    expect(keys).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    return Object.fromEntries(elements)
  }
  const meta = 4096 + 16
  expect(file.readUInt32LE(meta)).toBe(0xed0cdaed)
  expect(Number(file.readBigUInt64LE(meta + 40)) * 4096).toBe(file.length)
  return bucketAt(Number(file.readBigUInt64LE(meta + 16)))
}

describe('a database file of bbolt', () => {
  it('holds buckets within buckets, whatever their order and size', () => {
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`key-${index}`, 'x'.repeat(index)]))
    const root: Bucket = { z: { é: 'last' }, a: many, empty: {}, plain: 'value' }
    expect(readBolt(boltFile(root))).toEqual(root)
  })

  it('is made of whole pages, and the same for the same content', () => {
    const root: Bucket = { a: { b: 'c' } }
    expect(boltFile(root).length % 4096).toBe(0)
    expect(boltFile(root).equals(boltFile(root))).toBe(true)
  })

  it('keeps advisories where Trivy looks for them', () => {
    const advisory = {
      id: 'LAB-1',
      ecosystem: 'npm',
      package: 'left',
      vulnerable: ['<2.0.0'],
      patched: ['2.0.0'],
      severity: 'HIGH',
      title: 'left: wrong turn',
      description: 'It turns right.',
      published: '2026-01-02',
    } as const
    const root = readBolt(boltFile(databaseOf([advisory, { ...advisory, id: 'LAB-2', severity: 'LOW' }])))
    const [source] = Object.keys(root).filter((name) => name.startsWith('npm::'))
    const left = (root[source ?? ''] as { left: Record<string, string> }).left
    expect(JSON.parse(left['LAB-1'] ?? '')).toEqual({ VulnerableVersions: ['<2.0.0'], PatchedVersions: ['2.0.0'] })
    const details = root.vulnerability as Record<string, string>
    expect(Object.keys(details)).toEqual(['LAB-1', 'LAB-2'])
    expect(JSON.parse(details['LAB-2'] ?? '')).toMatchObject({ Severity: 'LOW', VendorSeverity: { 'k8s-sec-lab': 1 } })
    expect(Object.keys(root['data-source'] as object)).toEqual([source])
  })
})
