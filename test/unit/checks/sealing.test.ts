import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { sealed } from '../../../src/checks/kinds/sealed.ts'
import { openSealed } from '../../../src/checks/sealing.ts'
import type { CheckContext } from '../../../src/core/ports.ts'

// Sealed by kubeseal v0.30.0 for a certificate of key.pem (foreign.yaml: of other-key.pem), value correct-horse.
const text = (name: string): string => readFileSync(join(import.meta.dirname, 'sealed', name), 'utf8')
const item = (name: string): string => parse(text(name)).spec.encryptedData.password
const key = text('key.pem')
const other = text('other-key.pem')

describe('openSealed', () => {
  it.each([
    ['strict.yaml', 'prod/db'],
    ['namespace-wide.yaml', 'prod'],
    ['cluster-wide.yaml', ''],
    ['moved.yaml', 'default/db'],
    ['renamed.yaml', 'prod/database'],
  ])('opens %s, and knows whom it is for', (name, label) => {
    const opened = openSealed(item(name), key)
    expect(opened?.value.toString()).toBe('correct-horse')
    const labels = ['prod/db', 'prod', '', 'default/db', 'prod/database']
    expect(labels.filter((each) => opened?.isFor(each))).toEqual([label])
  })

  it('does not open what was sealed for another key, was changed, or is nothing of the kind', () => {
    expect(openSealed(item('foreign.yaml'), key)).toBeUndefined()
    expect(openSealed(item('foreign.yaml'), other)?.value.toString()).toBe('correct-horse')
    const bytes = Buffer.from(item('strict.yaml'), 'base64')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    expect(openSealed(bytes.toString('base64'), key)).toBeUndefined()
    for (const odd of ['', 'AA==', 'AQA=', 'not base64 at all!', Buffer.alloc(600).toString('base64')]) {
      expect(openSealed(odd, key)).toBeUndefined()
    }
    expect(openSealed(item('strict.yaml'), 'no key')).toBeUndefined()
  })
})

/** A cluster that has namespaces prod and default, the sealing key, and objects by path. */
const contextOf = (files: Readonly<Record<string, string>>, objects: Readonly<Record<string, unknown>> = {}) => {
  const base64 = (value: string) => Buffer.from(value).toString('base64')
  const secrets = [{ metadata: { name: 'key', namespace: 'kube-system' }, data: { 'tls.key': base64(key) } }]
  const served = (group: string, version: string, kinds: readonly (readonly [string, string, string])[]) => ({
    metadata: { name: group },
    versions: [
      { version, resources: kinds.map(([kind, resource, scope]) => ({ resource, responseKind: { kind }, scope })) },
    ],
  })
  const core = [['Secret', 'secrets', 'Namespaced'] as const, ['Namespace', 'namespaces', 'Cluster'] as const]
  const answers: Readonly<Record<string, unknown>> = {
    '/api': { items: [served('', 'v1', core)] },
    '/apis': { items: [served('bitnami.com', 'v1alpha1', [['SealedSecret', 'sealedsecrets', 'Namespaced']])] },
    '/api/v1/namespaces': { items: [{ metadata: { name: 'prod' } }, { metadata: { name: 'default' } }] },
    '/api/v1/namespaces/kube-system/secrets': { items: secrets },
    ...objects,
  }
  return {
    probe: {
      api: async ({ path }: { readonly path: string }) => {
        const json = answers[path.split('?')[0] ?? '']
        return { status: json === undefined ? 404 : 200, headers: {}, warnings: [], text: '', json }
      },
    },
    workspace: { read: async (path: string) => (files[path] === undefined ? undefined : Buffer.from(files[path])) },
    signal: new AbortController().signal,
  } as unknown as CheckContext
}

const wanted = { namespace: 'prod', name: 'db', key: 'password', value: 'correct-horse' }
const inFile = (name: string, more: object = {}) =>
  sealed.run({ ...wanted, file: 'git/db.yaml', ...more }, contextOf({ 'git/db.yaml': text(name) }))
const plain = 'kind: Secret\nmetadata: {name: db, namespace: prod}\nstringData: {password: correct-horse}\n'

describe('a sealed file', () => {
  it('is right for its own scope', async () => {
    expect(await inFile('strict.yaml')).toMatchObject({ kind: 'met' })
    expect(await inFile('namespace-wide.yaml', { scope: 'namespace-wide' })).toMatchObject({ kind: 'met' })
    expect(await inFile('cluster-wide.yaml', { scope: 'cluster-wide' })).toMatchObject({ kind: 'met' })
  })

  it.each([
    ['namespace-wide.yaml', 'wide', 'any name in prod'],
    ['cluster-wide.yaml', 'wide', 'any name in any namespace'],
    ['moved.yaml', 'other-scope', 'default/db'],
    ['renamed.yaml', 'other-scope', 'another name'],
    ['foreign.yaml', 'foreign', "none of the controller's keys"],
    ['newline.yaml', 'newline', 'line end'],
    ['different.yaml', 'different', 'another one'],
  ])('%s is not', async (name, problem, words) => {
    const found = await inFile(name)
    expect(found).toMatchObject({ kind: 'unmet', data: { problem }, found: expect.stringContaining(words) })
  })

  it('says what stands in its place', async () => {
    const look = (file: string | undefined) =>
      sealed.run({ ...wanted, file: 'git/db.yaml' }, contextOf(file === undefined ? {} : { 'git/db.yaml': file }))
    expect(await look(undefined)).toMatchObject({ kind: 'unmet', data: { problem: 'missing' } })
    expect(await look(plain)).toMatchObject({ kind: 'unmet', data: { problem: 'not-sealed' } })
    expect(await look('')).toMatchObject({ kind: 'unmet', data: { problem: 'not-sealed' } })
    expect(await look('a: [')).toMatchObject({ kind: 'unmet', data: { problem: 'unparsable' } })
    expect(await look(text('strict.yaml').replaceAll('name: db', 'name: other'))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'other-name' },
    })
    expect(await look(text('strict.yaml').replace('password:', 'pass:'))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'missing-key' },
    })
    expect(
      await look(
        text('strict.yaml').replace(
          /metadata:/,
          'metadata:\n  annotations: {sealedsecrets.bitnami.com/cluster-wide: "true"}',
        ),
      ),
    ).toMatchObject({
      kind: 'unmet',
      data: { problem: 'annotation' },
    })
  })

  it('must not open with a key that leaked', async () => {
    expect(await inFile('strict.yaml', { 'not-with': [other] })).toMatchObject({ kind: 'met' })
    expect(await inFile('strict.yaml', { 'not-with': [other, key] })).toMatchObject({
      kind: 'unmet',
      data: { problem: 'leaked' },
    })
  })
})

