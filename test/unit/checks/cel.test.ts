import { describe, expect, it } from 'vitest'
import { evaluate, expressionMistake, fromCel, holds } from '../../../src/checks/cel.ts'

const object = {
  metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web' } },
  spec: {
    replicas: 3,
    containers: [
      { name: 'a', image: 'registry.lab.local/a@sha256:00', ports: [{ containerPort: 80 }] },
      { name: 'b', image: 'nginx', securityContext: { runAsNonRoot: true } },
    ],
  },
}

describe('CEL as Kubernetes speaks it', () => {
  it.each([
    ['object.spec.replicas + 1 == 4', true],
    ['object.spec.?initContainers.orValue([]).size() == 0', true],
    ["object.metadata.?labels[?'app.kubernetes.io/name'].orValue('') == 'web'", true],
    ['has(object.spec.paused)', false],
    ["object.spec.containers.all(c, c.image.startsWith('registry.lab.local/'))", false],
    ["object.spec.containers.exists(c, c.image.matches('@sha256:[0-9a-f]+$'))", true],
    ["object.spec.containers.filter(c, !c.image.contains('/')).map(c, c.name).join(', ')", 'b'],
    ['object.spec.containers.all(c, c.?securityContext.?runAsNonRoot.orValue(false))', false],
    ["'a,b'.split(',').size() == 2", true],
    ["'aXbX'.replace('X', '-')", 'a-b-'],
    ["'pod-12'.find('[0-9]+')", '12'],
    ["'app.kubernetes.io/name' in object.metadata.labels", true],
    ["object.spec.containers.map(c, c.name) + ['c'] == ['a', 'b', 'c']", true],
  ])('%s', (expression, value) => {
    expect(evaluate(expression, { object })).toEqual({ kind: 'value', value })
  })

  it('tells a field that is not there from an expression that cannot work', () => {
    expect(evaluate('object.spec.paused == true', { object })).toMatchObject({ kind: 'missing' })
    expect(evaluate("object.spec.containers.filter(c, c.name == 'x')[0].image == ''", { object })).toMatchObject({
      kind: 'missing',
    })
    expect(evaluate('object.keys.all(k, k.name != null)', { object: { keys: null } })).toMatchObject({
      kind: 'missing',
    })
    expect(evaluate('object.metadata.name + 1', { object })).toMatchObject({ kind: 'error' })
    expect(evaluate('object.', { object })).toMatchObject({ kind: 'error' })
  })

  it('takes a condition that cannot be answered as not true', () => {
    expect(holds('found.nothing.here', { found: {} })).toBe(false)
    expect(holds('found.failed[0] == 1', { found: { failed: [1] } })).toBe(true)
    expect(holds('2 in found.failed', { found: { failed: [1, 2] } })).toBe(true)
  })

  it('knows what does not parse', () => {
    expect(expressionMistake('a ==')).toBeTruthy()
    expect(expressionMistake('object.spec.?x.orValue([])')).toBeUndefined()
  })

  it('gives plain JSON back', () => {
    expect(fromCel({ a: [1n, 'x', null] })).toEqual({ a: [1, 'x', null] })
  })
})
