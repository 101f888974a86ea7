import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { CLI, type LabHome, labHome } from '../support/lab.ts'
import { processesOf } from '../support/processes.ts'
import { openPty, type Pty } from '../support/pty.ts'

const SHOW_CURSOR = '\u001b[?25h'
const LEAVE_ALTERNATE_SCREEN = '\u001b[?1049l'

let lab: LabHome
let terminal: Pty | undefined
afterEach(async () => {
  terminal?.kill('SIGKILL')
  terminal = undefined
  await lab.remove()
})

const openLab = (options: { columns?: number; rows?: number; args?: readonly string[] } = {}): Pty =>
  openPty({ argv: [process.execPath, CLI, ...(options.args ?? ['start'])], env: lab.env, ...options })

/** Whether the right-hand pane says so, wherever its lines break. */
const paneSays =
  (words: string) =>
  (screen: string): boolean => {
    const squeeze = (text: string) => text.replace(/\s+/g, '')
    const pane = screen.split('\n').map((line) => line.split('│').at(-1) ?? '')
    return squeeze(pane.join('')).includes(squeeze(words))
  }

const WATCHING = 'Watching the cluster and your files'

describe('the lab in a terminal, from nothing to a graded exercise', () => {
  it('teaches, sees a wrong turn by itself, and celebrates the right one', async () => {
    lab = labHome()
    terminal = openLab()
    // The lesson can be read before the cluster is there.
    await terminal.waitFor('It is your first day')
    await terminal.waitFor(/embedded v1\.34\.\d+ ready/)
    await terminal.waitFor(WATCHING)
    await terminal.waitFor(paneSays('has no label pod-security.kubernetes.io/enforce'))

    // A wrong turn, made with real kubectl: its message appears without a key being pressed.
    const wrong = await lab.kubectl(['label', 'namespace', 'welcome', 'pod-security.kubernetes.io/warn=baseline'])
    expect(wrong).toMatchObject({ code: 0 })
    await terminal.waitFor(paneSays('It prints a warning and lets the Pod in'))

    await lab.kubectl(['label', 'namespace', 'welcome', 'pod-security.kubernetes.io/enforce=baseline'])
    await terminal.waitFor(/Checks\s+3 of 8/)

    // The same keys in a shell of the lab, for the questions.
    const answers = {
      checkout: 'workload',
      search: 'supply-chain',
      orders: 'secrets',
      reports: 'identity',
      apiserver: 'control-plane',
    }
    for (const [key, value] of Object.entries(answers)) {
      expect(await lab.run(['answer', key, value])).toMatchObject({ code: 0 })
    }
    await terminal.waitFor('You went once round the loop')
    await terminal.waitFor('✓ The map')
    // The attack is replayed by itself; its table fills as the answers come in.
    await terminal.waitFor(/Create a privileged Pod in welcome +admitted +denied \(403 Forbidden\) +stopped/)
    await terminal.waitFor(/Create an ordinary Pod +admitted +admitted +works/)

    terminal.send('q')
    const { exitCode } = await terminal.exited
    expect(exitCode).toBe(0)
    expect(terminal.raw().lastIndexOf(LEAVE_ALTERNATE_SCREEN)).toBeGreaterThan(0)
    expect(terminal.raw().lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(0)

    const list = JSON.parse((await lab.run(['list', '--json'])).stdout)
    expect(list.lessons[0]).toMatchObject({ id: 'L00', status: 'passed' })
  })

  it('resumes after it was killed, cluster and lesson as they were', async () => {
    lab = labHome()
    terminal = openLab({ columns: 80, rows: 24 })
    await terminal.waitFor(WATCHING)
    await lab.kubectl(['label', 'namespace', 'welcome', 'pod-security.kubernetes.io/enforce=baseline'])
    await terminal.waitFor(/3 of 8/)
    process.kill(terminal.pid, 'SIGKILL')
    await terminal.exited
    // The cluster lives on; kill the API server as well, as a closed lid or an out-of-memory killer would.
    for (const { pid, command } of processesOf(lab.home))
      if (command.includes('kube-apiserver')) process.kill(pid, 'SIGKILL')

    terminal = openLab({ columns: 80, rows: 24 })
    await terminal.waitFor('The map')
    await terminal.waitFor(/3 of 8/)
  })

  it('gives the terminal to a shell with the tools of the lab, and takes it back', async () => {
    lab = labHome()
    terminal = openPty({ argv: [process.execPath, CLI, 'start'], env: { ...lab.env, SHELL: '/bin/bash' } })
    await terminal.waitFor(WATCHING)
    terminal.send('s')
    await terminal.waitFor((screen) => !screen.includes('Checks') && /\$|#/.test(screen))
    terminal.send('kubectl get namespace welcome -o name; basename "$PWD"\r')
    await terminal.waitFor('namespace/welcome')
    await terminal.waitFor(/^layers$/m)
    terminal.send('exit\r')
    await terminal.waitFor(WATCHING)
  })

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('restores the terminal when it is ended by %s', async (signal) => {
    lab = labHome()
    terminal = openLab()
    await terminal.waitFor('It is your first day')
    process.kill(terminal.pid, signal)
    await terminal.exited
    const raw = terminal.raw()
    expect(raw.lastIndexOf(LEAVE_ALTERNATE_SCREEN)).toBeGreaterThan(raw.lastIndexOf('\u001b[?1049h'))
    expect(raw.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(raw.lastIndexOf('\u001b[?25l'))
  })

  it('leaves no ghost lines behind when the window is resized', async () => {
    lab = labHome()
    terminal = openLab()
    await terminal.waitFor(/Checks\s+0 of 8/)
    terminal.resize(80, 24)
    await terminal.waitFor(
      (screen) => screen.split('\n').every((line) => line.length <= 80) && screen.includes('The map'),
    )
    terminal.resize(120, 40)
    const screen = await terminal.waitFor(
      (text) => text.split('\n').some((line) => line.length > 100) && text.includes('Checks'),
    )
    expect(screen.match(/k8s-sec-lab {3}/g)?.length).toBe(1)
    expect(screen.match(/q quit/g)?.length ?? 0).toBeLessThanOrEqual(1)
  })
})

describe('the lab without a terminal', () => {
  it('brings the cluster up, prints the first lesson and how to go on', async () => {
    lab = labHome()
    const ran = await lab.run(['start'])
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('It is your first day')
    expect(ran.stdout).toMatch(/k8s-sec-lab check/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: plain output holds no escape codes at all
    expect(ran.stdout + ran.stderr).not.toMatch(/\u001b/)
    const kubeconfig = join(lab.home, 'cluster', 'kubeconfig')
    expect((await lab.run(['env'])).stdout).toContain(kubeconfig)
  })

  it('ends at a signal that comes while the first frame is all there is', async () => {
    lab = labHome()
    for (const signal of ['SIGTERM', 'SIGHUP']) {
      terminal = openLab()
      await terminal.waitFor('k8s-sec-lab')
      terminal.kill(signal)
      expect(await terminal.exited).toMatchObject({ exitCode: 130 })
      expect(terminal.raw()).toContain(LEAVE_ALTERNATE_SCREEN)
    }
  })
})
