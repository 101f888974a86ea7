import { afterEach, describe, expect, it } from 'vitest'
import { CLI, type LabHome, labHome } from '../support/lab.ts'
import { openPty, type Pty } from '../support/pty.ts'

let lab: LabHome
let terminal: Pty | undefined
afterEach(async () => {
  terminal?.kill('SIGKILL')
  terminal = undefined
  await lab.remove()
})

/** Everything said so far, line breaks of the terminal and of wrapping taken out. */
const said = (pty: Pty): string => pty.raw().replace(/\s+/g, ' ')

/** Resolves once `words` were said after what had been said at `from`. */
const hear = async (pty: Pty, words: string, from = 0): Promise<number> => {
  await pty.waitFor(() => said(pty).includes(words, from), { timeoutMs: 120_000 })
  return said(pty).indexOf(words, from)
}

describe('the plain skin in a terminal', () => {
  it('teaches a lesson from start to pass without ever redrawing', async () => {
    lab = labHome()
    terminal = openPty({ argv: [process.execPath, CLI, 'start', '--plain'], env: lab.env, columns: 80, rows: 24 })
    const pty = terminal
    await hear(pty, 'It is your first day')
    await hear(pty, 'Checks: 0 of 8 passed.')
    await hear(pty, 'Watching. Commands:')

    // A wrong turn with real kubectl: told by itself.
    await lab.kubectl(['label', 'namespace', 'welcome', 'pod-security.kubernetes.io/warn=baseline'])
    await hear(pty, 'It prints a warning and lets the Pod in')

    pty.send('hint\r')
    await hear(pty, 'Hint 1 of')
    pty.send('dance\r')
    await hear(pty, 'is no command here. Type ? for all of them.')

    // Another program has the terminal, and gives it back.
    const before = pty.raw().length
    pty.send('shell\r')
    await pty.waitFor((screen) => /\$|#/.test(screen.split('\n').at(-1) ?? ''))
    pty.send('kubectl label namespace welcome pod-security.kubernetes.io/enforce=baseline; exit\r')
    const after = await hear(pty, 'namespace/welcome labeled')
    await hear(pty, 'passed: A privileged Pod is refused.', after)
    const back = pty.raw().indexOf('passed: A privileged Pod', before)

    const answers = { checkout: 'workload', search: 'supply-chain', orders: 'secrets', reports: 'identity' }
    for (const [key, value] of Object.entries(answers)) pty.send(`answer ${key} ${value}\r`)
    pty.send('answer apiserver control-plane\r')
    const pass = await hear(pty, 'Passed: The map.')
    await hear(pty, 'The attack, replayed just now:', pass)
    await hear(pty, 'Quick question 1 of', pass)
    pty.send('1\r')
    await pty.waitFor(() => /(Right|Not quite): /.test(said(pty).slice(pass)))

    // A pass waits; going on after it needs no question.
    pty.send('next\r')
    await hear(pty, 'Lesson: There is no User object.', pass)
    await hear(pty, 'Checks: 0 of', pass)
    pty.send('list\r')
    await hear(pty, 'L00 The map, about 5 minutes: passed.', pass)
    pty.send('previous\r')
    await hear(pty, 'Its objects in the cluster are removed; your files stay. Type yes or no.', pass)
    pty.send('no\r')
    pty.send('quit\r')
    expect(await pty.exited).toMatchObject({ exitCode: 0 })
    // Line after line: nothing moves the cursor, colours anything or changes the screen.
    const own = pty.raw().slice(0, before) + pty.raw().slice(back) // in between the shell and kubectl spoke
    expect(own).not.toContain('\u001b')
  })

  it('is chosen by the environment for a screen reader', async () => {
    lab = labHome()
    terminal = openPty({ argv: [process.execPath, CLI, 'start'], env: { ...lab.env, ACCESSIBLE: '1' } })
    await hear(terminal, 'Getting your cluster ready. You can read on.')
    terminal.send('quit\r')
    await hear(terminal, 'Quit and stop that?')
    terminal.send('yes\r')
    expect(await terminal.exited).toMatchObject({ exitCode: 0 })
  })

  it('takes lines from a pipe, one when the one before has come to rest', async () => {
    lab = labHome()
    const { code, stdout } = await lab.run(['start', '--plain', 'L00'], { input: 'hint\ncheck\nlist\nattack\n' })
    expect(code).toBe(0)
    const order = [
      'It is your first day',
      'Checks: 0 of 8',
      'Hint 1 of',
      'Lessons: 0 of',
      'The attack, replayed just now',
    ]
    const places = order.map((words) => stdout.indexOf(words))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places.every((place) => place >= 0)).toBe(true)
  })
})
