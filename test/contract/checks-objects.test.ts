import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../src/grader/world.ts'
import { testBackend } from '../support/backends.ts'
import { testCluster } from '../support/cluster.ts'
import { factsOf, find, folderWorkspace, namespace, pod, put, worldOf } from './checks-world.ts'

const NS = 'kinds-objects'
const PASSWORD = 'sup3rGeheim42'
const workspace = folderWorkspace()
let world: World
let cleanUp: () => Promise<void>

const configMap = (name: string, data: { [key: string]: string }, annotations: { [key: string]: string } = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NS, annotations },
  data,
})

beforeAll(async () => {
  world = worldOf((await testCluster()).probe, workspace, {
    bindings: { vars: { ns: NS, password: PASSWORD }, captured: {}, lab: {}, image: {} },
  })
  cleanUp = await put(world.probe, namespace(NS, { owner: 'me' }), pod('web', NS), pod('batch', NS, 'nginx'))
})

afterAll(async () => {
  await cleanUp()
  workspace.remove()
})

describe('object', () => {
  const web = { apiVersion: 'v1', kind: 'Pod', namespace: '((vars.ns))', name: 'web' }
  it('judges one object with CEL, and fills in placeholders', async () => {
    const validations = [
      { expression: "object.metadata.namespace == vars.ns && object.spec.containers.all(c, c.image.contains('/'))" },
    ]
    expect(factsOf(await find(world, 'object', { ...web, validations }))).toMatchObject({
      kind: 'met',
      data: { names: [`${NS}/web`] },
    })
    const wrong = factsOf(
      await find(world, 'object', {
        ...web,
        validations: [
          { expression: 'object.spec.hostNetwork == true', message: 'not on the host network' },
          {
            expression: "object.spec.containers[0].image == 'x'",
            messageExpression: "'the image is ' + object.spec.containers[0].image",
          },
        ],
      }),
    )
    expect(wrong).toMatchObject({ kind: 'unmet', data: { failed: [0, 1], missing: false } })
    expect(wrong.found).toContain('not on the host network; the image is registry.lab.local/app:1')
  })

  it('names what does exist when the object does not', async () => {
    const gone = factsOf(await find(world, 'object', { ...web, name: 'wbe' }))
    expect(gone).toMatchObject({ kind: 'unmet', data: { missing: true } })
    expect(gone.found).toContain('batch and web')
  })

  it('judges every object that a selector finds, and counts', async () => {
    const all = { apiVersion: 'v1', kind: 'Pod', namespace: NS }
    const validations = [{ expression: "object.spec.containers.all(c, c.image != 'nginx')", message: 'nginx' }]
    expect(factsOf(await find(world, 'object', { ...all, validations })).found).toContain('batch: nginx')
    expect(factsOf(await find(world, 'object', { ...all, count: 3 })).found).toContain('only 2')
    expect((await find(world, 'object', { ...all, count: 2 })).kind).toBe('met')
    expect(factsOf(await find(world, 'object', { ...all, selector: 'app=none', validations })).kind).toBe('unmet')
    expect(
      (
        await find(world, 'object', {
          apiVersion: 'v1',
          kind: 'Namespace',
          selector: `kubernetes.io/metadata.name=${NS}`,
          validations: [{ expression: "object.metadata.labels.owner == 'me'" }],
        })
      ).kind,
    ).toBe('met')
  })

  it('can ask that nothing of a sort is left', async () => {
    const all = { apiVersion: 'v1', kind: 'Pod', namespace: NS, exists: false }
    const sort = (image: string) => [{ expression: `object.spec.containers.exists(c, c.image == '${image}')` }]
    expect(factsOf(await find(world, 'object', { ...all, validations: sort('nginx') })).found).toContain(`${NS}/batch`)
    expect((await find(world, 'object', { ...all, validations: sort('redis') })).kind).toBe('met')
    expect((await find(world, 'object', { ...web, exists: false })).kind).toBe('unmet')
    expect((await find(world, 'object', { ...web, name: 'gone', exists: false })).kind).toBe('met')
  })

  it('says so when the expression or the kind is the lesson’s mistake', async () => {
    expect(
      await find(world, 'object', { ...web, validations: [{ expression: 'object.metadata.name + 1 > 2' }] }),
    ).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('object.metadata.name + 1 > 2'),
    })
    expect(
      await find(world, 'object', { ...web, validations: [{ expression: 'object.metadata.name' }] }),
    ).toMatchObject({ kind: 'unknown' })
    expect(await find(world, 'object', { apiVersion: 'nowhere/v1', kind: 'Thing' })).toMatchObject({ kind: 'unknown' })
  })

  it('does not see the throw-away objects of other checks', async () => {
    const given = [pod('((nonce.name))', NS, 'nginx') as never]
    const all = { apiVersion: 'v1', kind: 'Pod', namespace: NS }
    const more = { given }
    expect(factsOf(await find(world, 'object', { ...all, count: 3 }, more)).found).toContain('only 2')
    expect((await find(world, 'object', { ...all, name: '((nonce.name))' }, more)).kind).toBe('met')
    expect(factsOf(await find(world, 'object', all)).data.names).toEqual([`${NS}/batch`, `${NS}/web`])
  })
})

