/** Whether this machine can make a kind cluster. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { engineOf } from '../../src/cluster/kind/engine.ts'
import { nodeImageOf } from '../../src/cluster/kind/node-image.ts'

const run = promisify(execFile)

export type KindHere =
  | { readonly kind: 'yes'; readonly image: string; readonly engine: string }
  | { readonly kind: 'no'; readonly reason: string }

/** K8S_SEC_LAB_REQUIRE_KIND=1, as CI sets it: what real nodes and engines are needed for may not be passed over. */
export const kindIsRequired = process.env.K8S_SEC_LAB_REQUIRE_KIND === '1'

/**
 * Whether a kind cluster can be made here without fetching anything: an engine that answers, and a node image in it.
 * Throws when there is none and kind is required.
 */
export const kindHere = async (): Promise<KindHere> => {
  const here = await look()
  if (here.kind === 'no' && kindIsRequired) {
    throw new Error(`kind is required here, but ${here.reason}`)
  }
  return here
}

const look = async (): Promise<KindHere> => {
  const engine = await engineOf(process.env)
  if (engine.kind !== 'ready') return { kind: 'no', reason: engine.what }
  const list = ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'k8s-sec-lab.local/node']
  const built = (await run(engine.command, list)).stdout.split('\n')[0] ?? ''
  const image = process.env.K8S_SEC_LAB_NODE_IMAGE || built || nodeImageOf({ env: {} })
  try {
    await run(engine.command, ['image', 'inspect', image])
    return { kind: 'yes', image, engine: engine.command }
  } catch {
    return { kind: 'no', reason: `the engine has no node image: neither ${image} nor one built by scripts/kind.` }
  }
}

/** The part of our own environment that says which engine and which node image there are. */
export const engineEnvironment = (here: KindHere): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    ['DOCKER_HOST', 'KIND_EXPERIMENTAL_PROVIDER'].flatMap((name) => {
      const value = process.env[name]
      return value ? [[name, value]] : []
    }),
  ),
  ...(here.kind === 'yes' ? { K8S_SEC_LAB_NODE_IMAGE: here.image } : {}),
})
