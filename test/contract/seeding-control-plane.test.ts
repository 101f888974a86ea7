import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/cluster/system-clock.ts'
import { list, type Manifest } from '../../src/core/api/objects.ts'
import { createLessonSource } from '../../src/lessons/source.ts'
import { takeBaseline } from '../../src/seeding/baseline.ts'
import { type BeginOptions, begin } from '../../src/seeding/begin.ts'
import { changedFiles } from '../../src/seeding/control-plane.ts'
import { leave } from '../../src/seeding/leave.ts'
import { normalise } from '../../src/seeding/objects.ts'
import { createWorkspace } from '../../src/seeding/workspace.ts'
import { createProgressStore } from '../../src/store/progress.ts'
import { BACKENDS } from '../support/backends.ts'
import { ownCluster } from '../support/cluster.ts'
import { type Changes, lessonsFolder } from '../unit/lessons/fixture-lesson.ts'

const clock = systemClock
const report = (): void => undefined

const SECRET = `apiVersion: v1
kind: Secret
metadata: { name: card, namespace: demo }
stringData: { number: ((vars.password)) }
`
const encryption = (resources: string): string => `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [${resources}]
    providers:
      - secretbox: { keys: [{ name: k1, secret: "${randomBytes(32).toString('base64')}" }] }
      - identity: {}
`

describe.each(BACKENDS)('putting control-plane files back (%s)', () => {
  const own = ownCluster()
  beforeAll(async () => {
    await own.cluster.up({ report })
  })
  afterAll(own.remove)

  const beginWith = async (changes: Changes = {}): Promise<BeginOptions> => {
    const lesson = await createLessonSource({ dirs: [await lessonsFolder(changes)] }).find('L90')
    const options = {
      lesson,
      cluster: own.cluster,
      workspace: createWorkspace({ root: join(own.paths.workspace, lesson.slug) }),
      store: createProgressStore({ dir: own.paths.state }),
      stateDir: own.paths.state,
      home: own.home,
      clock,
      report,
    }
    await begin(options)
    return options
  }
  const put = async (path: string, objects: readonly Manifest[]): Promise<void> => {
    const probe = await own.cluster.probe()
    for (const body of objects) {
      const { name, namespace } = body.metadata ?? {}
      const reply = await probe.api({ method: 'PUT', path: `/api/v1/namespaces/${namespace}/${path}/${name}`, body })
      expect(reply.status).toBe(200)
    }
  }
  const encryptedKeys = async (): Promise<number> =>
    (await (await own.cluster.probe()).etcd('/registry/')).filter(({ value }) =>
      Buffer.from(value).toString('latin1').startsWith('k8s:enc:'),
    ).length

  it('writes those of the seed, and brings an API server back that a learner broke', async () => {
    const { objects, files } = await takeBaseline({ cluster: own.cluster, clock })
    const authentication = (files['authentication.yaml'] ?? '').replace(/^anonymous:[\s\S]*?(?=^\S|$(?![\s\S]))/m, '')
    const options = await beginWith({
      'lesson.yaml': (text) => text.replace('capabilities: [api]', 'capabilities: [api, control-plane-files]'),
      'seed/control-plane/authentication.yaml': `${authentication.trimEnd()}\nanonymous: { enabled: false }\n`,
    })
    expect(await changedFiles(own.cluster, files)).toEqual(['authentication.yaml'])
    const probe = await own.cluster.probe()
    expect((await probe.api({ method: 'GET', path: '/version', as: { kind: 'anonymous' } })).status).toBe(401)

    const broken = (await own.cluster.readFile('kube-apiserver.yaml')).replace(
      /( *)- --/,
      '$1- --no-such-flag=1\n$1- --',
    )
    expect(await own.cluster.writeFile('kube-apiserver.yaml', broken)).toMatchObject({ kind: 'crashing' })
    expect(await leave(options)).toEqual({ kind: 'swept' })
    expect(await changedFiles(own.cluster, files)).toEqual([])
    const after = await takeBaseline({ cluster: own.cluster, clock })
    expect(after.objects).toEqual(objects)
  })

  it('takes encryption away again, and leaves nothing that cannot be read', async () => {
    const api = await own.cluster.probe()
    const older = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'older', namespace: 'default' },
      data: { a: 'Yg==' },
    }
    expect((await api.api({ method: 'POST', path: '/api/v1/namespaces/default/secrets', body: older })).status).toBe(
      201,
    )
    const ofCluster = await list(api, { apiVersion: 'v1', kind: 'Secret' })
    const options = await beginWith({ 'seed/20-secret.yaml': SECRET })
    await own.cluster.writeFile('encryption.yaml', encryption('secrets'))
    await own.cluster.restart('kube-apiserver')
    const secret = { apiVersion: 'v1', kind: 'Secret' }
    await put('secrets', await list(await own.cluster.probe(), secret))
    expect(await encryptedKeys()).toBe(1 + ofCluster.length)
    expect(await leave(options)).toEqual({ kind: 'swept' })
    expect(await encryptedKeys()).toBe(0)
    expect((await list(await own.cluster.probe(), secret)).map(normalise)).toEqual(ofCluster.map(normalise))
    await api.api({ method: 'DELETE', path: '/api/v1/namespaces/default/secrets/older' })
  })

  it('makes the cluster anew when objects of its own need a key that goes', async () => {
    const options = await beginWith()
    await own.cluster.writeFile('encryption.yaml', encryption('configmaps'))
    await own.cluster.restart('kube-apiserver')
    await put('configmaps', await list(await own.cluster.probe(), { apiVersion: 'v1', kind: 'ConfigMap' }))
    expect(await leave(options)).toMatchObject({ kind: 'rebuilt', why: expect.stringContaining('encrypted') })
    expect(await own.cluster.status()).toMatchObject({ state: 'ready' })
    expect(await encryptedKeys()).toBe(0)
    await leave(await beginWith())
  })

  it('makes the cluster anew when a key was lost', async () => {
    const options = await beginWith({ 'seed/20-secret.yaml': SECRET })
    await own.cluster.writeFile('encryption.yaml', encryption('secrets'))
    await own.cluster.restart('kube-apiserver')
    await put('secrets', await list(await own.cluster.probe(), { apiVersion: 'v1', kind: 'Secret' }))
    await own.cluster.writeFile('encryption.yaml', encryption('secrets'))
    // It never gets ready like this, so nobody waits for that.
    const stop = new AbortController()
    const restarting = own.cluster.restart('kube-apiserver', { signal: stop.signal }).catch(() => undefined)
    const probe = await own.cluster.probe()
    const status = () =>
      probe.api({ method: 'GET', path: '/api/v1/secrets' }).then(
        ({ status }) => status,
        () => 0,
      )
    // 429: it cannot read them into its cache, and says so for ever.
    await expect.poll(status, { timeout: 60_000 }).toBe(429)
    stop.abort()
    await restarting
    expect(await leave(options)).toMatchObject({ kind: 'rebuilt', why: expect.stringContaining('secrets') })
    expect(await encryptedKeys()).toBe(0)
    await leave(await beginWith())
  })
})
