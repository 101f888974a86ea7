import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { UnreachableError, UserError } from '../../core/errors.ts'
import type { ComponentName, ControlPlaneFile, NodeProbe, Probe } from '../../core/ports.ts'
import { type PostRange, readRange } from '../etcd-range.ts'
import { createKube, type KubeAccess } from '../kube.ts'
import { statusOf } from './components.ts'
import type { EngineCli } from './engine-cli.ts'
import { isKindComponent, type Layout, NODE } from './layout.ts'
import { look } from './look.ts'
import { execOnNode } from './node.ts'
import { readNodeFile } from './node-files.ts'

/** Reads the kubeconfig that kind wrote: server and the admin's certificate. */
export const accessIn = (text: string): KubeAccess => {
  const config = parse(text) as {
    clusters?: { cluster?: Record<string, string> }[]
    users?: { user?: Record<string, string> }[]
  }
  const cluster = config.clusters?.[0]?.cluster
  const user = config.users?.[0]?.user
  const pem = (value: string | undefined) => Buffer.from(value ?? '', 'base64').toString('utf8')
  return {
    server: cluster?.server ?? '',
    ca: pem(cluster?.['certificate-authority-data']),
    cert: pem(user?.['client-certificate-data']),
    key: pem(user?.['client-key-data']),
  }
}

const POST_RANGE = `curl -sS -m 10 --cacert ${NODE.pki}/etcd/ca.crt --cert ${NODE.pki}/apiserver-etcd-client.crt \
  --key ${NODE.pki}/apiserver-etcd-client.key -H 'content-type: application/json' -d @- -w '\\n%{http_code}' \
  https://127.0.0.1:2379/v3/kv/range`

/** Asks etcd from within the node, as the API server does: its own certificate, on loopback. */
const postOn =
  (engine: EngineCli, node: string): PostRange =>
  async (body, signal) => {
    const argv = ['sh', '-c', POST_RANGE]
    const { code, stdout, stderr } = await execOnNode(engine, node, argv, { stdin: body, timeoutMs: 15_000, signal })
    if (code !== 0) {
      const words = stderr.trim().split('\n').at(-1) ?? ''
      throw new UnreachableError({
        component: 'etcd',
        what: `etcd does not answer on the node: ${words || `code ${code}`}.`,
      })
    }
    const end = stdout.lastIndexOf('\n')
    return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) }
  }

/** The Probe of a kind cluster. It keeps the kubeconfig's certificate and its connections, and reads all else afresh. */
export const createKindProbe = async (options: {
  readonly layout: Layout
  readonly engine: EngineCli
  readonly node: string
  readonly files: readonly ControlPlaneFile[]
  readonly nodes: NodeProbe
}): Promise<Probe & { close(): void }> => {
  const { layout, engine, node, files, nodes } = options
  const kube = createKube(accessIn(await readFile(layout.kubeconfig, 'utf8')))
  const post = postOn(engine, node)
  return {
    server: kube.server,
    ca: kube.ca,
    api: kube.api,
    watch: kube.watch,
    etcd: (prefix, range) => readRange(post, prefix, range),
    controlPlaneFile: async (name) => {
      const file = files.find((one) => one.name === name)
      return file && readControlPlaneFile({ layout, engine, node }, file)
    },
    component: (name: ComponentName) => componentStatus(engine, node, name),
    nodes,
    close: () => kube.close(),
  }
}

/** A control-plane file, or undefined when it is missing. */
export const readControlPlaneFile = async (
  { layout, engine, node }: { readonly layout: Layout; readonly engine: EngineCli; readonly node: string },
  file: ControlPlaneFile,
): Promise<{ readonly text: string; readonly mode: number } | undefined> => {
  if (dirname(file.path) === NODE.config) {
    // The folder is a mount from here: reading it here spares a process on the node, unless root there took the file.
    try {
      const path = join(layout.config, basename(file.path))
      const [text, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
      return { text, mode: mode & 0o777 }
    } catch {
      // Told by the node itself.
    }
  }
  return readNodeFile(engine, node, file.path)
}

/** A component as it is now. */
export const componentStatus = async (engine: EngineCli, node: string, name: ComponentName) => {
  if (!isKindComponent(name)) {
    throw new UserError({ what: `There is no component "${name}".`, next: 'Run `k8s-sec-lab cluster status`.' })
  }
  return statusOf(name, (await look(engine, node, [name]))[name])
}
