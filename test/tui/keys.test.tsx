import { afterEach, describe, expect, it } from 'vitest'
import type { Intent, LabState } from '../../src/core/state.ts'
import { ATTACK, CHECKS, LESSON, NOW, STARTING, STATE } from './fake-lab.ts'
import { type Mounted, mounted } from './mounted.ts'

let open: Mounted | undefined
const mount = async (options?: Parameters<typeof mounted>[0]): Promise<Mounted> => {
  open = await mounted(options)
  return open
}
afterEach(async () => {
  await open?.close()
  open = undefined
})

const passed: Partial<LabState> = { current: { ...LESSON, phase: 'passed', attack: ATTACK } }

describe('each key', () => {
  it.each<[string, Intent]>([
    ['n', { kind: 'next' }],
    ['p', { kind: 'previous' }],
    ['a', { kind: 'attack' }],
    ['r', { kind: 'regrade' }],
    ['x', { kind: 'reset' }],
    ['S', { kind: 'solution' }],
    ['q', { kind: 'quit' }],
    ['ctrl-c', { kind: 'quit' }],
  ])('%s sends its intent', async (key, intent) => {
    const { terminal, lab } = await mount()
    terminal.press(key)
    await expect.poll(() => lab.intents).toEqual([intent])
  })

  it('y and n answer a question, and nothing else gets through', async () => {
    const { terminal, lab } = await mount({ state: { question: { kind: 'reset', text: 'Put this lesson back?' } } })
    await terminal.waitForText('Put this lesson back?')
    terminal.press('h', 'x', 'l', 'y')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'confirm' }])
    terminal.press('n')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'confirm' }, { kind: 'refuse' }])
  })

  it('h shows the hints taken, and only then takes the next one', async () => {
    const { terminal, lab } = await mount()
    terminal.press('h')
    await terminal.waitForText('Hint 1 of 3')
    expect(lab.intents).toEqual([])
    terminal.press('h')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'hint' }])
    lab.setLesson({ hints: [...LESSON.hints, 'A RoleBinding may name a ClusterRole.'] })
    await terminal.waitForText('A RoleBinding may name a ClusterRole.')
    terminal.press('escape')
    await terminal.waitForText('The nightly report job')
  })

  it('h takes the first hint at once', async () => {
    const { terminal, lab } = await mount({ state: { current: { ...LESSON, hints: [] } } })
    terminal.press('h')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'hint' }])
  })

  it('o shows what the failed program printed, c goes on without containers', async () => {
    const cluster = { ...STATE.cluster, backend: 'kind' as const, state: 'broken' as const, output: 'words of kind' }
    const { terminal, lab } = await mount({ state: { cluster } })
    terminal.press('o')
    await terminal.waitForText('words of kind')
    terminal.press('o')
    await terminal.waitForText('The nightly report job')
    terminal.press('c')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'use-embedded' }])
  })

  it('r brings a broken cluster up again', async () => {
    const { terminal, lab } = await mount({
      state: { cluster: { ...STATE.cluster, state: 'broken', reason: 'etcd is gone' } },
    })
    await terminal.waitForText('try again')
    terminal.press('r')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'retry-cluster' }])
  })

  it('s and e lend the terminal; the file is chosen with the arrows', async () => {
    const { terminal, lab } = await mount()
    terminal.press('s')
    await expect.poll(() => lab.handovers).toEqual(['shell'])
    await terminal.waitForText('Exactly enough')
    terminal.press('e')
    await terminal.waitForText('static Pod manifest')
    terminal.press('down', 'enter')
    await expect.poll(() => lab.handovers).toEqual(['shell', 'edit authn.yaml'])
    await terminal.waitForText('The nightly report job')
  })

  it('up, down, j and k choose a check; Enter opens it whole; Esc leads back', async () => {
    const { terminal } = await mount({ rows: 60 })
    await terminal.waitForText('▸ ✗ It can do nothing else in shop')
    terminal.press('j')
    await terminal.waitForText('▸ ◔ It can do nothing outside shop')
    terminal.press('k', 'up')
    await terminal.waitForText('▸ ✓ It can read pod logs')
    terminal.press('down', 'enter')
    await terminal.waitForText('See it yourself')
    expect(terminal.lastFrame()).toContain('resource-20 get,list')
    terminal.press('escape')
    await terminal.waitForText('The nightly report job')
  })

  it('space and b page the text; tab makes the arrows scroll it', async () => {
    const { terminal } = await mount({ columns: 80, rows: 24 })
    await terminal.waitForText('1/3')
    terminal.press('space')
    await terminal.waitForText('2/3')
    terminal.press('b')
    await terminal.waitForText('1/3')
    terminal.press('tab', 'j')
    await terminal.waitFor((screen) => !screen.includes('The nightly report'))
    terminal.press('g')
    await terminal.waitForText('The nightly report')
    terminal.press('G')
    await terminal.waitForText('If you are stuck')
  })

  it('z shows the text alone, at full width', async () => {
    const { terminal } = await mount()
    terminal.press('z')
    await terminal.waitFor((screen) => !screen.includes('It can do nothing else'))
    expect(terminal.lines()).toContain('kubectl auth can-i --list -n shop \\')
    terminal.press('escape')
    await terminal.waitForText('It can do nothing else')
  })

  it('o shows the last line of output while the cluster comes up', async () => {
    const { terminal } = await mount({ state: { cluster: STARTING } })
    await terminal.waitForText('812 of 1,394 packages')
    expect(terminal.lastFrame()).not.toContain('k8s.io/apiserver')
    terminal.press('o')
    await terminal.waitForText('k8s.io/apiserver/pkg')
  })

  it('? opens and closes the help, and the help names every key', async () => {
    const { terminal } = await mount({ rows: 60 })
    terminal.press('?')
    const screen = await terminal.waitForText('next lesson')
    for (const words of ['previous lesson', 'a shell with kubectl', 'replay the attack', 're-grade now', 'quit;']) {
      expect(screen).toContain(words)
    }
    terminal.press('?')
    await terminal.waitForText('The nightly report job')
  })

  it('typed before the skin was there is still obeyed', async () => {
    const { createFakeTerminal } = await import('../support/terminal.ts')
    const { mountTui } = await import('../../src/tui/mount.tsx')
    const { createFakeLab } = await import('./fake-lab.ts')
    const terminal = createFakeTerminal({ columns: 120, rows: 40 })
    const lab = createFakeLab()
    terminal.press('?')
    const ended = mountTui({
      lab,
      stdin: terminal.stdin,
      stdout: terminal.stdout,
      env: { LANG: 'C.UTF-8' },
      now: () => NOW,
    })
    await terminal.waitForText('next lesson')
    lab.set({ closing: true })
    await ended
  })

  it('pasting a command does nothing but say so', async () => {
    const { terminal, lab } = await mount()
    terminal.press('kubectl delete rolebinding report-all -n shop')
    await terminal.waitForText('Pasted text does nothing here')
    terminal.press('\u001B[200~xqS\u001B[201~', 'p')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'previous' }])
  })
})

