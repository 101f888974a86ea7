import { describe, expect, it } from 'vitest'
import { createOwnChanges } from '../../../src/grader/own-changes.ts'

const change = (name: string, namespace?: string) => ({
  type: 'ADDED' as const,
  kind: 'X',
  name,
  ...(namespace ? { namespace } : {}),
})

describe('own changes', () => {
  it('are known by name, namespace, or a nonce in the name', () => {
    const own = createOwnChanges()
    own.note(['probe-abcde', 'x'])
    expect(own.isOwn(change('probe-abcde'))).toBe(true)
    expect(own.isOwn(change('default', 'probe-abcde'))).toBe(true)
    expect(own.isOwn(change('web-probe-abcde-7', 'shop'))).toBe(true)
    expect(own.isOwn(change('anything', 'throw-away-12345'))).toBe(true)
    expect(own.isOwn(change('xylophone', 'shop'))).toBe(false)
    expect(own.isOwn(change('default', 'shop'))).toBe(false)
  })

  it('of other graders are known by their label, and so is what comes into their namespaces', () => {
    const own = createOwnChanges()
    const labels = { 'k8s-sec-lab.dev/throw-away': 'p4711' }
    expect(own.isOwn(change('default', 'probe-other'))).toBe(false)
    expect(own.isOwn({ ...change('probe-other'), labels })).toBe(true)
    expect(own.isOwn(change('default', 'probe-other'))).toBe(true)
    expect(own.isOwn({ ...change('main', 'shop'), labels })).toBe(true)
    expect(own.isOwn(change('main', 'shop'))).toBe(false)
  })

  it('are forgotten in the end, oldest first', () => {
    const own = createOwnChanges()
    own.note(['probe-first'])
    own.note(Array.from({ length: 3000 }, (_, index) => `probe-${index}-later`))
    expect(own.isOwn(change('probe-first'))).toBe(false)
    expect(own.isOwn(change('probe-2999-later'))).toBe(true)
  })
})
