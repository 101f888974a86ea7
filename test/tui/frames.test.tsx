import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { renderToString } from 'ink'
import { describe, expect, it } from 'vitest'
import type { CheckView } from '../../src/core/state.ts'
import { Frame } from '../../src/tui/app.tsx'
import { bodyOf } from '../../src/tui/body.ts'
import { cells } from '../../src/tui/fit.ts'
import { layoutOf } from '../../src/tui/layout.ts'
import type { Scene, Size } from '../../src/tui/scene.ts'
import { footerLine, statusLine } from '../../src/tui/screens/footer.ts'
import { overlayLines } from '../../src/tui/screens/overlay.ts'
import { belowSide, besideSide } from '../../src/tui/screens/side.ts'
import { toAscii } from '../../src/tui/theme.ts'
import { LESSON } from './fake-lab.ts'
import { SCENES, sceneOf, UTF8 } from './scenes.ts'

const ENVS = { unicode: UTF8, ascii: { LANG: 'C', TERM: 'linux' }, 'no colour': { ...UTF8, NO_COLOR: '1' } } as const

// Wider than asked for, so that a line that is too long shows instead of being cut by Ink.
const draw = (scene: Scene): readonly string[] =>
  renderToString(<Frame scene={scene} />, { columns: scene.size.columns + 40 }).split('\n')

const plain = stripVTControlCharacters
const expectFits = (lines: readonly string[], { columns, rows }: Size) => {
  expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1))
  for (const line of lines) expect(cells(line), plain(line)).toBeLessThanOrEqual(columns)
}

/** The parts fit by themselves: Ink would cut a pane with one line too wide down to a single line. */
const expectPartsFit = (scene: Scene) => {
  const { main, side, kind, columns } = layoutOf(scene)
  const within = (lines: readonly string[], width: number) => {
    for (const line of lines) expect(cells(line), JSON.stringify(line)).toBeLessThanOrEqual(width)
  }
  within(bodyOf(scene).lines, scene.view.zoom ? main.width : main.width - 1)
  within(overlayLines(scene), columns)
  within([statusLine(scene, columns), footerLine(scene, columns)], columns)
  if (side === undefined) return
  const lines = kind === 'beside' ? besideSide(scene, side) : belowSide(scene, side).lines
  within(lines, side.width)
  expect(lines.length).toBeLessThanOrEqual(side.height)
}

