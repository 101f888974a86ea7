import { describe, expect, it } from 'vitest'
import { CHECKS, LESSON, NOW, STARTING } from './fake-lab.ts'
import { mounted } from './mounted.ts'

describe('the screen', () => {
  it('changes verdicts in place and marks what newly passed for some seconds', async () => {
    const { terminal, lab, pass, close } = await mounted()
    await terminal.waitForText('▸ ✗ It can do nothing else')
    const row = terminal.lines().findIndex((line) => line.includes('It can do nothing else'))
    const checks = CHECKS.map((check) =>
      check.id === 'exact'
        ? { ...check, verdict: { kind: 'passed' as const, found: 'exactly that' }, changedAt: NOW }
        : check,
    )
    lab.setLesson({ checks })
    await terminal.waitForText('▸ ✓ It can do nothing else')
    expect(terminal.lines()[row]).toContain('✓ It can do nothing else in shop')
    expect(terminal.styleOf('It can do nothing else').bold).toBe(true)
    terminal.press('k')
    await terminal.waitForText('▸ ✓ It can read pod logs')
    expect(terminal.styleOf('It can do nothing else').bold).toBe(true)
    pass(7000)
    await terminal.waitFor(() => !terminal.styleOf('It can do nothing else').bold, 'the mark to go')
    expect(terminal.lastFrame()).toContain('9 s ago')
    await close()
  })

  it('leaves no ghosts behind when it is resized, and grows and shrinks with the window', async () => {
    const { terminal, close } = await mounted({ columns: 140, rows: 40 })
    for (const [columns, rows] of [
      [80, 24],
      [200, 60],
      [61, 20],
      [100, 30],
      [120, 36],
    ] as const) {
      terminal.resize(columns, rows)
      await terminal.waitFor(
        () => (terminal.lines()[rows - 2] ?? '').includes('q quit'),
        `the footer at ${columns}x${rows}`,
      )
      const lines = terminal.lines()
      expect(lines.filter((line) => line.includes('k8s-sec-lab'))).toHaveLength(1)
      expect(lines.filter((line) => line.includes('q quit'))).toHaveLength(1)
      expect(lines.at(-1)).toBe('')
    }
    terminal.resize(50, 10)
    await terminal.waitForText('Please enlarge')
    expect(terminal.lines().filter((line) => line !== '')).toHaveLength(2)
    terminal.press('q')
    await close()
  })

  it('writes only the lines that differ, never scrolls, and never clears what is there', async () => {
    const { terminal, lab, close } = await mounted()
    await terminal.waitForText('Exactly enough')
    const before = terminal.written().length
    lab.setLesson({ lastChange: { what: 'roles changed', at: NOW, regradeMs: 12 } })
    await terminal.waitForText('roles changed')
    const written = terminal.written().slice(before)
    expect(written.length).toBeLessThan(400)
    expect(written).not.toContain('\u001B[2J')
    expect(written).not.toContain('\u001B[3J')
    expect(written).not.toContain('\n')
    await close()
  })

  it('draws with at most ten pictures a second, and with none where motion is unwanted', async () => {
    const { terminal, close } = await mounted({
      state: { cluster: STARTING },
      env: { LANG: 'C.UTF-8', NO_MOTION: '1' },
    })
    await terminal.waitForText('◔ kube-apiserver')
    expect(terminal.lastFrame()).not.toMatch(/[◐◓◑◒]/)
    await close()
  })

  it('tells how things stand by symbol and word where there is no colour, and in ASCII where there is no more', async () => {
    const colourless = await mounted({ env: { LANG: 'C.UTF-8', NO_COLOR: '1' } })
    await colourless.terminal.waitForText('✗ It can do nothing else')
    expect(colourless.terminal.written()).not.toMatch(/\[3[0-7]m/)
    await colourless.close()
    const ascii = await mounted({ env: { LANG: 'C', TERM: 'linux' } })
    await ascii.terminal.waitForText('> [ ] It can do nothing else')
    const screen = ascii.terminal.lastFrame()
    for (const sign of ['[x] The report', '[~] It can do', '[?] No other']) expect(screen).toContain(sign)
    expect(screen).toMatch(/^[\n\u0020-\u007E]*$/)
    await ascii.close()
    const coloured = await mounted()
    await coloured.terminal.waitForText('▸ ✗')
    expect(coloured.terminal.styleOf('✗ It can').colour).toBe(1)
    expect(coloured.terminal.styleOf('✓ The report').colour).toBe(2)
    await coloured.close()
  })

  it('takes the alternate screen and gives it back', async () => {
    const { terminal, close } = await mounted()
    expect(terminal.modes()).toEqual({ alternate: true, cursorHidden: true, raw: true })
    await close()
    await terminal.waitFor(() => !terminal.modes().alternate)
    expect(terminal.modes()).toEqual({ alternate: false, cursorHidden: false, raw: false })
  })

  it('shows nothing that a text smuggles in: no escape sequences, no control characters', async () => {
    const nasty = '\u001B]0;owned\u0007\u001B[2Jgone\u001B[?1049l'
    const checks = CHECKS.map((check) => ({ ...check, title: `${nasty}${check.id}` }))
    const { terminal, close } = await mounted({ state: { current: { ...LESSON, checks, text: nasty, title: nasty } } })
    await terminal.waitForText('goneruns')
    expect(terminal.written()).not.toContain('owned')
    expect(terminal.modes().alternate).toBe(true)
    await close()
  })
})