describe('the list', () => {
  it('searches, filters, groups, and opens the lesson under the cursor', async () => {
    const { terminal, lab } = await mount()
    terminal.press('l')
    await terminal.waitForText('2 of 8 done')
    terminal.press('f')
    await terminal.waitFor((screen) => !screen.includes('There is no User object'))
    terminal.press('f', 'g')
    await terminal.waitForText('Infrastructure')
    terminal.press('/')
    terminal.press('i', 'n', 't', 'e', 'r', 'n', 'q', 'backspace', 'enter')
    await terminal.waitFor((screen) => screen.includes('▸ ◌ L06') && !screen.includes('L24'))
    terminal.press('escape')
    await terminal.waitFor((screen) => screen.includes('L24') && screen.includes('2 of 8 done'))
    terminal.press('/', 'z', 'z')
    await terminal.waitForText('No lesson fits')
    terminal.press('escape')
    await terminal.waitFor((screen) => screen.includes('L24') && !screen.includes('/zz'))
    terminal.press('/', 'i', 'n', 't', 'e', 'r', 'n', 'enter')
    await terminal.waitFor((screen) => screen.includes('▸ ◌ L06') && !screen.includes('L24'))
    terminal.press('enter')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'open', lesson: 'L06' }])
    lab.set({ current: { ...LESSON, id: 'L06', title: 'Intern to admin', text: 'The intern may build.' } })
    await terminal.waitForText('The intern may build.')
  })

  it('shows why a lesson cannot run, and where the learner is', async () => {
    const { terminal } = await mount({ columns: 80, rows: 24 })
    terminal.press('l')
    await terminal.waitForText('← here')
    terminal.press('j', 'j')
    await terminal.waitForText('▸ – L13')
    expect(terminal.lastFrame().replaceAll(/\s+/g, ' ')).toContain(
      'start with --backend kind (no container engine was found)',
    )
  })
})

