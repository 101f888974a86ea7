import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readRecord, type SeedRecord, writeRecord } from '../../../src/seeding/record.ts'

const folder = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-unit-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the record of what was before a lesson', () => {
  it('comes back with everything that was written', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
    // Required: a field that is added to the type has to be added here, and to what is read.
    const record: Required<SeedRecord> = {
      version: 1,
      cluster: 'ca',
      storage: 'uid',
      server: 'https://127.0.0.1:6443',
      takenAt: '2026-01-01T00:00:00.000Z',
      objects: { '/Namespace /shop': namespace },
      nodes: ['k8s-sec-lab-control-plane'],
      files: { 'encryption.yaml': 'kind: EncryptionConfiguration' },
      addOns: ['sealed-secrets'],
      gone: { shop: 1234 },
      active: {
        lesson: 'L05',
        attempt: '2026-01-01T00:00:01.000Z',
        complete: true,
        files: { 'notes.txt': 'hash' },
        nodes: { node: { paths: ['/etc/lab'], missing: ['/etc/lab'], kept: '' } },
      },
    }
    await writeRecord(folder, record)
    expect(await readRecord(folder)).toEqual(record)
  })
})
