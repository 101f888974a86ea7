/**
 * A container engine of the test's own, so that it can be stopped and broken without harm to anybody's containers:
 * dockerd with folders of its own, in a network namespace of its own, because two engines in one would clear away each
 * other's packet filter rules.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { which } from '../../src/tools/exec.ts'
import { describeUnless } from './describe-unless.ts'
import { type Ran, runProgram } from './lab.ts'
import { until } from './until.ts'

const call = promisify(execFile)
const NEEDED = ['dockerd', 'docker', 'ip', 'nsenter', 'mount']
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`

/** Tests that start engines: only root on Linux can, and only with the programs of one. */
export const describeWithEngine = async (name: string, tests: () => void): Promise<void> =>
  describeUnless(await whyNot(), name, tests)

const whyNot = async (): Promise<string | undefined> => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can start an engine.'
  for (const program of NEEDED) if (!(await which(program, PATH))) return `${program} is not installed.`
  return undefined
}

export type OwnEngine = {
  /** For the clients of this engine; PATH included. */
  readonly env: Readonly<Record<string, string>>
  /** Where its socket lies. */
  readonly socket: string
  /** The engine's client; never throws for a bad exit code. */
  readonly docker: (args: readonly string[]) => Promise<Ran>
  /** Command line that runs `argv` in the engine's network, where the ports of its containers are. */
  readonly inside: (argv: readonly string[]) => readonly string[]
  /** As `systemctl stop docker` does it: the containers are stopped first. */
  readonly stop: () => Promise<void>
  readonly start: () => Promise<void>
  /** Copies an image of this machine's engine into it. */
  readonly give: (image: string) => Promise<Ran>
  readonly remove: () => Promise<void>
}

/** Starts an engine. `disk`: its folder is only so large, as `mount -o size=` writes it. */
export const ownEngine = async (
  options: {
    readonly disk?: string
    readonly env?: Readonly<Record<string, string>>
    readonly flags?: readonly string[]
  } = {},
): Promise<OwnEngine> => {
  const id = `lab-${randomUUID().slice(0, 8)}`
  const folder = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-engine-'))
  const data = join(folder, 'data')
  const socket = join(folder, 'docker.sock')
  const env = { ...(process.env as Record<string, string>), PATH, DOCKER_HOST: `unix://${socket}` }
  const net = `--net=/run/netns/${id}`
  const inside = (argv: readonly string[]) => ['nsenter', net, ...argv]
  const docker = (args: readonly string[]) => runProgram(['docker', ...args], env)
  let daemon: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const log = openSync(join(folder, 'log'), 'a')
    const places = ['--data-root', data, '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')]
    const [program = '', ...args] = inside([
      'dockerd',
      '--host',
      `unix://${socket}`,
      ...places,
      ...(options.flags ?? []),
    ])
    daemon = spawn(program, args, { env: { ...env, ...options.env }, stdio: ['ignore', log, log] })
    closeSync(log)
    await until(async () => (await docker(['info'])).code === 0, { what: `an engine, its log in ${folder}/log` })
  }
  const stop = async (): Promise<void> => {
    const ended = daemon
    daemon = undefined
    ended?.kill('SIGTERM')
    if (ended) await until(() => ended.exitCode !== null || ended.signalCode !== null)
  }
  const remove = async (): Promise<void> => {
    await stop()
    if (options.disk !== undefined) await call('umount', ['--lazy', data])
    await call('ip', ['netns', 'delete', id], { env })
    rmSync(folder, { recursive: true, force: true })
  }

  await call('ip', ['netns', 'add', id], { env })
  await call('nsenter', [net, 'ip', 'link', 'set', 'lo', 'up'], { env })
  if (options.disk !== undefined) {
    await call('mkdir', [data])
    await call('mount', ['-t', 'tmpfs', '-o', `size=${options.disk}`, 'tmpfs', data])
  }
  try {
    await start()
  } catch (error) {
    await remove()
    throw error
  }
  const give = (image: string): Promise<Ran> =>
    runProgram(['bash', '-o', 'pipefail', '-c', `env -u DOCKER_HOST docker save ${image} | docker load`], env)
  return { env, socket, docker, inside, stop, start, give, remove }
}
