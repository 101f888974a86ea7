/** The container engines of this machine as they describe themselves. kind runs its nodes on one of them. */
import { messageOf } from '../../core/errors.ts'
import { run, which } from '../exec.ts'
import type { Environment } from './finding.ts'

/** In the order in which kind looks for them. */
export const ENGINES = ['docker', 'nerdctl', 'podman'] as const
export type EngineName = (typeof ENGINES)[number]

export type EngineFacts = {
  readonly name: EngineName
  readonly path: string
  /** Absent when the engine does not answer; `silence` says why then. */
  readonly version?: string
  readonly silence?: { readonly kind: 'permission' | 'not-running' | 'other'; readonly words: string }
  readonly cgroup?: 'v1' | 'v2'
  /** Kernel that its containers run on: another one than ours means a virtual or a remote machine. */
  readonly kernel?: string
  /** All memory of the machine that the containers run on, in bytes. */
  readonly memory?: number
  /** Folder that images and containers lie in. */
  readonly root?: string
  readonly rootless?: boolean
  /** What its own pulls go through. */
  readonly proxy?: string
}

/** A busy engine answers in tenths of a second; one that hangs is none. */
const PATIENCE_MS = 5_000

type Answer = {
  readonly ServerVersion?: string
  readonly CgroupVersion?: string
  readonly KernelVersion?: string
  readonly MemTotal?: number
  readonly DockerRootDir?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly HttpsProxy?: string
  readonly HttpProxy?: string
  readonly ServerErrors?: readonly string[]
}
type PodmanAnswer = {
  readonly version?: { readonly Version?: string }
  readonly host?: {
    readonly cgroupVersion?: string
    readonly kernel?: string
    readonly memTotal?: number
    readonly security?: { readonly rootless?: boolean }
  }
  readonly store?: { readonly graphRoot?: string }
}

const known = <T extends object>(facts: T): T =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== '')) as T

const ofDocker = (answer: Answer): Partial<EngineFacts> =>
  known({
    version: answer.ServerVersion,
    cgroup: answer.CgroupVersion === '1' ? 'v1' : answer.CgroupVersion === '2' ? 'v2' : undefined,
    kernel: answer.KernelVersion,
    memory: answer.MemTotal || undefined,
    root: answer.DockerRootDir,
    rootless: answer.SecurityOptions?.some((option) => option.includes('rootless')),
    proxy: answer.HttpsProxy || answer.HttpProxy,
  })

const ofPodman = (answer: PodmanAnswer): Partial<EngineFacts> =>
  known({
    version: answer.version?.Version,
    cgroup: answer.host?.cgroupVersion === 'v1' ? 'v1' : answer.host?.cgroupVersion === 'v2' ? 'v2' : undefined,
    kernel: answer.host?.kernel,
    memory: answer.host?.memTotal || undefined,
    root: answer.store?.graphRoot,
    rootless: answer.host?.security?.rootless,
  })

const silenceOf = (words: string): EngineFacts['silence'] => {
  const last = words.trim().split('\n').at(-1)?.trim().slice(0, 160) || 'no words about why'
  if (/permission denied|access denied/i.test(words)) return { kind: 'permission', words: last }
  if (/cannot connect|is the docker daemon running|connection refused|no such file|not running/i.test(words))
    return { kind: 'not-running', words: last }
  return { kind: 'other', words: last }
}

const read = <T>(text: string): T | undefined => {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}

const ask = async (name: EngineName, options: { path: string; env: Environment; signal?: AbortSignal }) => {
  const { path, env, signal } = options
  const format = name === 'podman' ? 'json' : '{{json .}}'
  try {
    const argv = [path, 'info', '--format', format]
    const { stdout, stderr } = await run({ argv, env, timeoutMs: PATIENCE_MS, ...(signal ? { signal } : {}) })
    const facts = name === 'podman' ? ofPodman(read<PodmanAnswer>(stdout) ?? {}) : ofDocker(read<Answer>(stdout) ?? {})
    if (facts.version !== undefined) return { name, path, ...facts }
    return { name, path, silence: silenceOf(stderr || (read<Answer>(stdout)?.ServerErrors ?? []).join('\n')) }
  } catch (error) {
    if (signal?.aborted) throw error
    return { name, path, silence: silenceOf(messageOf(error)) }
  }
}

/** Every engine that is installed, with what it says of itself. */
export const lookAtEngines = async (env: Environment, signal?: AbortSignal): Promise<readonly EngineFacts[]> => {
  const found = await Promise.all(
    ENGINES.map(async (name) => {
      const path = await which(name, env.PATH)
      return path === undefined ? undefined : ask(name, { path, env, ...(signal ? { signal } : {}) })
    }),
  )
  return found.filter((facts) => facts !== undefined)
}

/** The engine that kind would use: the one named in its own variable, else the first that answers. */
export const chosenEngine = (engines: readonly EngineFacts[], env: Environment): EngineFacts | undefined => {
  const named = env.KIND_EXPERIMENTAL_PROVIDER
  const eligible = named ? engines.filter(({ name }) => name === named) : engines
  return eligible.find(({ version }) => version !== undefined)
}

/** Whether the engine has this image already; undefined when it does not say. */
export const hasImage = async (
  engine: EngineFacts,
  options: { image: string; env: Environment; signal?: AbortSignal },
): Promise<boolean | undefined> => {
  const { image, env, signal } = options
  try {
    const argv = [engine.path, 'image', 'inspect', image]
    return (await run({ argv, env, timeoutMs: PATIENCE_MS, ...(signal ? { signal } : {}) })).code === 0
  } catch (error) {
    if (signal?.aborted) throw error
    return undefined
  }
}