describe('answers', () => {
  const checks = CHECKS.map((check) => (check.id === 'exact' ? { ...check, answerKey: 'crown' } : check))

  it('are typed after Enter, keys and all, and sent with Enter', async () => {
    const { terminal, lab } = await mount({ state: { current: { ...LESSON, checks } } })
    terminal.press('enter')
    await terminal.waitForText('Your answer')
    terminal.press('q', ' ', 'x', 'y', 'backspace', '!', 'enter')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'answer', key: 'crown', value: 'q x!' }])
  })

  it('take pasted text', async () => {
    const { terminal, lab } = await mount({ state: { current: { ...LESSON, checks } } })
    terminal.press('enter')
    await terminal.waitForText('Your answer')
    terminal.press('\u001B[200~Pa55word-of-the-crown\u001B[201~', 'enter')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'answer', key: 'crown', value: 'Pa55word-of-the-crown' }])
  })
})

describe('a pass', () => {
  it('is shown by itself, and waits: debrief, then the questions', async () => {
    const { terminal, lab } = await mount({ columns: 80, rows: 24 })
    lab.setLesson({ phase: 'passed', attack: ATTACK })
    await terminal.waitForText('9 min, 1 hint, 3 wrong turns')
    expect(terminal.lastFrame()).toContain('403 Forbidden')
    terminal.press('space', 'space')
    await terminal.waitForText('Quick question 1 of 2')
    terminal.press('2')
    await expect.poll(() => lab.intents).toEqual([{ kind: 'quiz', question: 'q1', option: 1 }])
    lab.setLesson({ quizAnswers: { q1: 1 } })
    const screen = await terminal.waitForText('Not this one.')
    expect(screen).toContain('A list answers with whole objects')
    terminal.press('space')
    await terminal.waitForText('Quick question 2 of 2')
    terminal.press('down', 'enter')
    await expect.poll(() => lab.intents.at(-1)).toEqual({ kind: 'quiz', question: 'q2', option: 1 })
    terminal.press('escape')
    await terminal.waitForText('The nightly report job')
    terminal.press('d')
    await terminal.waitForText('9 min, 1 hint')
    terminal.press('n')
    await expect.poll(() => lab.intents.at(-1)).toEqual({ kind: 'next' })
  })

  it('tears nobody out of the list, and is not celebrated again when a finished lesson is opened', async () => {
    const { terminal, lab } = await mount()
    terminal.press('l')
    await terminal.waitForText('2 of 8 done')
    lab.setLesson({ phase: 'passed' })
    await terminal.waitForText('Passed.')
    expect(terminal.lastFrame()).toContain('2 of 8 done')
    terminal.press('escape')
    await terminal.waitForText('debrief')
  })

  it('shows the lesson again when it no longer holds', async () => {
    const { terminal, lab } = await mount({ state: passed })
    terminal.press('d')
    await terminal.waitForText('What you just stopped')
    lab.setLesson({ phase: 'working' })
    await terminal.waitForText('The nightly report job')
  })
})
