import { describe, expect, it } from 'vitest'
import { plainMarkdown } from '../../../src/text/markdown.ts'

const SAMPLE = `# A title

A paragraph with **bold**, \`code <x> & y\` and [a link](https://k8s.io/docs)
over a soft break, with <password> in it.  
A hard break. <!-- not for readers -->

\`\`\`sh
kubectl get pods -n shop --as system:serviceaccount:shop:report-bot --output jsonpath='{.items[*].metadata.name}'
  indented
\`\`\`

- one **b** \`c\`
- two, which is long enough to be wrapped in a narrow terminal, and then goes on
  - nested \`two\`

1. first

   second paragraph
2. second

| layer | where |
| --- | --- |
| identity | the API server's front door |
| storage | etcd |

> a quote

---
`

describe('Markdown as plain text', () => {
  it.each([60, 80, 120])('renders every construct in %d columns', async (width) => {
    await expect(plainMarkdown(SAMPLE, width)).toMatchFileSnapshot(`golden/markdown-${width}.txt`)
  })

  it('reads a table that does not fit as header and cell', () => {
    const table = '| what | why |\n| --- | --- |\n| a | a reason that is far too long for the few columns there are |'
    expect(plainMarkdown(table, 40)).toBe(
      'what: a\nwhy: a reason that is far too long for\n  the few columns there are',
    )
  })
})
