import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { apply, read } from '../../src/core/api/objects.ts'
import { UserError } from '../../src/core/errors.ts'
import type { StepReport } from '../../src/core/ports.ts'
import { BACKENDS } from '../support/backends.ts'
import { clusterIn, ownCluster, testCluster } from '../support/cluster.ts'
import { processesOf } from '../support/processes.ts'
import { canMount, mountSmall } from '../support/small-disk.ts'
import { until } from '../support/until.ts'

const quiet = { report: () => undefined }

/** Processes that belong to a home: those whose command names it, the test's own excepted. */
const left = (home: string) => processesOf(home).filter(({ pid }) => pid !== process.pid)

const pidsOf = async (cluster: ReturnType<typeof ownCluster>['cluster']) =>
  Object.fromEntries((await cluster.status()).components.map(({ name, pid }) => [name, pid ?? 0]))

/** One that has ended by itself meanwhile is as good. */
const kill = (pid: number): void => {
  try {
    if (pid) process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const supervisorPid = (home: string): number =>
  JSON.parse(readFileSync(join(home, 'cluster', 'supervisor.lock'), 'utf8')).pid

describe.each(BACKENDS)('the life of a cluster (%s)', () => {
  const own = ownCluster()
  beforeAll(async () => {
    await own.cluster.up(quiet)
    const kept = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default' } }
    await apply(await own.cluster.probe(), kept)
  })
  afterAll(() => own.remove())

  it('comes up a second time with the same data and processes', async () => {
    const before = await pidsOf(own.cluster)
    const status = await own.cluster.up(quiet)
    expect(status.state).toBe('ready')
    expect(await pidsOf(own.cluster)).toEqual(before)
  })

  it.each(['etcd', 'kube-apiserver', 'kube-controller-manager'] as const)(
    'restarts a killed %s by itself',
    async (name) => {
      const victim = (await own.cluster.status()).components.find((one) => one.name === name)
      process.kill(victim?.pid ?? 0, 'SIGKILL')
      const probe = await own.cluster.probe()
      await until(async () => {
        const { state, pid, restarts } = await probe.component(name)
        return state === 'running' && pid !== victim?.pid && restarts > (victim?.restarts ?? 0)
      })
      expect((await own.cluster.up(quiet)).state).toBe('ready')
    },
  )

  it('never calls a killed process running', async () => {
    const probe = await own.cluster.probe()
    const supervisor = supervisorPid(own.home)
    process.kill(supervisor, 'SIGSTOP') // so that nobody corrects the record
    try {
      const { pid = 0 } = await probe.component('kube-controller-manager')
      process.kill(pid, 'SIGKILL')
      const state = await until(async () => {
        const now = (await probe.component('kube-controller-manager')).state
        return now === 'running' ? undefined : now
      })
      expect(state).toBe('starting')
    } finally {
      process.kill(supervisor, 'SIGCONT')
    }
    expect((await own.cluster.up(quiet)).state).toBe('ready')
  })

  it('is repaired by up after the supervisor was killed, and keeps its data', async () => {
    const before = await pidsOf(own.cluster)
    process.kill(supervisorPid(own.home), 'SIGKILL')
    await until(async () => (await own.cluster.status()).state === 'broken')
    await expect(own.cluster.probe()).rejects.toThrow(UserError)
    expect((await own.cluster.up(quiet)).state).toBe('ready')
    const after = await pidsOf(own.cluster)
    for (const name of Object.keys(before)) expect(after[name]).not.toBe(before[name])
    const kept = await read(await own.cluster.probe(), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: 'default',
      name: 'kept',
    })
    expect(kept).toBeDefined()
    expect(left(own.home)).toHaveLength(4)
  })

  it('is repaired by up after the supervisor was killed and its status was lost', async () => {
    process.kill(supervisorPid(own.home), 'SIGKILL')
    writeFileSync(join(own.paths.cluster, 'status.json'), '{"version":1,"compo')
    await until(async () => (await own.cluster.status()).state === 'broken')
    expect((await own.cluster.up(quiet)).state).toBe('ready')
    expect(left(own.home)).toHaveLength(4)
  })

  it('is repaired by up when its record is damaged, and keeps its data', async () => {
    writeFileSync(join(own.paths.cluster, 'cluster.json'), '{"version":1,"ports":{"etcd":"x"')
    expect((await own.cluster.up(quiet)).state).toBe('ready')
    const kept = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'kept' }
    expect(await read(await own.cluster.probe(), kept)).toBeDefined()
    expect(left(own.home)).toHaveLength(4)
  })

  it('is ready after up, also when the supervisor dies while up looks at it', async () => {
    kill(supervisorPid(own.home))
    // A process that is being killed lives for another moment: this up or the next must notice.
    await until(async () => (await own.cluster.up(quiet)).state === 'ready' && left(own.home).length === 4)
  })

  it('is repaired by up after everything was killed', async () => {
    process.kill(supervisorPid(own.home), 'SIGKILL')
    for (const pid of Object.values(await pidsOf(own.cluster))) kill(pid)
    expect((await own.cluster.up(quiet)).state).toBe('ready')
  })

  it('makes a manifest and a config file again that are gone', async () => {
    rmSync(join(own.paths.cluster, 'manifests', 'kube-controller-manager.yaml'))
    rmSync(join(own.paths.cluster, 'config', 'audit-policy.yaml'))
    const probe = await own.cluster.probe()
    await until(async () => (await probe.component('kube-controller-manager')).state === 'absent')
    expect(await own.cluster.status()).toMatchObject({
      state: 'broken',
      reason: expect.stringContaining('no manifest'),
    })
    expect((await own.cluster.up(quiet)).state).toBe('ready')
    expect(await own.cluster.readFile('audit-policy.yaml')).toContain('kind: Policy')
  })

  it('lets two callers bring it up at the same time', async () => {
    process.kill(supervisorPid(own.home), 'SIGKILL')
    await until(async () => (await own.cluster.status()).state === 'broken')
    const other = clusterIn(own, own.home).cluster
    const states = await Promise.all([own.cluster.up(quiet), other.up(quiet)])
    expect(states.map(({ state }) => state)).toEqual(['ready', 'ready'])
    expect(left(own.home)).toHaveLength(4)
  })

  it('runs beside another home, on other ports, with other authorities', async () => {
    const shared = await testCluster()
    const [mine, theirs] = [await own.cluster.probe(), shared.probe]
    expect(mine.server).not.toBe(theirs.server)
    expect(mine.ca).not.toBe(theirs.ca)
    expect(
      await read(theirs, { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'kept' }),
    ).toBeUndefined()
  })

  it('takes other ports when another program has taken its own, and keeps data and edits', async () => {
    const manifest = await own.cluster.readFile('kube-apiserver.yaml')
    await own.cluster.writeFile('kube-apiserver.yaml', manifest.replace('\nspec:', '\n# mine\nspec:'))
    const old = new URL((await own.cluster.probe()).server).port
    const supervisor = supervisorPid(own.home)
    process.kill(supervisor, 'SIGKILL')
    for (const pid of Object.values(await pidsOf(own.cluster))) kill(pid)
    const thief = createServer()
    onTestFinished(() => void thief.close())
    await until(
      () =>
        new Promise<boolean>((resolve) => {
          thief.once('error', () => resolve(false))
          thief.listen(Number(old), '127.0.0.1', () => resolve(true))
        }),
    )
    const steps: StepReport[] = []
    expect((await own.cluster.up({ report: (step) => steps.push(step) })).state).toBe('ready')
    expect(steps.find(({ id, state }) => id === 'certificates' && state === 'done')?.detail).toContain(old)
    const probe = await own.cluster.probe()
    expect(new URL(probe.server).port).not.toBe(old)
    expect(await own.cluster.readFile('kube-apiserver.yaml')).toContain('# mine')
    expect(readFileSync(own.cluster.environment().KUBECONFIG ?? '', 'utf8')).toContain(probe.server)
    expect(await read(probe, { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'kept' })).toBeDefined()
  })

  it('goes down without a process, a file or an empty folder, and spares what it did not make', async () => {
    const note = join(own.paths.cluster, 'manifests', 'my-notes.txt')
    writeFileSync(note, 'mine')
    const bystander = spawn('sleep', ['60'], { argv0: 'sleep', env: { HOME: own.home }, stdio: 'ignore' })
    onTestFinished(() => void bystander.kill())
    const pids = [...Object.values(await pidsOf(own.cluster)), supervisorPid(own.home)]
    await own.cluster.down(quiet)
    for (const pid of pids) expect(() => process.kill(pid as number, 0)).toThrow()
    expect(left(own.home)).toEqual([])
    expect(bystander.exitCode).toBeNull()
    expect(readFileSync(note, 'utf8')).toBe('mine')
    rmSync(note)
    expect(await own.cluster.status()).toMatchObject({ state: 'absent' })
    await own.cluster.down(quiet) // a second time is fine, and takes the folders that were kept for the note
    expect(existsSync(own.paths.cluster)).toBe(false)
  })

  it('ends by itself when its folder is deleted', async () => {
    await own.cluster.up(quiet)
    rmSync(own.paths.cluster, { recursive: true })
    await until(() => left(own.home).length === 0)
    expect(await own.cluster.status()).toMatchObject({ state: 'absent' })
  })

  it('comes up afresh in a folder that was deleted under a running cluster', async () => {
    await own.cluster.up(quiet)
    rmSync(own.paths.cluster, { recursive: true })
    expect((await own.cluster.up(quiet)).state).toBe('ready')
    await until(() => left(own.home).length === 4)
    expect((await own.cluster.up(quiet)).state).toBe('ready')
    await own.cluster.down(quiet)
  })

  it('goes down after the supervisor was killed and its status lost', async () => {
    await own.cluster.up(quiet)
    process.kill(supervisorPid(own.home), 'SIGKILL')
    rmSync(join(own.paths.cluster, 'status.json'))
    await own.cluster.down(quiet)
    expect(left(own.home)).toEqual([])
    expect(existsSync(own.paths.cluster)).toBe(false)
  })
})