describe('a frame', () => {
  const names = Object.keys(SCENES)
  it.each(names)('of %s fits at three sizes, in unicode, ASCII and without colour', (name) => {
    for (const [columns, rows] of [
      [60, 24],
      [80, 24],
      [120, 40],
    ] as const) {
      for (const [way, env] of Object.entries(ENVS)) {
        const scene = sceneOf({ scene: SCENES[name] as never, size: { columns, rows }, env })
        const lines = draw(scene)
        expectFits(lines, { columns, rows })
        expect(lines).toHaveLength(rows - 1)
        expect(plain(lines[0] ?? '')).toContain('k8s-sec-lab')
        expect(plain(lines.at(-1) ?? '')).toMatch(/q quit|y yes|enter|⏎/)
        if (way === 'ascii') expect(toAscii(plain(lines.join('\n')))).toMatch(/^[\n\u0020-\u007E]*$/)
        if (way === 'no colour') expect(lines.join('\n').split('\u001B').join('')).not.toMatch(/\[(?:3[0-7]|9[0-7]|2)m/)
      }
    }
  })

  it('never exceeds its terminal, whatever the size, the page and the texts', () => {
    const nasty = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
      fc.constantFrom(
        'a'.repeat(500),
        'Überprüfung – 你好世界 '.repeat(20),
        '\u001B[31mred\u001B[0m \u0007bell \u001B]0;title\u0007',
        'line\r\nline\n\n\ttab\n'.repeat(12),
        '',
      ),
    )
    const checks = fc.array(
      fc.record({ title: nasty, found: nasty, expected: nasty, why: nasty, reproduce: nasty, settling: fc.boolean() }),
      { maxLength: 14 },
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 60, max: 200 }),
        fc.integer({ min: 20, max: 60 }),
        fc.record({ text: nasty, title: nasty, checks, scroll: fc.integer({ min: 0, max: 400 }), ascii: fc.boolean() }),
        (name, columns, rows, { text, title, checks: made, scroll, ascii }) => {
          const base = SCENES[name] as Pick<Scene, 'state' | 'view'>
          const views: readonly CheckView[] = made.map(({ title: name, settling, ...said }, id) => ({
            id: String(id),
            title: name,
            task: '',
            settling,
            broken: id % 3 === 0,
            verdict: { kind: 'failed', ...said },
          }))
          const current = base.state.current && {
            ...base.state.current,
            text,
            title,
            debrief: text,
            checks: views,
            hints: [text],
          }
          const view = { ...base.view, selected: String(made.length - 1), scroll: { [base.view.page]: scroll } }
          const size = { columns, rows }
          const scene = { state: { ...base.state, current }, view }
          const full = sceneOf({ scene, size, env: ascii ? ENVS.ascii : ENVS.unicode })
          const lines = draw(full)
          expectFits(lines, size)
          expect(lines).toHaveLength(rows - 1)
          expectPartsFit(full)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing but styles may reach the terminal
          expect(lines.map(plain).join('')).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/)
        },
      ),
      { numRuns: 250 },
    )
  }, 90_000)

  it('asks for a larger window where it is too small, and never breaks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 59 }), fc.integer({ min: 1, max: 60 }), (columns, rows) => {
        const lines = draw(sceneOf({ scene: SCENES.lesson as never, size: { columns, rows } }))
        expectFits(lines, { columns, rows })
      }),
      { numRuns: 60 },
    )
    const shown = draw(sceneOf({ scene: SCENES.lesson as never, size: { columns: 59, rows: 30 } })).join('\n')
    expect(shown).toContain('Please enlarge this window to 60 x 20')
  })

  it('keeps the text where it is when verdicts and the cluster change', () => {
    for (const size of [
      { columns: 80, rows: 24 },
      { columns: 120, rows: 40 },
    ]) {
      const text = (name: string) =>
        draw(sceneOf({ scene: SCENES[name] as never, size }))
          .slice(2, 11)
          .map((line) => plain(line).slice(0, 60))
      expect(text('coming-up')).toEqual(text('lesson'))
      expect(text('broken')).toEqual(text('lesson'))
      expect(text('error')).toEqual(text('lesson'))
    }
  })

  it('puts commands on lines of their own that copy as they are', () => {
    const zoomed = draw(sceneOf({ scene: SCENES['lesson-wide'] as never, size: { columns: 90, rows: 40 } })).map(plain)
    expect(zoomed).toContain('kubectl auth can-i --list -n shop \\')
    expect(zoomed).toContain('  --as system:serviceaccount:shop:report-bot')
    expect(LESSON.text).toContain('kubectl auth can-i --list -n shop \\')
  })
})

describe('screens as they look', () => {
  it.each([
    ['lesson', 120, 36],
    ['lesson', 80, 24],
    ['lesson', 60, 24],
    ['coming-up', 120, 36],
    ['coming-up', 80, 24],
    ['broken', 80, 24],
    ['kind-coming-up', 80, 24],
    ['kind-coming-up', 120, 40],
    ['kind-failed', 80, 24],
    ['kind-failed', 120, 40],
    ['kind-output', 80, 24],
    ['pass', 120, 40],
    ['quiz', 80, 24],
    ['list', 80, 24],
    ['help', 120, 40],
  ] as const)('%s at %d x %d', async (name, columns, rows) => {
    const lines = draw(sceneOf({ scene: SCENES[name] as never, size: { columns, rows } }))
    const picture = lines.map((line) => plain(line).trimEnd()).join('\n')
    await expect(`${picture}\n`).toMatchFileSnapshot(`./screens/${name}-${columns}x${rows}.txt`)
  })
})
