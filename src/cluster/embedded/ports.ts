import { createServer } from 'node:net'

/** Loopback ports of one cluster: chosen free once, kept afterwards, so that kubeconfigs stay valid. */
export type Ports = {
  readonly etcd: number
  readonly etcdPeer: number
  readonly etcdMetrics: number
  readonly apiserver: number
  readonly controllerManager: number
}
export const PORT_NAMES = ['etcd', 'etcdPeer', 'etcdMetrics', 'apiserver', 'controllerManager'] as const

/** Five different ports that are free on 127.0.0.1 now. */
export const choosePorts = async (): Promise<Ports> => {
  const [etcd, etcdPeer, etcdMetrics, apiserver, controllerManager] = await freePorts(PORT_NAMES.length)
  return { etcd, etcdPeer, etcdMetrics, apiserver, controllerManager } as Ports
}

/** The names of those ports that another program listens on. */
export const takenPorts = async (ports: Ports): Promise<readonly (keyof Ports)[]> => {
  const taken = await Promise.all(PORT_NAMES.map(async (name) => ((await isFree(ports[name])) ? undefined : name)))
  return taken.filter((name) => name !== undefined)
}

/** So many different ports that are free on 127.0.0.1 now. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const held = await Promise.all(Array.from({ length: count }, () => hold(0)))
  await Promise.all(held.map(({ release }) => release()))
  return held.map(({ port }) => port)
}

/** Whether nobody listens on that port of 127.0.0.1. */
export const isFree = async (port: number): Promise<boolean> => {
  try {
    await (await hold(port)).release()
    return true
  } catch {
    return false
  }
}

const hold = (port: number): Promise<{ readonly port: number; readonly release: () => Promise<void> }> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address ? address.port : port,
        release: () => new Promise((done) => server.close(() => done())),
      })
    })
  })
