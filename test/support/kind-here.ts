import { engineOf } from '../../src/cluster/kind/engine.ts'

/**
 * The engine to test kind with, as a command, or why there is none. With K8S_SEC_LAB_REQUIRE_KIND=1, where a machine is
 * known to have one, that is an error instead.
 */
export const engineHere = async (): Promise<{ readonly command: string } | { readonly why: string }> => {
  const engine = await engineOf(process.env)
  if (engine.kind === 'ready') return { command: engine.command }
  if (process.env.K8S_SEC_LAB_REQUIRE_KIND === '1') throw new Error(`kind is required here, but: ${engine.what}`)
  return { why: engine.what }
}

/** The part of our own environment that says which engine and which node image there are. */
export const engineEnvironment = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['DOCKER_HOST', 'KIND_EXPERIMENTAL_PROVIDER', 'K8S_SEC_LAB_NODE_IMAGE'].flatMap((name) => {
      const value = process.env[name]
      return value ? [[name, value]] : []
    }),
  )