describe('secret', () => {
  const equals = { namespace: NS, name: 'db', key: 'password', value: '((vars.password))' }
  const held = (value: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: NS },
    data: { password: Buffer.from(value).toString('base64') },
  })

  it.each([
    [PASSWORD, ''],
    [`${PASSWORD}\n`, 'newline'],
    [Buffer.from(PASSWORD).toString('base64'), 'double-base64'],
    [`${Buffer.from(`${PASSWORD}\n`).toString('base64')}\n`, 'double-base64'],
    ['other', 'different'],
  ])('a Secret of %j is %j', async (value, problem) => {
    const undo = await put(world.probe, held(value))
    const seen = factsOf(await find(world, 'secret', { equals }))
    expect(seen).toMatchObject({ kind: problem === '' ? 'met' : 'unmet', data: { problem, exists: true } })
    await undo()
  })

  it('tells a missing Secret from a missing key', async () => {
    expect(factsOf(await find(world, 'secret', { equals }))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'missing', exists: false },
    })
    const undo = await put(world.probe, { ...held('x'), data: {} })
    expect(factsOf(await find(world, 'secret', { equals }))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'missing-key' },
    })
    await undo()
  })

  const absent = {
    value: '((vars.password))',
    objects: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: NS }],
    files: ['manifests/**', '*.env'],
  }
  const b64 = (text: string): string => Buffer.from(text).toString('base64')

  it.each([
    ['as it is', PASSWORD],
    ['inside a URL', `postgres://app:${PASSWORD}@db/shop`],
    ['in base64', b64(PASSWORD)],
    ['in base64 with a line end', b64(`${PASSWORD}\n`)],
    ['in base64 of a longer text', b64(`user=app\npassword=${PASSWORD}\n`)],
    ['in base64 of a text one longer', b64(`x${PASSWORD}`)],
    ['in base64 of base64', b64(b64(PASSWORD))],
    ['in base64 of base64 with a line end', b64(`${b64(`${PASSWORD}\n`)}\n`)],
    ['in wrapped base64', b64(`${'#'.repeat(50)}${PASSWORD}`).replace(/(.{76})/g, '$1\n')],
  ])('finds the value %s', async (_, text) => {
    const undo = await put(world.probe, configMap('app', { settings: text }))
    expect(factsOf(await find(world, 'secret', { absent })).data.places).toEqual(['configmap/app data.settings'])
    await undo()
    await workspace.write('manifests/deep/app.yaml', `a: ${text}`)
    expect(factsOf(await find(world, 'secret', { absent })).data.places).toEqual(['file manifests/deep/app.yaml'])
    await workspace.write('manifests/deep/app.yaml', '')
  })

  it('finds it in an annotation that apply left behind, and in a key', async () => {
    const last = JSON.stringify({ data: { password: PASSWORD } })
    const undo = await put(
      world.probe,
      configMap('app', { [PASSWORD]: 'x' }, { 'kubectl.kubernetes.io/last-applied-configuration': last }),
    )
    const places = factsOf(await find(world, 'secret', { absent })).data.places as string[]
    expect(places).toContain('configmap/app metadata.annotations.kubectl.kubernetes.io/last-applied-configuration')
    expect(places.some((place) => place.startsWith(`configmap/app data.${PASSWORD}`))).toBe(true)
    await undo()
    expect((await find(world, 'secret', { absent })).kind).toBe('met')
  })

  it('passes over those that may hold it, by their names', async () => {
    const undo = await put(world.probe, configMap('home', { p: PASSWORD }), configMap('copy', { p: PASSWORD }))
    const [type] = absent.objects
    const but = (...except: string[]) => ({ absent: { ...absent, objects: [{ ...type, except }] } })
    expect(factsOf(await find(world, 'secret', but('home'))).data.places).toEqual(['configmap/copy data.p'])
    expect((await find(world, 'secret', but('home', 'copy'))).kind).toBe('met')
    await undo()
  })
})

