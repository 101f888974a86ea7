import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import {
  beyondBaseline,
  covers,
  overlaps,
  type Right,
  rightsOfReview,
  rightsOfWanted,
  showRight,
  showRights,
} from '../../../src/checks/rule-set.ts'

const right = (resource: string, verb: string, more: { group?: string; name?: string } = {}): Right => ({
  kind: 'resource',
  group: '',
  resource,
  verb,
  ...more,
})
const anyRight = fc.oneof(
  fc.record({
    kind: fc.constant('resource' as const),
    group: fc.constantFrom('', 'apps', '*'),
    resource: fc.constantFrom('pods', 'pods/log', '*', '*/log'),
    verb: fc.constantFrom('get', 'list', '*'),
  }),
  fc.record({
    kind: fc.constant('resource' as const),
    group: fc.constant(''),
    resource: fc.constant('pods'),
    verb: fc.constant('get'),
    name: fc.constantFrom('a', 'b'),
  }),
  fc.record({
    kind: fc.constant('path' as const),
    path: fc.constantFrom('/metrics', '/api/*', '/api/x', '*'),
    verb: fc.constantFrom('get', '*'),
  }),
)

describe('rights', () => {
  it('are the same however many rules name them', () => {
    const rule = (resources: string[], verbs: string[]) => ({ apiGroups: [''], resources, verbs })
    const one = rightsOfReview({ resourceRules: [rule(['pods', 'pods/log'], ['get', 'list'])] })
    const many = rightsOfReview({
      resourceRules: [rule(['pods'], ['get']), rule(['pods'], ['get', 'list']), rule(['pods/log'], ['list', 'get'])],
    })
    expect(new Set(many.map(showRight))).toEqual(new Set(one.map(showRight)))
    expect(many).toHaveLength(4)
  })

  it('are shown as lessons write them', () => {
    expect(showRight(right('*', '*', { group: '*' }))).toBe('* *')
    expect(showRight(right('configmaps', 'get'))).toBe('configmaps get')
    expect(showRight(right('deployments', 'delete', { group: 'apps' }))).toBe('apps/deployments delete')
    expect(showRight(right('*', 'get'))).toBe('core/* get')
    expect(showRight(right('pods', 'get', { group: '*' }))).toBe('*/pods get')
    expect(showRight(right('secrets', 'get', { name: 'db' }))).toBe('secrets "db" get')
    expect(showRights([right('secrets', 'get'), right('pods', 'list'), right('pods', 'get')])).toBe(
      'pods: list, get; secrets: get',
    )
  })

  it('cover as RBAC does', () => {
    expect(covers(right('*', '*', { group: '*' }), right('pods', 'get'))).toBe(true)
    expect(covers(right('pods', 'get'), right('pods/log', 'get'))).toBe(false)
    expect(covers(right('*/log', 'get'), right('pods/log', 'get'))).toBe(true)
    expect(covers(right('secrets', 'get', { name: 'db' }), right('secrets', 'get'))).toBe(false)
    expect(covers(right('secrets', 'get'), right('secrets', 'get', { name: 'db' }))).toBe(true)
    expect(covers(right('*', '*'), right('deployments', 'get', { group: 'apps' }))).toBe(false)
  })

  it('leave the baseline out, and only that', () => {
    const wanted = rightsOfWanted([
      {
        apiGroup: 'authorization.k8s.io',
        resources: ['selfsubjectaccessreviews', 'subjectaccessreviews'],
        verbs: ['create'],
      },
      { paths: ['/version', '/apis/apps', '/metrics'], verbs: ['get'] },
    ])
    expect(beyondBaseline(wanted).map(showRight)).toEqual([
      'authorization.k8s.io/subjectaccessreviews create',
      'path /metrics get',
    ])
    expect(beyondBaseline([right('*', '*', { group: '*' })])).toHaveLength(1)
  })

  it('do not count what the add-ons of the lab give to everybody, and count more than that', async () => {
    const folder = join(import.meta.dirname, '../../../clusters/addons')
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.yaml'))
    const objects = (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).flatMap((text) =>
      parseAllDocuments(text).map((document) => document.toJS()),
    )
    const forAll = objects.filter(({ subjects }) =>
      subjects?.some((one: { name: string }) => one.name === 'system:authenticated'),
    )
    const roles = objects.filter(({ kind, metadata }) =>
      forAll.some(({ roleRef }) => roleRef.kind === kind && roleRef.name === metadata.name),
    )
    expect(roles).toHaveLength(forAll.length)
    expect(beyondBaseline(roles.flatMap(({ rules }) => rightsOfReview({ resourceRules: rules })))).toEqual([])
    expect(beyondBaseline([right('services', 'get'), right('services/proxy', 'get')])).toHaveLength(2)
  })

  it('cover themselves; what covers also overlaps; overlapping goes both ways; covering is passed on', () => {
    fc.assert(
      fc.property(anyRight, anyRight, anyRight, (a, b, c) => {
        expect(covers(a, a)).toBe(true)
        if (covers(a, b)) expect(overlaps(a, b)).toBe(true)
        expect(overlaps(a, b)).toBe(overlaps(b, a))
        if (covers(a, b) && covers(b, c)) expect(covers(a, c)).toBe(true)
      }),
    )
  })
})
