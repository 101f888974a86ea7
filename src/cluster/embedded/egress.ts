import { readdir, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join, relative } from 'node:path'
import type { Duplex } from 'node:stream'
import { readIfThere, writeAtomic } from '../files.ts'
import { EGRESS_SOCKET, type Layout } from './layout.ts'

/**
 * The address at which the cluster knows add-ons that run as processes of this machine. Endpoints may not name a
 * loopback address, and this one (TEST-NET-1) is nobody's: only the proxy below knows what it stands for.
 */
export const HOST_ADDRESS = '192.0.2.1'

/** Tells the API server to reach the cluster's network through the proxy. The path is relative to its own folder. */
export const writeEgressConfig = (layout: Layout): Promise<void> =>
  writeAtomic(
    layout.egressConfig,
    `apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
  - name: cluster
    connection:
      proxyProtocol: HTTPConnect
      transport:
        uds:
          udsName: ${EGRESS_SOCKET}
`,
  )

/** Ports of add-ons, as host-processes.ts keeps them. */
export const readPorts = async (layout: Layout, name: string): Promise<Readonly<Record<string, number>>> => {
  try {
    return JSON.parse((await readIfThere(join(layout.addOn(name), 'ports.json'))) ?? '{}')
  } catch {
    return {}
  }
}

/**
 * The way of the API server into the cluster's network, as an HTTP CONNECT proxy on a socket in the cluster's folder.
 * HOST_ADDRESS becomes loopback, for ports of add-ons alone; every other address is what it is. Answers how to close it.
 */
export const openEgress = async (layout: Layout): Promise<() => Promise<void>> => {
  const open = new Set<Duplex>()
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    open.add(client)
    client.once('close', () => open.delete(client))
    client.on('error', () => client.destroy())
    void forward(layout, request.url ?? '', client)
  })
  await rm(layout.egressSocket, { force: true })
  const path = relative(process.cwd(), layout.egressSocket)
  await listen(server, path.length < layout.egressSocket.length ? path : layout.egressSocket)
  return async () => {
    for (const client of open) client.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

// Without it everything works but the calls into the cluster's network, and those say what is missing.
const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve) => {
    server.once('error', (error) => {
      process.stderr.write(`egress: ${error.message}\n`)
      resolve()
    })
    server.listen(path, resolve)
  })

const forward = async (layout: Layout, target: string, client: Duplex): Promise<void> => {
  const [, host = '', port = ''] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(target) ?? []
  const isAddOn = host === HOST_ADDRESS
  if (isAddOn && !(await portsOfAddOns(layout)).includes(Number(port))) {
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    return
  }
  const upstream: Socket = connect({ host: isAddOn ? '127.0.0.1' : host, port: Number(port) })
  upstream.once('connect', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    upstream.pipe(client)
    client.pipe(upstream)
  })
  upstream.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
  upstream.once('close', () => client.destroy())
  client.once('close', () => upstream.destroy())
}

const portsOfAddOns = async (layout: Layout): Promise<readonly number[]> => {
  const entries = await readdir(layout.addOns, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return (await Promise.all(names.map((name) => readPorts(layout, name)))).flatMap((ports) => Object.values(ports))
}
