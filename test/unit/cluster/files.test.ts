import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readIfThere, storageError, writeAtomic } from '../../../src/cluster/files.ts'
import { UserError } from '../../../src/core/errors.ts'

describe('writeAtomic', () => {
  it('keeps the mode of what it replaces, and leaves nothing beside it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'files-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const path = join(dir, 'a.yaml')
    await writeAtomic(path, 'one', 0o600)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    chmodSync(path, 0o644)
    await writeAtomic(path, 'two', 0o600)
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['two', 0o644])
    expect(readdirSync(dir)).toEqual(['a.yaml'])
    expect(await readIfThere(join(dir, 'none'))).toBeUndefined()
  })

  it('says what stands in the way, and keeps the old file', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'files-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    writeFileSync(join(dir, 'file'), 'kept')
    await expect(writeAtomic(join(dir, 'file', 'a'), 'x')).rejects.toThrow(UserError)
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('kept')
  })

  it.each([
    ['ENOSPC', 'The disk is full', 'Free about 500 MB'],
    ['EROFS', 'read-only', 'K8S_SEC_LAB_HOME'],
    ['EACCES', 'permission denied', 'K8S_SEC_LAB_HOME'],
  ])('turns %s into a sentence and a next step', (code, what, next) => {
    const error = storageError(Object.assign(new Error('x'), { code }), '/lab/a')
    expect(error).toBeInstanceOf(UserError)
    expect((error as UserError).message).toContain(what)
    expect((error as UserError).message).toContain('/lab/a')
    expect((error as UserError).next).toContain(next)
    expect((error as UserError).exitCode).toBe(3)
  })

  it('passes on what it does not know', () => {
    const error = new Error('odd')
    expect(storageError(error, '/a')).toBe(error)
  })
})
