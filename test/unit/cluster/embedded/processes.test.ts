import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findProcesses, parsePsLine, stopProcesses } from '../../../../src/cluster/embedded/processes.ts'
import { identityOf, isAlive } from '../../../../src/store/process-identity.ts'

const STUBBORN = "process.on('SIGTERM', () => undefined); console.log('ready'); process.stdin.resume()"
const KIND = "console.log('ready'); process.stdin.resume()"

const start = async (program: string, code: string, args: readonly string[] = []) => {
  const child = spawn(program, ['-e', code, '--', ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

describe('processes', () => {
  it('ends the willing with TERM and the stubborn with KILL', async () => {
    const children = await Promise.all([start(process.execPath, KIND), start(process.execPath, STUBBORN)])
    const all = await Promise.all(
      children.map(async ({ pid = 0 }) => ({ pid, identity: (await identityOf(pid)) ?? '' })),
    )
    const ends = children.map(async (child) => (await once(child, 'exit'))[1])
    await stopProcesses(all, 200)
    expect(await Promise.all(ends)).toEqual(['SIGTERM', 'SIGKILL'])
    for (const one of all) expect(await isAlive(one)).toBe(false)
  })

  it('never signals a pid that changed hands', async () => {
    const child = await start(process.execPath, KIND)
    await stopProcesses([{ pid: child.pid ?? 0, identity: 'its former owner' }], 50)
    expect(child.exitCode ?? child.signalCode).toBeNull()
  })

  it('finds what was left behind by program and folder, and nobody else', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'k8s processes-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const etcd = join(dir, 'etcd')
    symlinkSync(process.execPath, etcd)
    const ours = await start(etcd, KIND, [`--data-dir=${dir}/data`])
    await start(etcd, KIND, ['--data-dir=/elsewhere/data'])
    await start(process.execPath, KIND, [`${dir}/etcd`]) // an editor with one of the files open, say
    expect(
      (await findProcesses({ programs: ['etcd'], dir, below: join(dir, 'addons') })).map(({ pid }) => pid),
    ).toEqual([ours.pid])
  })
})

describe('parsePsLine', () => {
  it.each([
    [
      '  42 /Users/me/Library/Application Support/lab/etcd --name=a --data-dir=/x y/etcd',
      42,
      '/Users/me/Library/Application Support/lab/etcd',
      '--name=a --data-dir=/x y/etcd',
    ],
    ['7 vim /lab/cluster/manifests/etcd.yaml', 7, 'vim /lab/cluster/manifests/etcd.yaml', ''],
    ['1 /sbin/launchd', 1, '/sbin/launchd', ''],
  ])('splits the program from its flags in %j', (line, pid, program, flags) => {
    expect(parsePsLine(line)).toEqual({ pid, argv: [program, flags] })
  })

  it('knows an empty line', () => {
    expect(parsePsLine('')).toBeUndefined()
  })
})
