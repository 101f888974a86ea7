import { UserError } from '../../core/errors.ts'
import { run, which } from '../../tools/exec.ts'
import { type EngineFacts, parseInfo } from './engine-info.ts'

/** Engines in the order in which kind itself looks for them, with what their `-v` begins with. */
const ENGINES = [
  { command: 'docker', says: 'Docker version' },
  { command: 'nerdctl', says: 'nerdctl version' },
  { command: 'finch', says: 'finch version' },
  { command: 'podman', says: 'podman version' },
] as const

/** The container engine of this machine, as kind would find it, and whether it answers. */
export type Engine =
  | ({ readonly kind: 'ready'; readonly name: string; readonly command: string } & EngineFacts)
  | { readonly kind: 'none'; readonly what: string; readonly next: string }
  | {
      readonly kind: 'not-running' | 'no-permission' | 'unfit'
      readonly name: string
      readonly what: string
      readonly next: string
    }
export type ReadyEngine = Extract<Engine, { kind: 'ready' }>

type Environment = Readonly<Record<string, string | undefined>>

const TIMEOUT_MS = 5000

/**
 * Finds the engine that kind will use (`KIND_EXPERIMENTAL_PROVIDER`, else the first of docker, nerdctl, finch and podman
 * that is installed) and asks it who it is. Starts nothing; throws only AbortError.
 */
export const engineOf = async (env: Environment, signal?: AbortSignal): Promise<Engine> => {
  const forced = forcedEngine(env)
  const command = forced ?? (await installed(env, signal))
  if (command === undefined || !(await which(command, env.PATH))) {
    return {
      kind: 'none',
      what: forced
        ? `KIND_EXPERIMENTAL_PROVIDER asks for ${forced}, which is not installed.`
        : 'No container engine is installed (looked for docker, nerdctl, finch and podman).',
      next: 'Install Docker (https://docs.docker.com/engine/install/) or Podman, or use `--backend embedded`, which needs none.',
    }
  }
  return ask(command, env, signal)
}

/** The command of the engine that kind will use, installed or not; asks no engine anything. */
export const engineCommand = async (env: Environment, signal?: AbortSignal): Promise<string> =>
  forcedEngine(env) ?? (await installed(env, signal)) ?? 'docker'

const forcedEngine = (env: Environment): string | undefined =>
  ['docker', 'podman', 'nerdctl', 'finch', 'nerdctl.lima'].find((name) => name === env.KIND_EXPERIMENTAL_PROVIDER)

/** The engine when it can be used now. Throws UserError that says why not, and what to do. */
export const requireEngine = async (env: Environment, signal?: AbortSignal): Promise<ReadyEngine> => {
  const engine = await engineOf(env, signal)
  if (engine.kind === 'ready') return engine
  throw new UserError({ what: engine.what, next: engine.next, exitCode: 3 })
}

const installed = async (env: Environment, signal?: AbortSignal): Promise<string | undefined> => {
  for (const { command, says } of ENGINES) {
    if (!(await which(command, env.PATH))) continue
    // podman is often installed under the name docker as well; kind tells them apart by this line.
    const { stdout } = await answer([command, '-v'], env, signal)
    if (stdout.startsWith(says)) return command
  }
  return undefined
}

const ask = async (command: string, env: Environment, signal?: AbortSignal): Promise<Engine> => {
  const name = command === 'docker' ? 'Docker' : command === 'podman' ? 'Podman' : command
  const format = command === 'podman' ? 'json' : '{{json .}}'
  const { code, stdout, stderr } = await answer([command, 'info', '--format', format], env, signal)
  const facts = parseInfo(stdout)
  const words = stderr.trim() || facts?.error || ''
  if (facts && facts.error === undefined && code === 0) {
    const reason = unfit(facts)
    if (reason) return { kind: 'unfit', name, ...reason }
    return { kind: 'ready', name, command, ...facts }
  }
  if (/permission denied|dial unix .*: connect: operation not permitted/i.test(words)) {
    return {
      kind: 'no-permission',
      name,
      what: `${name} runs, but you may not use it: permission denied on its socket.`,
      next:
        command === 'docker'
          ? 'Add yourself to the group docker (`sudo usermod -aG docker $USER`, then log in again): whoever is in it is root on this machine. Or use rootless Docker.'
          : `Give yourself access to ${name}, or run it rootless.`,
    }
  }
  return {
    kind: 'not-running',
    name,
    what: `${name} is installed, but does not answer${saying(words)}`,
    next:
      command === 'docker'
        ? 'Start it (Linux: `sudo systemctl start docker`; macOS and Windows: open Docker Desktop), or use `--backend embedded`.'
        : command === 'podman'
          ? 'Start it (macOS and Windows: `podman machine start`), or use `--backend embedded`.'
          : `Start ${name}, or use \`--backend embedded\`.`,
  }
}

/** The last line of what it said, as the end of a sentence. */
const saying = (words: string): string => {
  const last = words.split('\n').at(-1) ?? ''
  return last === '' ? '.' : `: ${last}${/[.?!]$/.test(last) ? '' : '.'}`
}

/** What kind itself would refuse. */
const unfit = (facts: EngineFacts): { readonly what: string; readonly next: string } | undefined => {
  if (facts.rootless && facts.cgroup === 1) {
    return {
      what: 'The container engine runs without root on cgroup v1, which kind cannot use.',
      next: 'Boot with cgroup v2 (`systemd.unified_cgroup_hierarchy=1`), run the engine as root, or use `--backend embedded`.',
    }
  }
  if (facts.os === 'windows') {
    return {
      what: 'Docker runs Windows containers, kind needs Linux ones.',
      next: 'Switch Docker Desktop to Linux containers.',
    }
  }
  return undefined
}

/** Output of a short command; a command that hangs or cannot be started says so on stderr. */
const answer = async (argv: readonly string[], env: Environment, signal?: AbortSignal) => {
  try {
    return await run({ argv, env, timeoutMs: TIMEOUT_MS, ...(signal ? { signal } : {}) })
  } catch (error) {
    signal?.throwIfAborted()
    return { code: 1, stdout: '', stderr: error instanceof Error ? error.message : String(error) }
  }
}
