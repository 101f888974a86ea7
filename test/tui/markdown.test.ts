import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { cells } from '../../src/tui/fit.ts'
import { createMarkdown } from '../../src/tui/markdown.ts'
import { createTheme } from '../../src/tui/theme.ts'
import { UTF8 } from './scenes.ts'

const markdown = createMarkdown(createTheme({ env: UTF8 }))
const plain = (text: string, width = 60, flush = false): string =>
  markdown({ text, width, flush }).map(stripVTControlCharacters).join('\n')

const EVERYTHING = `# Title

## Section with \`code\`

### Part

A paragraph with **bold**, *emphasis*, ~~struck~~, \`kubectl get pods\` and a [link](https://kubernetes.io/docs/), which
goes on over several lines of the source.\\
A hard break before this. 2 < 3 &amp; :smile: stays. <https://example.org>

- one with **bold** and \`code\` in it, long enough that it has to go on in a second line
- two
  - nested with *emphasis*
    - and deeper
- [ ] to do
- [x] done

3. three
4. four

   with a second paragraph

   \`\`\`bash
   echo "in a list"
   \`\`\`

> A quotation that is long enough to need a second line when it is narrow.

\`\`\`bash
# a comment
kubectl auth can-i --list -n shop --as system:serviceaccount:shop:report-bot --token=abc
cat <<'EOF'
  indented
EOF
\`\`\`

\`\`\`yaml
kind: Role # comment
rules:
  - verbs: ["get", "list"]
\`\`\`

| verb | what it means | note |
| --- | --- | --- |
| \`get\` | one object by its name | needs the name |
| \`list\` | all objects, with everything that is in them, values of Secrets included | **beware** |

<!-- not shown -->

---

    learner --> API server --> etcd
`

describe('lesson Markdown', () => {
  it.each([76, 48])('lays out every construct at width %d', async (width) => {
    const shown = plain(EVERYTHING, width)
    for (const line of shown.split('\n')) expect(cells(line)).toBeLessThanOrEqual(width)
    await expect(`${shown}\n`).toMatchFileSnapshot(`./screens/markdown-${width}.txt`)
  })

  it('renders spans inside list items, and task boxes once', () => {
    const shown = plain('- **bold** and `code`\n- [ ] todo\n- [x] done')
    expect(shown).toBe('• bold and code\n• [ ] todo\n• [x] done')
    expect(markdown({ text: '- **bold**', width: 40 })[0]).toContain('\u001B[1mbold\u001B[22m')
  })

  it('cuts output and files that are too long, and never wraps or boxes them', () => {
    const line = `NAME ${'x'.repeat(80)}`
    expect(plain(`\`\`\`text\n${line}\n\`\`\``, 40)).toBe(`  ${line.slice(0, 37)}…`)
  })

  it('breaks a long command as a shell allows, so that it copies whole', () => {
    expect(plain('```bash\nkubectl auth can-i --list -n shop --as report-bot\n```', 40)).toBe(
      '  kubectl auth can-i --list -n shop \\\n    --as report-bot',
    )
  })

  it('puts code at the very start of the line where the text is alone', () => {
    expect(plain("```bash\ncat <<'EOF'\nx\nEOF\n```", 60, true)).toBe("cat <<'EOF'\nx\nEOF")
  })

  it('expands no emoji, keeps colons in code, and decodes entities', () => {
    expect(plain('`a:b` :smile: &lt;x&gt;')).toBe('a:b :smile: <x>')
  })

  it('lets no control character through', () => {
    expect(plain('a\u001B[31mred\u001B[0m\u0007 `x\u001B[2Jy`')).toBe('ared xy')
  })

  it('keeps its results, so that drawing again costs nothing', () => {
    const first = markdown({ text: 'the same', width: 50 })
    expect(markdown({ text: 'the same', width: 50 })).toBe(first)
    expect(markdown({ text: 'the same', width: 51 })).not.toBe(first)
  })
})
