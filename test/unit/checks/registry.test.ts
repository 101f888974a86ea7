import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from '../../../src/checks/fields.ts'
import { checkKind, checkKinds } from '../../../src/checks/registry.ts'

const messages = (kind: string, fields: unknown): string[] => {
  const parsed = checkKind(kind)?.schema.safeParse(fields)
  return parsed?.success === false ? parsed.error.issues.map((issue) => issue.message) : []
}

const between = { from: { namespace: 'shop', selector: 'app=a' }, to: { namespace: 'shop', selector: 'app=b' } }
const spoofed = { from: { namespace: 'demo', labels: { app: 'a' } }, to: { ip: '1.2.3.4' } }

describe('the kinds of check', () => {
  it('are those that the lesson format describes', () => {
    const readme = readFileSync('lessons/README.md', 'utf8')
    const described = [...readme.matchAll(/^\*\*([a-z-]+)\*\*/gm)].map((match) => match[1])
    expect([...checkKinds.keys()].sort()).toEqual(
      described.filter((name) => name !== 'metric' && name !== 'token').sort(),
    )
  })

  it.each([...checkKinds.values()])('$kind exports a JSON Schema and refuses unknown keys', (kind) => {
    expect(z.toJSONSchema(kind.schema)).toMatchObject({ type: 'object', additionalProperties: false })
    expect(messages(kind.kind, { surprise: 1 }).join()).toContain('surprise')
  })

  it.each([
    ['object', { apiVersion: 'v1', kind: 'Pod', validations: [{ expression: 'a ==' }] }, 'not a CEL expression'],
    ['rules', { as: 'admin', namespaces: ['shop'] }, 'expected equals, contains or excludes'],
    ['rules', { as: { serviceAccount: 'bot' }, namespaces: ['a'], equals: [] }, 'expected namespace/name'],
    ['access', { as: { user: 'jane' }, allowed: true }, 'expected either review or reviews'],
    ['admission', { object: { apiVersion: 'v1', kind: 'Pod' } }, 'expected admitted or denied'],
    ['admission', { object: { apiVersion: 'v1', kind: 'Pod' }, expect: 'denied', by: '(' }, 'egular expression'],
    [
      'admission',
      { 'template-of': { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, expect: 'admitted' },
      'expected string, received undefined',
    ],
    [
      'admission',
      {
        'template-of': { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a', name: 'web' },
        object: { apiVersion: 'v1', kind: 'Pod' },
        expect: 'admitted',
      },
      'expected one of object, template-of and matrix',
    ],
    ['admission', { object: { apiVersion: 'v1', kind: 'Pod' }, expect: 'denied', silent: true }, 'expect: admitted'],
    ['request', { requests: [{ path: 'api', status: 200 }] }, 'starts with /'],
    ['request', { requests: [{ path: '/api', status: 20 }] }, '100'],
    ['identity', { as: { kubeconfig: '../admin' } }, 'path inside the workspace'],
    ['identity', { as: 'admin', 'lifetime-max': 'a day' }, 'expected a duration'],
    ['stored', { prefix: '/registry/secrets/' }, 'expected every, lacks'],
    ['component', { name: 'kube-apiserver', runs: false }, 'expected true'],
    ['control-plane-file', { name: 'x.yaml', 'mode-max': 600 }, 'expected string'],
    // biome-ignore lint/suspicious/noThenProperty: the lesson format's word
    ['token-request', { serviceAccount: 'a/b', seconds: 60, then: { path: '/', status: 200 } }, '600'],
    ['file', { path: '/etc/passwd' }, 'path inside the workspace'],
    ['secret', {}, 'expected equals or absent'],
    [
      'synced',
      {
        from: { secret: { namespace: 'a', name: 'b', key: 'c' } },
        to: { namespace: 'a', name: 'b', key: 'c' },
        within: 'soon',
      },
      'expected a duration',
    ],
    ['reachable', { by: 'policy', matrix: [{ from: 'web', to: { ip: '1.2.3.4' }, port: 80, open: true }] }, 'no web'],
    ['reachable', { by: 'traffic', matrix: [{ ...between, port: 80, open: true }] }, 'expected an image'],
    ['reachable', { by: 'policy', image: 'busybox', matrix: [{ ...between, port: 80, open: true }] }, 'no image'],
    ['reachable', { by: 'traffic', matrix: [{ ...between, port: 69, protocol: 'UDP', open: true }] }, 'port 53'],
    ['reachable', { by: 'traffic', matrix: [{ ...spoofed, port: 80, open: false }] }, 'Pods that exist'],
    ['reachable', { by: 'policy', matrix: [{ from: {}, to: {}, port: 80, open: false }] }, 'expected the name'],
  ])('%s: a mistake is named: %j', (kind, fields, words) => {
    expect(messages(kind, fields).join(' · ')).toContain(words)
  })

  it('accepts placeholders where they make sense', () => {
    expect(
      messages('rules', { as: { serviceAccount: '((vars.ns))/bot' }, namespaces: ['((nonce.ns))'], equals: [] }),
    ).toEqual([])
    expect(
      messages('access', { as: { user: 'a' }, allowed: false, review: { verb: 'get', path: '/metrics' } }),
    ).toEqual([])
  })
})