describe('stored, component, control-plane-file', () => {
  it('reads what etcd holds in plain', async () => {
    const undo = await put(world.probe, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'raw', namespace: NS },
      stringData: { p: PASSWORD },
    })
    const stored = (more: object) => find(world, 'stored', { prefix: `/registry/secrets/${NS}/`, ...more })
    expect(factsOf(await stored({ lacks: ['((vars.password))'] }))).toMatchObject({
      kind: 'unmet',
      data: { total: 1, plain: ['raw'], leaking: ['raw'] },
    })
    expect(factsOf(await stored({ every: { 'starts-with': 'k8s:enc:' } }))).toMatchObject({
      kind: 'unmet',
      summary: 'in plain',
    })
    expect(factsOf(await stored({ 'newest-key': true })).found).toContain('does not encrypt')
    expect(factsOf(await stored({ lacks: ['not in there'] })).kind).toBe('met')
    await undo()
  })

  it('does not pass because nothing is stored', async () => {
    const nothing = {
      prefix: '/registry/secrets/kinds-nowhere/',
      every: { 'starts-with': 'k8s:enc:' },
      lacks: ['x-x-x-x'],
    }
    expect(factsOf(await find(world, 'stored', nothing))).toMatchObject({ kind: 'unmet', data: { total: 0 } })
  })

  it('sees that a component runs, and what a file says', async () => {
    expect(factsOf(await find(world, 'component', { name: 'kube-apiserver', runs: true }))).toMatchObject({
      kind: 'met',
      data: { state: 'running' },
    })
    const kubelet = await find(world, 'component', { name: 'kubelet', runs: true })
    expect(kubelet.kind).toBe(testBackend === 'kind' ? 'met' : 'unmet')
    const file = { name: 'encryption.yaml', 'mode-max': '600' }
    const validations = [{ expression: "object.kind == 'EncryptionConfiguration'" }]
    expect(factsOf(await find(world, 'control-plane-file', { ...file, validations })).kind).toBe('met')
    expect(factsOf(await find(world, 'control-plane-file', { ...file, 'mode-max': '400' })).found).toContain(
      'mode is 600',
    )
    expect(await find(world, 'control-plane-file', { ...file, name: 'nothing.yaml' })).toMatchObject({
      kind: 'unknown',
    })
  })
})

describe('file and answer', () => {
  it('looks at files of the workspace', async () => {
    await workspace.write('notes.txt', 'one\ntwo\n', 0o644)
    const file = (more: object) => find(world, 'file', { path: 'notes.txt', ...more })
    expect((await file({})).kind).toBe('met')
    expect((await file({ contains: ['two'], lacks: ['three'], matches: '^two$', 'mode-max': '644' })).kind).toBe('met')
    expect(factsOf(await file({ 'mode-max': '600' })).found).toContain('644')
    expect(factsOf(await file({ equals: 'one\ntwo' }))).toMatchObject({
      kind: 'unmet',
      data: { problem: 'whitespace' },
    })
    expect(factsOf(await file({ contains: ['three'] })).found).toContain('does not contain three')
    expect(factsOf(await find(world, 'file', { path: 'none.txt', lacks: ['x'] }))).toMatchObject({
      kind: 'unmet',
      data: { exists: false },
    })
    expect((await find(world, 'file', { path: 'none.txt', exists: false })).kind).toBe('met')
  })

  it('looks at answers', async () => {
    const ask = (more: object = {}) =>
      find(world, 'answer', { key: 'crown', equals: '((vars.password))', wrong: { admin: 'Not the user.' }, ...more })
    expect(factsOf(await ask())).toMatchObject({ kind: 'unmet', data: { present: false }, found: 'no answer yet' })
    await workspace.write('answers.yaml', `crown: "  ${PASSWORD} "\nnumber: 42\n`)
    expect((await ask()).kind).toBe('met')
    expect((await find(world, 'answer', { key: 'number', equals: '42' })).kind).toBe('met')
    await workspace.write('answers.yaml', 'crown: admin')
    expect(factsOf(await ask())).toMatchObject({ kind: 'unmet', why: 'Not the user.', data: { given: 'admin' } })
    expect((await ask({ equals: ['x', 'ADMIN'], normalise: 'lower' })).kind).toBe('met')
    await workspace.write('answers.yaml', 'crown: [')
    expect(factsOf(await ask()).found).toContain('not valid YAML')
  })
})
