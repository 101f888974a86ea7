import { type RunResult, run } from '../../tools/exec.ts'
import { NODE } from './layout.ts'
import { troubleIn } from './troubles.ts'

/** A node's container as the engine knows it. */
export type NodeContainer = {
  readonly id: string
  readonly running: boolean
  /** The lab's folder that is mounted into it: tells whose it is. */
  readonly config?: string
  /** Address in the engine's network, while it runs. */
  readonly address?: string
  /** Ports on 127.0.0.1 by the port of the node that they lead to. */
  readonly published: Readonly<Record<number, number>>
}

type Inspected = {
  readonly Id?: string
  readonly State?: { readonly Running?: boolean }
  readonly Mounts?: readonly { readonly Source?: string; readonly Destination?: string }[]
  readonly HostConfig?: { readonly PortBindings?: Readonly<Record<string, readonly { HostPort?: string }[] | null>> }
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> }
}

type Options = { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number; readonly input?: string }

const NO_SUCH =
  /no such (container|object|network|image)|no container with (name|id)|network .* not found|unable to find network/i

/**
 * The engine's own command line, for what kind does not offer. docker, nerdctl, finch and podman take the same words
 * here. Throws UserError when the engine does not answer or refuses.
 */
export const createEngineCli = (command: string, env: Readonly<Record<string, string | undefined>>) => {
  const call = (args: readonly string[], options: Options = {}): Promise<RunResult> =>
    run({
      argv: [command, ...args],
      env,
      timeoutMs: options.timeoutMs ?? 60_000,
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.input === undefined ? {} : { input: options.input }),
    })
  const callOk = async (args: readonly string[], options?: Options): Promise<string> => {
    const { code, stdout, stderr } = await call(args, options)
    if (code !== 0) throw troubleIn(stderr || stdout, { doing: `${command} ${args[0]}` })
    return stdout
  }
  return {
    command,
    call,
    /** The container of that name, or undefined when there is none. */
    node: async (name: string, options?: Options): Promise<NodeContainer | undefined> => {
      const { code, stdout, stderr } = await call(['inspect', '--type', 'container', name], options)
      if (code === 0) return nodeIn(stdout)
      if (NO_SUCH.test(stderr)) return undefined
      throw troubleIn(stderr, { doing: `${command} inspect` })
    },
    start: (name: string, options?: Options) => callOk(['start', name], options),
    stop: (name: string, options?: Options) => callOk(['stop', '--time', '10', name], options),
    /** Whether the engine has a network of that name. */
    hasNetwork: async (name: string, options?: Options): Promise<boolean> => {
      const { code, stderr } = await call(['network', 'inspect', name], options)
      if (code !== 0 && !NO_SUCH.test(stderr)) throw troubleIn(stderr, { doing: `${command} network inspect` })
      return code === 0
    },
    /** Removes a network that no container, running or stopped, belongs to; answers whether it is gone. */
    removeUnusedNetwork: async (name: string, options?: Options): Promise<boolean> => {
      const users = await call(['ps', '--all', '--quiet', '--filter', `network=${name}`], options)
      if (users.code !== 0 || users.stdout.trim() !== '') return false
      return (await call(['network', 'rm', name], options)).code === 0
    },
    /** What the engine has of a repository, newest first, as `repository:tag`. */
    tagsOf: async (repository: string, options?: Options): Promise<readonly string[]> => {
      const { stdout } = await call(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository], options)
      return stdout.split('\n').filter((line) => line.includes(`${repository}:`))
    },
    /** Those of the references that the engine has an image for. */
    imagesHere: async (references: readonly string[], options?: Options): Promise<readonly string[]> => {
      const found = await Promise.all(
        references.map(async (reference) => (await call(['image', 'inspect', reference], options)).code === 0),
      )
      return references.filter((_, index) => found[index])
    },
  }
}
export type EngineCli = ReturnType<typeof createEngineCli>

const nodeIn = (text: string): NodeContainer | undefined => {
  const [found] = JSON.parse(text) as readonly Inspected[]
  if (!found?.Id) return undefined
  const config = found.Mounts?.find((mount) => mount.Destination === NODE.config)?.Source
  const address = Object.values(found.NetworkSettings?.Networks ?? {}).find((network) => network.IPAddress)?.IPAddress
  const published = Object.entries(found.HostConfig?.PortBindings ?? {}).flatMap(([name, bindings]) => {
    const port = Number(bindings?.[0]?.HostPort)
    return name.endsWith('/tcp') && port > 0 ? [[Number.parseInt(name, 10), port] as const] : []
  })
  return {
    id: found.Id,
    running: found.State?.Running === true,
    ...(config ? { config } : {}),
    ...(address ? { address } : {}),
    published: Object.fromEntries(published),
  }
}
