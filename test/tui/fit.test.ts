import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { commandLines, scriptLines } from '../../src/tui/command.ts'
import { cells, clean, cut, cutMiddle, ends, wrap } from '../../src/tui/fit.ts'

const letters = fc.string({ unit: fc.constantFrom(...'ab 世é│─✓…👩‍💻\u0301'), maxLength: 60 })

describe('fitting text', () => {
  it('counts cells as the terminal does', () => {
    fc.assert(
      fc.property(letters, (text) => {
        expect(cells(text)).toBe(stringWidth(text))
      }),
    )
    for (let code = 0x20; code < 0x2800; code += 1) {
      const letter = String.fromCharCode(code)
      if (clean(letter) === letter) expect(cells(`a${letter}`), code.toString(16)).toBe(stringWidth(`a${letter}`))
    }
    expect(cells('\u001B[1m\u001B[36mab\u001B[39m\u001B[22m')).toBe(2)
  })

  it('never makes a line wider than asked, and wrapping loses no letter', () => {
    fc.assert(
      fc.property(letters, fc.integer({ min: 4, max: 40 }), (text, width) => {
        expect(cells(cut(text, width, '…'))).toBeLessThanOrEqual(width)
        expect(cells(cutMiddle(text, width, '…'))).toBeLessThanOrEqual(width)
        expect(cells(ends({ left: text, right: text.slice(0, 5), width, mark: '…' }))).toBeLessThanOrEqual(width)
        const lines = wrap(text, width)
        for (const line of lines) expect(cells(line)).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
    )
  })

  it('ends styles with their line and starts them again on the next', () => {
    expect(wrap('\u001B[1mone two\u001B[22m three', 5)).toEqual([
      '\u001B[1mone\u001B[0m',
      '\u001B[1mtwo\u001B[22m',
      'three',
    ])
  })

  it('breaks long names at colons and slashes', () => {
    expect(wrap('--as system:serviceaccount:shop:report-bot', 24)).toEqual([
      '--as system:',
      'serviceaccount:shop:',
      'report-bot',
    ])
  })

  it('says how much it hides in the middle', () => {
    expect(cutMiddle('abcdefghijklmnopqrstuvwxyz0123456789', 30, '…')).toMatch(/^abc.* … \d+ more … .*789$/)
  })

  it('cleans what could steer the terminal, and keeps line feeds', () => {
    expect(clean('a\u001B[2Jb\u001B]0;t\u0007c\r\nd\te\u202Ef')).toBe('abc\nd  ef')
  })

  it('breaks the commands of a script, and neither here-documents, comments nor open quotes', () => {
    const long = `${'word '.repeat(12)}end`
    expect(scriptLines(`kubectl ${long}`, 40).length).toBeGreaterThan(1)
    for (const kept of [
      `# ${long}`,
      `cat <<EOF\n${long}\nEOF`,
      `echo '${long}`,
      `echo "${long}`,
      `echo "$(cat "${long}")"`,
    ]) {
      expect(scriptLines(kept, 40).join('\n')).toBe(kept)
    }
    expect(scriptLines(`cat <<'EOF'\n${long}\nEOF\nkubectl ${long}`, 40).at(-1)).toContain('end')
  })

  it('breaks commands only where a shell reads them as one', () => {
    const command = 'kubectl get pods -o jsonpath="{.items[*].metadata.name} x" --namespace shop --as nobody'
    const lines = commandLines(command, 60)
    expect(lines.slice(0, -1).every((line) => line.endsWith(' \\'))).toBe(true)
    expect(lines.map((line) => line.replace(/ \\$/, '').trim()).join(' ')).toBe(command)
    expect(lines.some((line) => line.includes('"{.items[*].metadata.name} x"'))).toBe(true)
  })

  it('breaks a script for sh -c where the inner shell joins it again', () => {
    const inner = 'echo "one  two" three | tr a-z A-Z && echo "four $(echo five six seven eight nine ten)"'
    const broken = commandLines(`env A=b sh -c '${inner}'`, 70)
    expect(broken.every((line) => cells(line) <= 70)).toBe(true)
    expect(broken.length).toBeGreaterThan(1)
    const said = (command: string): string => execFileSync('bash', ['-c', command], { encoding: 'utf8' })
    const withMargin = broken.map((line) => `   ${line}`).join('\n') // as it is copied from a screen
    expect(said(withMargin)).toBe(said(inner))
    const kept = `sh -c 'echo one # ${'two '.repeat(20)}'`
    expect(commandLines(kept, 300)).toEqual([kept])
  })
})