describe('a value that has to be another one', () => {
  const fresh = { namespace: 'prod', name: 'db', key: 'password', file: 'git/db.yaml', 'not-value': 'correct-horse' }
  const look = (name: string, more: object = {}) =>
    sealed.run({ ...fresh, ...more }, contextOf({ 'git/db.yaml': text(name) }))

  it('may be any but the old one', async () => {
    expect(await look('different.yaml')).toMatchObject({ kind: 'met' })
    for (const old of ['strict.yaml', 'newline.yaml']) {
      expect(await look(old)).toMatchObject({ kind: 'unmet', data: { problem: 'old-value' } })
    }
    expect(await look('different.yaml', { 'not-with': [key] })).toMatchObject({ data: { problem: 'leaked' } })
  })

  it('is asked whether a certain key opens it', async () => {
    const asked = { namespace: 'prod', name: 'db', key: 'password', file: 'git/db.yaml', 'opened-by': other }
    const open = (name: string) => sealed.run(asked, contextOf({ 'git/db.yaml': text(name) }))
    expect(await open('foreign.yaml')).toMatchObject({ kind: 'met' })
    expect(await open('strict.yaml')).toMatchObject({ kind: 'unmet', data: { problem: 'closed' } })
  })
})

describe('a live SealedSecret', () => {
  const HEALTH = '/api/v1/namespaces/kube-system/services/http:sealed-secrets-controller:http/proxy/healthz'
  const live = (status?: object) => {
    const manifest = parse(text('strict.yaml'))
    return { ...manifest, metadata: { ...manifest.metadata, uid: 'u1' }, ...(status ? { status } : {}) }
  }
  const synced = (isTrue: boolean, message = '') => ({
    conditions: [{ type: 'Synced', status: isTrue ? 'True' : 'False', message }],
  })
  const secretOf = (uid: string, value: string) => ({
    metadata: { name: 'db', namespace: 'prod', ownerReferences: [{ uid }] },
    data: { password: Buffer.from(value).toString('base64') },
  })
  const look = (objects: { sealed?: unknown; secret?: unknown; up?: boolean }) =>
    sealed.run(
      { ...wanted, unsealed: true },
      contextOf(
        {},
        {
          ...(objects.sealed ? { '/apis/bitnami.com/v1alpha1/namespaces/prod/sealedsecrets/db': objects.sealed } : {}),
          ...(objects.secret ? { '/api/v1/namespaces/prod/secrets/db': objects.secret } : {}),
          ...((objects.up ?? true) ? { [HEALTH]: 'ok' } : {}),
        },
      ),
    )

  it('is right once the controller has made its Secret', async () => {
    const found = await look({ sealed: live(synced(true)), secret: secretOf('u1', 'correct-horse') })
    expect(found).toMatchObject({ kind: 'met' })
  })

  it.each([
    ['there is none', {}, 'missing'],
    ['nothing was made of it', { sealed: live() }, 'not-unsealed'],
    [
      'the Secret is somebody else’s',
      { sealed: live(synced(true)), secret: secretOf('u2', 'correct-horse') },
      'unmanaged',
    ],
    [
      'the last change failed',
      { sealed: live(synced(false, 'no')), secret: secretOf('u1', 'correct-horse') },
      'not-synced',
    ],
    ['the Secret holds something else', { sealed: live(synced(true)), secret: secretOf('u1', 'old') }, 'different'],
  ])('is not while %s', async (_, objects, problem) => {
    expect(await look(objects)).toMatchObject({ kind: 'unmet', data: { problem } })
  })

  it('repeats the words of the controller', async () => {
    const found = await look({ sealed: live(synced(false, 'Resource "db" already exists')) })
    expect(found).toMatchObject({ kind: 'unmet', found: expect.stringContaining('Resource "db" already exists') })
  })

  it('blames the controller, and not the learner, when it does not answer', async () => {
    expect(await look({ sealed: live(), up: false })).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('controller'),
    })
    const done = { sealed: live(synced(true)), secret: secretOf('u1', 'correct-horse'), up: false }
    expect(await look(done)).toMatchObject({ kind: 'met' })
  })
})
