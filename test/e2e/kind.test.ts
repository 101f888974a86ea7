import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { describeOnKind } from '../support/describe-unless.ts'
import { engineEnvironment, kindHere } from '../support/kind-here.ts'
import { CLI, type LabHome, labHome, runProgram } from '../support/lab.ts'
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

/** Whether the right-hand pane says so, wherever its lines break. */
const paneSays =
  (words: string) =>
  (screen: string): boolean => {
    const pane = screen.split('\n').map((line) => line.split('│').at(-1) ?? '')
    return pane.join('').replace(/\s+/g, '').includes(words.replace(/\s+/g, ''))
  }

await describeOnKind('the lab on kind, in a terminal', () => {
  it('brings a node up, sees work on it, celebrates the pass, and leaves nothing behind', async () => {
    lab = labHome({ env: { ...engineEnvironment(here), K8S_SEC_LAB_BACKEND: 'kind' } })
    terminal = openPty({ argv: [process.execPath, CLI, 'start', 'L11'], env: lab.env })
    // The lesson can be read before the cluster is there.
    await terminal.waitFor('A dashboard could not reach the kubelet', SLOW)
    await terminal.waitFor(/kind v1\.\d+\.\d+ ready/, SLOW)
    await terminal.waitFor(WATCHING, SLOW)
    const status = JSON.parse((await lab.run(['cluster', 'status', '--json'])).stdout)
    expect(status).toMatchObject({ backend: 'kind', state: 'ready' })

    const node = (await lab.run(['node', '--', 'hostname'])).stdout.trim()
    expect(node).toMatch(/^k8s-sec-lab-[0-9a-f]{8}-control-plane$/)
    const stranger = 'curl -sk -X POST "https://$(hostname):10250/run/payroll/books/books?cmd=env"'
    expect((await lab.run(['node', '--', 'sh', '-c', stranger])).stdout).toContain('BANK_PIN=')

    // A wrong turn, made with the editor that `edit` opens: its message appears without a key being pressed.
    const editor = join(lab.user, 'half')
    writeFileSync(editor, '#!/bin/sh\nexec sed -i "s/mode: AlwaysAllow/mode: Webhook/" "$1"\n', { mode: 0o755 })
    const half = await lab.run(['edit', 'kubelet-config.yaml'], { env: { EDITOR: editor, VISUAL: '' } })
    expect(half).toMatchObject({ code: 0 })
    await terminal.waitFor(paneSays('system:anonymous'), SLOW)

    const solution = readFileSync('lessons/control-plane/kubelet-api/solution.sh', 'utf8')
    expect(await lab.run(['shell', 'bash', '-euo', 'pipefail', '-c', solution])).toMatchObject({ code: 0 })
    await terminal.waitFor('✓ Port 10250 without a badge', SLOW)
    expect((await lab.run(['node', '--', 'sh', '-c', stranger])).stdout).toContain('Unauthorized')
    terminal.send('q')
    expect((await terminal.exited).exitCode).toBe(0)

    expect(await lab.run(['cluster', 'down'])).toMatchObject({ code: 0 })
    const command = here.kind === 'yes' ? here.engine : ''
    const left = await runProgram([command, 'ps', '--all', '--format', '{{.Names}}'], lab.env)
    expect(left.code).toBe(0)
    expect(left.stdout).not.toContain(node)
  }, 1_500_000)

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
