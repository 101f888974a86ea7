import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { CLI, type LabHome, labHome, runProgram } from '../support/lab.ts'
import { listeners } from '../support/listeners.ts'
import { processesOf } from '../support/processes.ts'
import { openPty } from '../support/pty.ts'
import { canMount, mountSmall } from '../support/small-disk.ts'

const homes: LabHome[] = []
const freshHome = (options?: { home?: string }): LabHome => {
  const lab = labHome(options)
  homes.push(lab)
  return lab
}
afterEach(async () => {
  for (const lab of homes.splice(0)) await lab.remove()
})

const sha = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Listens on a port as soon as the killed process has let go of it. */
const takePort = async (port: number): Promise<Server> => {
  for (;;) {
    const server = createServer()
    const listening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (listening) return server
  }
}

describe('what the lab promises about the machine', () => {
  it("leaves the user's kubeconfig alone, and cleans up everything it made", async () => {
    const lab = freshHome()
    const kubeconfig = join(lab.user, '.kube', 'config')
    mkdirSync(join(lab.user, '.kube'))
    writeFileSync(kubeconfig, 'apiVersion: v1\nkind: Config\ncurrent-context: production\n', { mode: 0o600 })
    const before = { hash: sha(kubeconfig), mtime: statSync(kubeconfig).mtimeMs }

    expect(await lab.run(['cluster', 'up', '--backend', 'embedded'])).toMatchObject({ code: 0 })
    expect(await lab.run(['begin', 'L00'])).toMatchObject({ code: 0 })
    expect(await lab.run(['check', 'L00'])).toMatchObject({ code: 1 })
    expect(processesOf(lab.home).length).toBeGreaterThanOrEqual(3)
    expect((statSync(join(lab.home, 'cluster', 'kubeconfig')).mode & 0o777).toString(8)).toBe('600')
    expect(await lab.run(['reset', 'L00', '--yes'])).toMatchObject({ code: 0 })
    expect(await lab.run(['cluster', 'down'])).toMatchObject({ code: 0 })

    expect({ hash: sha(kubeconfig), mtime: statSync(kubeconfig).mtimeMs }).toEqual(before)
    expect(readdirSync(lab.user).sort()).toEqual(['.kube'])
    expect(processesOf(lab.home)).toEqual([])
    expect(existsSync(join(lab.home, 'cluster')) ? readdirSync(join(lab.home, 'cluster')) : []).toEqual([])
  })

  it('listens on loopback only', async () => {
    const lab = freshHome()
    expect(await lab.run(['cluster', 'up', '--backend', 'embedded'])).toMatchObject({ code: 0 })
    const pids = new Set(processesOf(lab.home).map((process) => process.pid))
    const open = listeners(pids)
    expect(open.length).toBeGreaterThanOrEqual(3)
    expect(open.filter((address) => !address.startsWith('127.0.0.1:') && !address.startsWith('[::1]:'))).toEqual([])
  })

  it('runs two homes side by side that never see each other', async () => {
    const [one, two] = [freshHome(), freshHome()]
    const [first, second] = await Promise.all([one.run(['cluster', 'up']), two.run(['cluster', 'up'])])
    expect([first.code, second.code]).toEqual([0, 0])
    expect((await one.kubectl(['create', 'namespace', 'only-in-one'])).code).toBe(0)
    expect((await two.kubectl(['get', 'namespace', 'only-in-one'])).code).not.toBe(0)
    expect((await one.run(['cluster', 'down'])).code).toBe(0)
    const status = JSON.parse((await two.run(['cluster', 'status', '--json'])).stdout)
    expect(status.state).toBe('ready')
  })

  it('keeps a corrupt progress file aside, says so, and goes on', async () => {
    const lab = freshHome()
    mkdirSync(join(lab.home, 'state'), { recursive: true })
    const progress = join(lab.home, 'state', 'progress.json')
    writeFileSync(progress, '{"version":1,"lessons":{"L00":')
    const ran = await lab.run(['list'])
    expect(ran.code).toBe(0)
    expect(ran.stdout + ran.stderr).toMatch(/progress\.json\.corrupt/)
    const kept = readdirSync(join(lab.home, 'state')).find((file) => file.includes('.corrupt'))
    expect(kept && readFileSync(join(lab.home, 'state', kept), 'utf8')).toBe('{"version":1,"lessons":{"L00":')
  })

  it('moves to other ports when its own are taken, and loses nothing', async () => {
    const lab = freshHome()
    expect((await lab.run(['cluster', 'up'])).code).toBe(0)
    expect((await lab.kubectl(['create', 'namespace', 'kept'])).code).toBe(0)
    const server = (await lab.kubectl(['config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}'])).stdout
    for (const { pid } of processesOf(lab.home)) process.kill(pid, 'SIGKILL')
    await expect.poll(() => processesOf(lab.home).length).toBe(0)
    const taken = await takePort(Number(new URL(server).port))
    try {
      const up = await lab.run(['cluster', 'up'])
      expect(up).toMatchObject({ code: 0 })
      expect((await lab.kubectl(['get', 'namespace', 'kept'])).code).toBe(0)
    } finally {
      taken.close()
    }
  })

  it('names the holder of the lock, and takes over a stale one', async () => {
    const lab = freshHome()
    expect((await lab.run(['cluster', 'up'])).code).toBe(0)
    const open = openPty({ argv: [process.execPath, CLI, 'start'], env: lab.env })
    await open.waitFor('Watching the cluster and your files')
    const refused = await lab.run(['reset', 'L00', '--yes'])
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain(String(open.pid))
    open.kill('SIGKILL')
    await open.exited
    expect(await lab.run(['reset', 'L00', '--yes'])).toMatchObject({ code: 0 })
  })

  it('refuses a malformed lesson with its file, line and column', async () => {
    const lab = freshHome()
    const folder = join(lab.user, 'lessons', 'start', 'broken')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(lab.user, 'lessons', 'index.yaml'), 'lessons: [start/broken]\n')
    writeFileSync(join(folder, 'lesson.yaml'), 'format: 1\nid: L90\ntitle: Broken\ntypo: yes\n')
    writeFileSync(join(folder, 'lesson.md'), 'Text.\n')
    const ran = await lab.run(['--lessons', join(lab.user, 'lessons'), 'lessons', 'lint'])
    expect(ran.code).toBe(2)
    expect(ran.stdout + ran.stderr).toMatch(/lesson\.yaml:4:1.*typo/)
  })
})

