/** What a real engine says when it cannot do its work is known to the lab, which says what helps. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, inject, it, onTestFinished } from 'vitest'
import { engineOf } from '../../src/cluster/kind/engine.ts'
import { troubleIn } from '../../src/cluster/kind/troubles.ts'
import { kindClusterIn } from '../support/cluster.ts'
import { runProgram } from '../support/lab.ts'
import { describeWithEngine, type OwnEngine, ownEngine } from '../support/own-engine.ts'

let engine: OwnEngine | undefined
afterEach(async () => {
  await engine?.remove()
  engine = undefined
})

const BUSYBOX = 'k8s-sec-lab.local/busybox:1'
const mapped = (output: string) => {
  const { message, next } = troubleIn(output, { doing: 'docker' })
  return `${message} ${next}`
}
/** The words of a bring-up that the engine refuses. */
const upOn = async ({ env }: OwnEngine, nodeImage: string): Promise<string> => {
  const home = mkdtempSync(join(tmpdir(), 'k8s-sec-lab-trouble-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const { cluster } = kindClusterIn({ ...inject('sharedCluster'), nodeImage }, home, env)
  const failed = await cluster.up({ report: () => undefined }).catch((error) => error)
  return `${failed.message} ${failed.next}`
}

await describeWithEngine('an engine in trouble', () => {
  it('does not answer, and does again', async () => {
    engine = await ownEngine()
    await engine.stop()
    expect(await engineOf(engine.env)).toMatchObject({ kind: 'not-running', next: expect.stringContaining('Start it') })
    expect(mapped((await engine.docker(['ps'])).stderr)).toContain('The container engine does not answer')
    await engine.start()
    expect(await engineOf(engine.env)).toMatchObject({ kind: 'ready' })
  })

  it('is not for everybody', async () => {
    engine = await ownEngine()
    chmodSync(engine.socket, 0o600)
    chmodSync(engine.socket.replace(/\/[^/]*$/, ''), 0o755)
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
    const refused = await runProgram([...nobody, 'docker', 'ps'], { ...engine.env, HOME: '/nonexistent' })
    expect(refused.code).not.toBe(0)
    expect(mapped(refused.stderr)).toMatch(/permission denied on its socket.*group docker/)
  })

  it('cannot reach the registry of the node image', async () => {
    engine = await ownEngine()
    expect(await upOn(engine, 'registry.invalid/node:v1.34.3')).toMatch(/node image could not be had.*--node-image/)
  })

  it('goes through a proxy that is not there', async () => {
    const proxy = 'http://127.0.0.1:9'
    engine = await ownEngine({ env: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } })
    expect(await upOn(engine, 'registry.invalid/node:v1.34.3')).toMatch(/through a proxy.*HTTPS_PROXY/)
  })

  it('has no room left', async () => {
    engine = await ownEngine({ disk: '24m' })
    const { nodeImage = '' } = inject('sharedCluster')
    const full = await engine.give(nodeImage)
    expect(full.code).not.toBe(0)
    expect(mapped(full.stderr + full.stdout)).toMatch(/disk of the container engine is full.*prune/)
  })

  it('finds a port taken', async () => {
    engine = await ownEngine()
    expect(await engine.give(BUSYBOX)).toMatchObject({ code: 0 })
    const run = ['run', '--detach', '--publish', '127.0.0.1:18443:80', BUSYBOX, 'sleep', '60']
    expect(await engine.docker(run)).toMatchObject({ code: 0 })
    expect(mapped((await engine.docker(run)).stderr)).toMatch(/port that the cluster needs is taken/)
  })

  it('has no addresses left for another network', async () => {
    engine = await ownEngine({ flags: ['--default-address-pool', 'base=10.213.0.0/24,size=24'] })
    const second = await engine.docker(['network', 'create', 'kind'])
    expect(second.code).not.toBe(0)
    expect(mapped(second.stderr)).toMatch(/no address range left.*network prune/)
  })
})
