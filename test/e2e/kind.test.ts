import { afterEach, describe, expect, it } from 'vitest'
import { describeOnKind } from '../support/describe-on-kind.ts'
import { engineEnvironment, kindHere } from '../support/kind-here.ts'
import { CLI, type LabHome, labHome } from '../support/lab.ts'
import { openPty, type Pty } from '../support/pty.ts'

const here = await kindHere()

const SLOW = { timeoutMs: 600_000 }
const WATCHING = 'Watching the cluster and your files'

let lab: LabHome
let terminal: Pty | undefined
afterEach(async () => {
  terminal?.kill('SIGKILL')
  terminal = undefined
  await lab.remove()
}, 300_000)

await describeOnKind('the lab on kind, in a terminal', () => {
  it('says why a node cannot be made, shows what was printed, and goes on without containers when asked', async () => {
    const image = 'k8s-sec-lab.invalid/node:v1.34.0'
    lab = labHome({ env: { ...engineEnvironment(here), K8S_SEC_LAB_NODE_IMAGE: image } })
    terminal = openPty({ argv: [process.execPath, CLI, 'start', '--backend', 'kind'], env: lab.env })
    await terminal.waitFor('c without containers', SLOW)
    expect(terminal.screen()).toContain('kind ✗ did not come up')
    terminal.send('o')
    await terminal.waitFor((screen) => screen.includes('What it printed') && screen.includes(image), SLOW)
    terminal.send('c')
    await terminal.waitFor(/embedded v1\.\d+\.\d+ ready/, SLOW)
    await terminal.waitFor(WATCHING, SLOW)
  }, 900_000)
})

describe('the choice of a backend', () => {
  it('is embedded where no container engine is installed, and says so', async () => {
    lab = labHome({ env: { K8S_SEC_LAB_BACKEND: '' } })
    const up = await lab.run(['cluster', 'up'], { env: { PATH: lab.user } })
    expect(up.stderr).toContain('embedded: no container engine is installed.')
    expect(up.code).toBe(0)
  })
})
