import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { script } from '../../../src/checks/kinds/script.ts'
import type { CheckContext } from '../../../src/core/ports.ts'
import { createWorkspace } from '../../../src/seeding/workspace.ts'
import { createScripts } from '../../../src/tools/scripts.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-script-test-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const put = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

const look = async (fields: object, signal = new AbortController().signal) => {
  const parsed = script.schema.parse(fields)
  const context = {
    workspace: createWorkspace({ root }),
    scripts: createScripts({ env: async () => ({ PATH: process.env.PATH ?? '', OUTER: 'outer' }) }),
    signal,
  } as unknown as CheckContext
  return script.run(parsed, context)
}
const gate = (cases: readonly object[], more: object = {}) => ({ folder: 'repo', run: 'gate.sh', cases, ...more })

describe('script', () => {
  it('runs in a copy: the folder is not changed, and nothing is left', async () => {
    put('repo/gate.sh', 'echo changed > data; touch new; test "$OUTER" = outer')
    put('repo/data', 'mine')
    const before = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('k8s-sec-lab-script-') && !root.endsWith(name),
    )
    const found = await look(gate([{ title: 'as it is', leaves: { data: 'changed' } }]))
    expect(found.kind).toBe('met')
    expect(readdirSync(join(root, 'repo')).sort()).toEqual(['data', 'gate.sh'])
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('k8s-sec-lab-script-') && !root.endsWith(name))
    expect(after).toEqual(before)
  })

  it.each([
    [{ folder: 'repo', run: 'ci/gate.sh' }, 'cd repo && bash ci/gate.sh; echo "exit code $?"'],
    [{ folder: '.', command: ['sh', '-c', "test 'x' && a"] }, `sh -c 'test '\\''x'\\'' && a'; echo "exit code $?"`],
  ])('%j can be repeated in a shell', (fields, said) => {
    const cases = [{ title: 'as it is' }]
    expect(script.reproduce?.(script.schema.parse({ ...fields, cases }), {} as never)).toBe(said)
  })

  it('watches the folder, and what it is said to read', () => {
    const read = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' }
    const fields = script.schema.parse(gate([{ title: 'as it is' }], { watches: [read] }))
    expect(script.watches(fields)).toEqual([
      { kind: 'file', path: 'repo/**' },
      { kind: 'objects', apiVersion: 'v1', object: 'ConfigMap', namespace: 'shop' },
    ])
  })

  it('writes and removes files for one case alone', async () => {
    put('repo/gate.sh', 'test ! -e bad/file && test -e kept')
    put('repo/kept', '')
    put('repo/old/file', '')
    const cases = [
      { title: 'clean' },
      { title: 'planted', write: { 'bad/file': 'x' }, code: 'nonzero' },
      { title: 'removed', remove: ['kept'], code: 1 },
      { title: 'folder removed', remove: ['old'], code: 0 },
    ]
    expect((await look(gate(cases))).kind).toBe('met')
  })

  it('says which case is wrong, and what was printed', async () => {
    put('repo/gate.sh', 'echo out; echo err >&2; exit 3')
    const found = await look(gate([{ title: 'good', code: 3 }, { title: 'bad' }]))
    expect(found).toMatchObject({
      kind: 'unmet',
      found: 'bad: it ended with exit code 3',
      data: { problem: 'code', wrong: ['bad'], code: 3 },
    })
    expect((found as unknown as { data: { output: string } }).data.output.split('\n').sort()).toEqual(['err', 'out'])
  })

  it('knows a tool that was really called from one that is only named', async () => {
    put('repo/gate.sh', 'echo env')
    const named = await look(gate([{ title: 'x' }], { calls: ['env'] }))
    expect(named).toMatchObject({ kind: 'unmet', data: { problem: 'not-called' } })
    put('repo/gate.sh', 'env | grep -q OUTER=outer')
    expect((await look(gate([{ title: 'x' }], { calls: ['env'] }))).kind).toBe('met')
  })

  it('takes one of several tools', async () => {
    put('repo/gate.sh', 'env > /dev/null')
    expect((await look(gate([{ title: 'x' }], { calls: [['no-such-tool', 'env']] }))).kind).toBe('met')
    const neither = await look(gate([{ title: 'x' }], { calls: [['no-such-tool', 'uname']] }))
    expect(neither).toMatchObject({ kind: 'unmet', found: 'x: it did not call no-such-tool or uname' })
  })

  it('looks at what is printed and left', async () => {
    put('repo/gate.sh', 'echo found LAB-1; echo \'{"id": "LAB-1"}\' > report.json')
    const cases = (more: object) => [{ title: 'x', ...more }]
    expect((await look(gate(cases({ prints: ['LAB-1'], leaves: { 'report.json': 'LAB-1' } })))).kind).toBe('met')
    expect(await look(gate(cases({ prints: 'LAB-2' })))).toMatchObject({ data: { problem: 'lacks' } })
    expect(await look(gate(cases({ lacks: 'LAB-1' })))).toMatchObject({ data: { problem: 'prints' } })
    expect(await look(gate(cases({ leaves: { 'report.json': 'LAB-2' } })))).toMatchObject({ data: { problem: 'file' } })
    expect(await look(gate(cases({ leaves: { 'other.json': 'x' } })))).toMatchObject({ data: { problem: 'file' } })
  })

  it('is not met without the script, and ends one that does not end, with all it started', async () => {
    expect(await look(gate([{ title: 'x' }]))).toMatchObject({ kind: 'unmet', data: { problem: 'missing' } })
    put('repo/gate.sh', 'sleep 1000 & wait')
    const found = await look(gate([{ title: 'x', code: 'nonzero' }], { timeout: 1 }))
    expect(found).toMatchObject({ kind: 'unmet', data: { problem: 'timeout', code: -1 } })
  })

  it('can be cancelled', async () => {
    put('repo/gate.sh', 'sleep 1000')
    const stop = new AbortController()
    const running = look(gate([{ title: 'x' }]), stop.signal)
    stop.abort()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('runs a command of the grader instead', async () => {
    put('repo/data', 'mine')
    const fields = { folder: 'repo', command: ['cat', 'data'], cases: [{ title: 'x', prints: 'mine' }] }
    expect((await look(fields)).kind).toBe('met')
    expect(script.schema.safeParse({ folder: 'repo', cases: [{ title: 'x' }] }).success).toBe(false)
  })
})
