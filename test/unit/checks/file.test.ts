import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { file } from '../../../src/checks/kinds/file.ts'
import type { CheckContext } from '../../../src/core/ports.ts'
import { createWorkspace } from '../../../src/seeding/workspace.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-file-test-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const look = (text: string | undefined, fields: object) => {
  if (text !== undefined) writeFileSync(join(root, 'it'), text)
  const context = {
    workspace: createWorkspace({ root }),
    bindings: { vars: {}, nonce: {}, captured: {}, lab: {}, image: {} },
  } as unknown as CheckContext
  return file.run(file.schema.parse({ path: 'it', ...fields }), context)
}

describe('file', () => {
  it.each([
    ['in any order, with blank lines and spaces', 'b\n\n  a \r\n', ''],
    ['one too few', 'a\n', 'lacks'],
    ['one too many', 'a\nb\nc\n', 'contains'],
    ['one that only begins alike', 'a\nb1\n', 'lacks'],
  ])('holds lines: %s', async (_, text, problem) => {
    expect(await look(text, { lines: ['a', 'b'] })).toMatchObject({
      kind: problem === '' ? 'met' : 'unmet',
      data: { problem },
    })
  })

  it('looks into JSON and YAML', async () => {
    const fields = {
      validations: [
        { expression: "object.list == ['a']", message: 'the list is wrong' },
        { expression: 'object.count > 1', message: 'too few' },
      ],
    }
    expect((await look('{"list": ["a"], "count": 2}', fields)).kind).toBe('met')
    expect(await look('list: [a]\ncount: 1\n', fields)).toMatchObject({
      kind: 'unmet',
      found: 'it: too few',
      data: { problem: 'content', failed: [1] },
    })
    expect(await look('{"list": [', fields)).toMatchObject({ kind: 'unmet', data: { problem: 'unparsable' } })
    expect(await look(undefined, { ...fields, path: 'other' })).toMatchObject({ data: { problem: 'missing' } })
  })
})
