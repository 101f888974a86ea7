import { afterEach, expect, it } from 'vitest'
import { kindHere } from '../support/kind-here.ts'
import { CLI, type LabHome, labHome, type Ran, runProgram } from '../support/lab.ts'
import { describeWithEngine, type OwnEngine, ownEngine } from '../support/own-engine.ts'

const here = await kindHere()

let lab: LabHome
let engine: OwnEngine
afterEach(async () => {
  await run('cluster', 'down')
  await lab.remove()
  await engine.remove()
}, 300_000)

/** The built program, in the network in which the engine's ports are. */
const run = (...args: string[]): Promise<Ran> => runProgram(engine.inside([process.execPath, CLI, ...args]), lab.env)
const status = async () => JSON.parse((await run('cluster', 'status', '--json')).stdout)

await describeWithEngine('a container engine that is stopped and started', () => {
  it('is said to be the cause, and the cluster is found again with its data and the lesson', async () => {
    if (here.kind === 'no') throw new Error(here.reason)
    engine = await ownEngine()
    expect(await engine.give(here.image)).toMatchObject({ code: 0 })
    const { PATH = '', DOCKER_HOST = '' } = engine.env
    lab = labHome({ env: { PATH, DOCKER_HOST, K8S_SEC_LAB_NODE_IMAGE: here.image, K8S_SEC_LAB_BACKEND: 'kind' } })
    expect(await run('begin', 'L24')).toMatchObject({ code: 0 })
    expect(await run('check')).toMatchObject({ code: 1 })
    const uid = () => run('shell', 'kubectl', 'get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}')
    const before = (await uid()).stdout
    expect(before).toMatch(/^[0-9a-f-]{36}$/)

    await engine.stop()
    expect(await status()).toMatchObject({ backend: 'kind', state: 'broken' })
    const dead = await run('check')
    expect(dead.code).toBe(3)
    expect(dead.stdout + dead.stderr).toMatch(/does not answer/)
    expect(dead.stdout + dead.stderr).toMatch(/systemctl start docker/)

    await engine.start()
    expect(await status()).toMatchObject({ state: 'broken' })
    const up = await run('cluster', 'up')
    expect(up).toMatchObject({ code: 0 })
    expect(await status()).toMatchObject({ state: 'ready' })
    expect((await uid()).stdout).toBe(before)
    expect(await run('check')).toMatchObject({ code: 1 })
  }, 900_000)
})
