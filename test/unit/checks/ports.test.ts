import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ports } from '../../../src/checks/kinds/ports.ts'
import { scanPorts } from '../../../src/checks/port-scan.ts'
import { contextWith, discovery, nodesHere } from './nodes-here.ts'

// All of 127.0.0.0/8 is this machine: a socket on one of its addresses is not seen at another.
const [HERE, ELSEWHERE] = ['127.42.0.1', '127.42.0.2']
const servers: Server[] = []
const listen = (address: string) =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, address, () => resolve((server.address() as AddressInfo).port))
    servers.push(server)
  })
const takesConnection = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port })
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.unref().on('connect', () => socket.destroy())
  })
const node = { name: 'here', address: HERE }
const signal = new AbortController().signal
let open: number
let elsewhere: number

beforeAll(async () => {
  open = await listen(HERE)
  elsewhere = await listen(ELSEWHERE)
})
afterAll(() => {
  for (const server of servers) server.close()
})

describe('the scan', () => {
  it('finds what listens on the address, and nothing else', async () => {
    // Ports of which the kernel also takes the near ends of connections.
    const tried = [...new Set([open, elsewhere, ...Array.from({ length: 8000 }, (_, index) => 40_000 + index)])]
    const found = await scanPorts({ nodes: nodesHere(HERE), node, tried, signal })
    expect(found).toContain(open)
    expect(found).not.toContain(elsewhere)
    // A try that found only itself would show as a port of the moment, at which nobody answers any more.
    const answers = await Promise.all(found.map((port) => takesConnection(HERE, port)))
    expect(found.filter((_, index) => !answers[index])).toEqual([])
  }, 30_000)

  it('tries only the ports that matter, where others do not', async () => {
    const nodes = nodesHere(HERE)
    expect(await scanPorts({ nodes, node, tried: [open, elsewhere], signal })).toEqual([open])
    expect(nodes.ran[0]?.argv.slice(2)).toEqual([HERE, String(open), String(elsewhere)])
  })

  it('does not take a scan that was cut off for one that found nothing', async () => {
    const nodes = { ...nodesHere(HERE), exec: async () => ({ code: 124, stdout: '22\n', stderr: '' }) }
    await expect(scanPorts({ nodes, node, signal })).rejects.toThrow('did not come to its end')
    const without = { ...nodes, exec: async () => ({ code: 127, stdout: '', stderr: 'perl: not found' }) }
    await expect(scanPorts({ nodes: without, node, signal })).rejects.toThrow('perl: not found')
  })
})

const SOCKETS = [
  'LISTEN 0 4096 *:10250 *:* users:(("kubelet",pid=9,fd=1))\t0::/system.slice/kubelet.service ',
  'LISTEN 0 4096 0.0.0.0:4444 0.0.0.0:* users:(("nc",pid=12,fd=3))\t0::/kubelet/kubepods/besteffort/pod11111111-2222-3333-4444-555555555555/abc ',
  'LISTEN 0 4096 *:6443 *:* users:(("kube-apiserver",pid=7,fd=3))\t9:x:/kubelet.slice/kubepods-burstable-podd1df0bd5c05e7fd3b8d5c09af21a9ba1.slice/cri ',
  'LISTEN 0 4096 127.0.0.1:9099 0.0.0.0:* users:(("secret",pid=13,fd=3))\t',
].join('\n')

const service = { metadata: { name: 'debug', namespace: 'shop' }, spec: { ports: [{ port: 80, nodePort: 31337 }] } }
const pods = [
  {
    metadata: { name: 'tap', namespace: 'shop', uid: '11111111-2222-3333-4444-555555555555' },
    spec: { nodeName: 'n1', containers: [{ name: 'main', ports: [{ containerPort: 1, hostPort: 8088 }] }] },
  },
  {
    metadata: {
      name: 'kube-apiserver-n1',
      namespace: 'kube-system',
      uid: 'mirror',
      annotations: { 'kubernetes.io/config.hash': 'd1df0bd5c05e7fd3b8d5c09af21a9ba1' },
    },
    spec: { nodeName: 'n1', containers: [] },
  },
]
const context = (found: readonly number[]) =>
  contextWith({
    api: async ({ path }: { path: string }) => {
      const json = /^\/apis?$/.test(path)
        ? path === '/api'
          ? discovery({ Service: 'services', Pod: 'pods' })
          : {}
        : { items: path.includes('services') ? [service] : pods }
      return { status: 200, headers: {}, warnings: [], text: '', json }
    },
    nodes: {
      list: async () => [{ name: 'n1', address: '172.18.0.2' }],
      exec: async (_: string, argv: readonly string[]) => ({
        code: 0,
        stdout: argv[0] === 'perl' ? `${found.join('\n')}\ndone\n` : SOCKETS,
        stderr: '',
      }),
    },
  })

describe('ports', () => {
  it('names whose a port is that should not be open', async () => {
    const found = await ports.run({ 'open-exactly': [10250, 6443] }, context([4444, 6443, 8088, 10250, 31337, 40000]))
    expect(found).toMatchObject({
      kind: 'unmet',
      found:
        '172.18.0.2: open and should not be: 4444 (nc of Pod shop/tap), 8088 (hostPort of Pod shop/tap), ' +
        '31337 (NodePort of Service shop/debug) and 40000',
      data: {
        open: [4444, 6443, 8088, 10250, 31337, 40000],
        unexpected: [4444, 8088, 31337, 40000],
        missing: [],
        owners: { '10250': 'kubelet', '6443': 'kube-apiserver of Pod kube-system/kube-apiserver-n1' },
      },
    })
  })

  it('asks for open ports, for closed ones and for nothing else', async () => {
    const open10250 = context([10250])
    expect(await ports.run({ must: [10250, '6443'] }, open10250)).toMatchObject({ data: { missing: [6443] } })
    expect(await ports.run({ must: [10250] }, open10250)).toMatchObject({ kind: 'met', summary: 'open' })
    expect(await ports.run({ must: [6443] }, open10250)).toMatchObject({ kind: 'unmet', summary: 'closed' })
    expect(await ports.run({ must: [10250], only: [6443] }, open10250)).toMatchObject({ kind: 'met' })
    expect(await ports.run({ only: [6443] }, open10250)).toMatchObject({ kind: 'unmet', data: { unexpected: [10250] } })
    expect(await ports.run({ closed: [10255], must: [10250] }, open10250)).toMatchObject({ kind: 'met' })
    expect(await ports.run({ closed: [10250] }, open10250)).toMatchObject({ kind: 'unmet' })
    expect(await ports.run({ 'open-exactly': [10250, 6443] }, open10250)).toMatchObject({ data: { missing: [6443] } })
  })
})