describe.each(BACKENDS)('a first bring-up (%s)', () => {
  it('reports its steps in order, each running before done', async () => {
    const own = ownCluster()
    onTestFinished(() => own.remove())
    const steps: StepReport[] = []
    await own.cluster.up({ report: (step) => steps.push(step) })
    const order = steps.filter(({ state }) => state === 'done').map(({ id }) => id)
    expect(order).toEqual([
      'tools',
      'certificates',
      'etcd',
      'kube-apiserver',
      'kube-controller-manager',
      'service-account',
    ])
    for (const id of order) {
      expect(steps.filter((step) => step.id === id).map(({ state }) => state)).toEqual(['running', 'done'])
    }
    // Keys and kubeconfigs are for their owner alone.
    for (const file of ['kubeconfig', 'pki/ca.key', 'pki/sa.key', 'pki/etcd/ca.key', 'config/encryption.yaml']) {
      expect(statSync(join(own.paths.cluster, file)).mode & 0o777, file).toBe(0o600)
    }
  })

  it.each(['tools', 'etcd', 'kube-apiserver'])('undoes everything when cancelled at %s', async (at) => {
    const own = ownCluster()
    onTestFinished(() => own.remove())
    const cancel = new AbortController()
    const report = ({ id, state }: StepReport) => {
      if (id === at && state === 'running') cancel.abort()
    }
    await expect(own.cluster.up({ report, signal: cancel.signal })).rejects.toMatchObject({ name: 'AbortError' })
    expect(left(own.home)).toEqual([])
    expect(existsSync(own.paths.cluster)).toBe(false)
  })

  it('says what to do when the disk is full, and leaves no process', async (context) => {
    const mount = canMount()
    if (mount.kind === 'no') return context.skip(`no small file system can be mounted here: ${mount.reason}`)
    for (const megabytes of [0, 1]) {
      // nothing left for the first file; and room for the files, but not for etcd's log
      const disk = mountSmall({ megabytes: megabytes + 1, readOnly: false })
      try {
        if (megabytes === 0) disk.fill()
        const { cluster } = clusterIn(await testCluster(), disk.path)
        await expect(cluster.up(quiet)).rejects.toMatchObject({
          name: 'UserError',
          exitCode: 3,
          message: expect.stringMatching(/disk is full|no space left/),
        })
        expect(left(disk.path)).toEqual([])
        await cluster.down(quiet)
      } finally {
        disk.remove()
      }
    }
  })

  it('says what to do when the home is read-only', async (context) => {
    const mount = canMount()
    if (mount.kind === 'no') return context.skip(`no small file system can be mounted here: ${mount.reason}`)
    const disk = mountSmall({ megabytes: 1, readOnly: true })
    onTestFinished(() => disk.remove())
    const { cluster } = clusterIn(await testCluster(), disk.path)
    expect(await cluster.status()).toMatchObject({ state: 'absent' })
    await expect(cluster.up(quiet)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('read-only'),
      next: expect.stringContaining('K8S_SEC_LAB_HOME'),
    })
    await cluster.down(quiet)
  })

  it('says what to do when the folder cannot be made', async () => {
    const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-file-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    writeFileSync(join(home, 'cluster'), 'a file in the way')
    const { cluster } = clusterIn(await testCluster(), home)
    await expect(cluster.up(quiet)).rejects.toMatchObject({
      name: 'UserError',
      exitCode: 3,
      next: expect.stringContaining('K8S_SEC_LAB_HOME'),
    })
  })

  it('stops with the words of a program that does not start', async () => {
    const own = ownCluster()
    onTestFinished(() => own.remove())
    mkdirSync(own.home)
    const broken = join(own.home, 'etcd')
    writeFileSync(broken, '#!/bin/sh\necho "Error: this machine is not for me" >&2\nexit 3\n', { mode: 0o755 })
    const { cluster } = clusterIn({ ...own, tools: { ...own.tools, etcd: broken } }, own.home)
    await expect(cluster.up(quiet)).rejects.toThrow(/this machine is not for me/)
    expect(left(own.paths.cluster)).toEqual([])
  })
})

describe("the learner's own kubeconfig", () => {
  it('is neither read nor written', async () => {
    const user = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-user-'))
    onTestFinished(() => rmSync(user, { recursive: true, force: true }))
    mkdirSync(join(user, '.kube'))
    const config = join(user, '.kube', 'config')
    writeFileSync(config, 'not: touched\n')
    const real = join(homedir(), '.kube', 'config')
    const hash = (path: string) =>
      existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'none'
    const before = [hash(config), hash(real), statSync(config).atimeMs]
    const [home, kubeconfig] = [process.env.HOME, process.env.KUBECONFIG]
    process.env.HOME = user
    process.env.KUBECONFIG = config
    const own = ownCluster()
    try {
      await own.cluster.up(quiet)
      await own.cluster.restart('kube-controller-manager')
      await own.cluster.down(quiet)
    } finally {
      process.env.HOME = home
      if (kubeconfig === undefined) delete process.env.KUBECONFIG
      else process.env.KUBECONFIG = kubeconfig
      await own.remove()
    }
    expect([hash(config), hash(real), statSync(config).atimeMs]).toEqual([hash(config), hash(real), before[2]])
    expect([hash(config), hash(real)]).toEqual(before.slice(0, 2))
  })
})
