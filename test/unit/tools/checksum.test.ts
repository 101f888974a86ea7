import { describe, expect, it } from 'vitest'
import { parseChecksumFile } from '../../../src/tools/checksum.ts'
import { diskError, systemCode } from '../../../src/tools/way-failed.ts'

const A = 'a'.repeat(64)
const B = 'B'.repeat(64)

describe("a publisher's checksum file", () => {
  it.each([
    ['a bare value', `${A}\n`, A],
    ['value and name', `${A}  tool.tar.gz\n`, A],
    ['binary mark', `${A} *tool.tar.gz\n`, A],
    ['a path before the name', `${A}  ./out/tool.tar.gz\n`, A],
    ['one line of many', `${A}  other.tar.gz\n${B}  tool.tar.gz\n`, B.toLowerCase()],
    ['another file only', `${A}  other.tar.gz\n`, undefined],
    ['a name that merely ends alike', `${A}  my-tool.tar.gz\n`, undefined],
    ['a value of another length', `${A}ff  tool.tar.gz\n`, undefined],
    ['several bare values', `${A}\n${B}\n`, undefined],
    ['an error page', '<html>404</html>', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, expected) => {
    expect(parseChecksumFile(text, 'tool.tar.gz', 'sha256')).toBe(expected)
  })
})

describe('a full or closed disk', () => {
  const withCode = (code: string) => Object.assign(new Error('x'), { code })

  it('is told in words, with what to do', () => {
    expect(diskError(withCode('ENOSPC'), '/cache')?.message).toBe('The disk is full: /cache cannot take more.')
    expect(diskError(new Error('write /x/y: no space left on device'), '/cache')?.message).toContain(
      'The disk is full: /x/y cannot',
    )
    expect(diskError(new Error('outer', { cause: withCode('EACCES') }), '/cache')?.next).toContain('K8S_SEC_LAB_CACHE')
    expect(diskError(withCode('ECONNRESET'), '/cache')).toBeUndefined()
  })

  it('is found in the causes of an error', () => {
    expect(systemCode(new Error('a', { cause: new AggregateError([withCode('ECONNREFUSED')]) }))).toBe('ECONNREFUSED')
    expect(systemCode('text')).toBeUndefined()
  })
})