describe('a home that cannot be written', () => {
  const gate = canMount()
  if (gate.kind === 'no') console.log(`could not check the read-only and the full disk: ${gate.reason}`)

  it.runIf(gate.kind === 'yes')('says so when it is read-only', async () => {
    const disk = mountSmall({ megabytes: 1, readOnly: true })
    try {
      const lab = freshHome({ home: join(disk.path, 'lab') })
      const ran = await lab.run(['cluster', 'up'])
      expect(ran.code).toBe(3)
      expect(ran.stderr).toMatch(/read-only|cannot be written/i)
      expect(ran.stderr).not.toMatch(/\n\s+at /)
    } finally {
      disk.remove()
    }
  })

  it.runIf(gate.kind === 'yes')('says so when it is full, and keeps the progress that was there', async () => {
    const disk = mountSmall({ megabytes: 2, readOnly: false })
    try {
      const home = join(disk.path, 'lab')
      mkdirSync(join(home, 'state'), { recursive: true })
      const progress = `${JSON.stringify({ version: 1, lessons: { L00: { status: 'passed', seconds: 60, hints: 0, wrongTurns: 0, solutionSeen: false, edges: [], quiz: {} } } })}\n`
      writeFileSync(join(home, 'state', 'progress.json'), progress)
      const lab = freshHome({ home })
      disk.fill()
      const ran = await lab.run(['cluster', 'up'])
      expect(ran.code).toBe(3)
      expect(ran.stderr).toMatch(/disk|space/i)
      expect(ran.stderr).not.toMatch(/\n\s+at /)
      expect(readFileSync(join(home, 'state', 'progress.json'), 'utf8')).toBe(progress)
      expect(processesOf(home)).toEqual([])
    } finally {
      disk.remove()
    }
  })
})

describe('wrong usage', () => {
  it('answers a wrong flag or lesson with exit code 2 and a way on', async () => {
    const lab = freshHome()
    const flag = await lab.run(['list', '--jsn'])
    expect(flag.code).toBe(2)
    expect(flag.stderr).toMatch(/--json/)
    const lesson = await lab.run(['begin', 'rbac-least-privilige'])
    expect(lesson.code).toBe(2)
    expect(lesson.stderr).toMatch(/rbac-least-privilege/)
  })

  it('says plainly which Node it needs', async () => {
    const lab = freshHome()
    // A process whose version is older in everything the gate can see.
    const preload = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.20.0'})"
    const ran = await runProgram([process.execPath, '--import', preload, CLI, 'list'], lab.env)
    expect(ran.code).toBe(3)
    expect(ran.stderr).toMatch(/20\.19/)
  })
})
