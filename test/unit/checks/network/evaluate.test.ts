import { describe, expect, it } from 'vitest'
import { inBlock } from '../../../../src/checks/network/address.ts'
import { evaluate } from '../../../../src/checks/network/evaluate.ts'
import { describeRuling } from '../../../../src/checks/network/explain.ts'
import {
  directionsOf,
  type End,
  type Labels,
  type NetworkPolicy,
  type Protocol,
} from '../../../../src/checks/network/policy.ts'
import { selects } from '../../../../src/checks/network/selector.ts'

type PodOptions = { readonly address?: string; readonly name?: string; readonly hostNetwork?: boolean }

const pod = (namespace: string, labels: Labels, more: PodOptions = {}): End => ({
  kind: 'pod',
  namespace,
  namespaceLabels: { 'kubernetes.io/metadata.name': namespace, team: namespace === 'demo' ? 'guests' : 'shop' },
  labels,
  address: '10.244.0.9',
  ports: [
    { name: 'sql', port: 5432, protocol: 'TCP' },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ],
  ...more,
})
const outside = (address: string): End => ({ kind: 'address', address })
const web = pod('shop', { app: 'web' })
const db = pod('shop', { app: 'db' })
const stranger = pod('demo', { app: 'web' })

const policy = (spec: NetworkPolicy['spec'], name = 'p', namespace = 'shop'): NetworkPolicy => ({
  metadata: { namespace, name },
  spec,
})
type Wire = { readonly port?: number; readonly protocol?: Protocol }
const ruling = (policies: readonly NetworkPolicy[], from: End, to: End, { port = 5432, protocol = 'TCP' }: Wire = {}) =>
  evaluate(policies, { from, to, port, protocol })
const open = (policies: readonly NetworkPolicy[], from: End, to: End, wire?: Wire): boolean =>
  ruling(policies, from, to, wire).kind === 'open'

const toDb = { podSelector: { matchLabels: { app: 'db' } } }
/** Lets in what one peer says. */
const dbFrom = (...from: NonNullable<NonNullable<NetworkPolicy['spec']['ingress']>[number]['from']>) =>
  policy({ ...toDb, ingress: [{ from }] })

describe('isolation', () => {
  it('leaves open what no policy selects', () => {
    expect(open([], web, db)).toBe(true)
    expect(open([policy({ podSelector: { matchLabels: { app: 'api' } } })], web, db)).toBe(true)
    expect(describeRuling(ruling([], web, db))).toBe('no policy selects either end, so everything passes')
  })

  it('counts only in the namespace of the policy', () => {
    const elsewhere = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, 'deny', 'demo')
    expect(open([elsewhere], web, db)).toBe(true)
    expect(open([elsewhere], stranger, db)).toBe(false)
  })

  it('needs egress of the source and ingress of the destination', () => {
    const letOut = policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{}] }, 'out')
    const letIn = policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] }, 'in')
    const denyBoth = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, 'deny')
    expect(open([denyBoth, letOut], web, db)).toBe(false)
    expect(open([denyBoth, letIn], web, db)).toBe(false)
    expect(open([denyBoth, letIn, letOut], web, db)).toBe(true)
    expect(describeRuling(ruling([denyBoth, letIn], web, db))).toBe(
      'egress: shop/deny selects it and does not allow this',
    )
    expect(describeRuling(ruling([denyBoth, letIn, letOut], web, db))).toBe(
      'egress: shop/out allows it (rule 1: everybody); ingress: shop/in allows it (rule 1: everybody)',
    )
  })

  it('takes an absent policyTypes for Ingress, and for Egress too only when there is an egress rule', () => {
    expect(directionsOf(policy({ podSelector: {} }))).toEqual(['ingress'])
    expect(directionsOf(policy({ podSelector: {}, egress: [] }))).toEqual(['ingress'])
    expect(directionsOf(policy({ podSelector: {}, egress: [{}] }))).toEqual(['ingress', 'egress'])
    expect(directionsOf(policy({ podSelector: {}, policyTypes: ['Egress'] }))).toEqual(['egress'])
    // Egress rules without their type say nothing.
    expect(directionsOf(policy({ podSelector: {}, policyTypes: ['Ingress'], egress: [{}] }))).toEqual(['ingress'])
  })

  it('tells a rule that names nobody, which allows everybody, from no rule, which allows nobody', () => {
    for (const none of [undefined, null, []]) {
      expect(open([policy({ ...toDb, policyTypes: ['Ingress'], ingress: none })], web, db)).toBe(false)
      expect(open([policy({ ...toDb, ingress: [{ from: none }] })], stranger, db)).toBe(true)
      expect(open([policy({ ...toDb, ingress: [{ from: none, ports: [{ port: 5432 }] }] })], web, db)).toBe(true)
      expect(open([policy({ ...toDb, ingress: [{ from: none, ports: [{ port: 80 }] }] })], web, db)).toBe(false)
      expect(open([policy({ ...toDb, ingress: [{ ports: none, from: [{ podSelector: {} }] }] })], web, db)).toBe(true)
    }
  })

  it('adds policies up', () => {
    const nobody = policy({ podSelector: {}, policyTypes: ['Ingress'] }, 'deny')
    const one = dbFrom({ podSelector: { matchLabels: { app: 'web' } } })
    expect(open([nobody, one], web, db)).toBe(true)
    expect(open([one, nobody], web, db)).toBe(true)
  })

  it('lets a Pod reach itself, and says when the host network leaves it open', () => {
    const deny = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    const one = pod('shop', { app: 'db' }, { name: 'db-0' })
    expect(describeRuling(ruling([deny], one, one))).toBe('a Pod always reaches itself')
    expect(open([deny], one, pod('shop', { app: 'db' }, { name: 'db-1' }))).toBe(false)
    // Two that are made up are two, alike as they may be.
    expect(open([deny], db, db)).toBe(false)
    const host = pod('shop', {}, { hostNetwork: true })
    expect(ruling([deny], host, db)).toEqual({ kind: 'undefined', hostNetwork: 'source' })
    expect(ruling([], db, host)).toEqual({ kind: 'undefined', hostNetwork: 'destination' })
    expect(describeRuling(ruling([], host, db))).toContain('hostNetwork')
  })
})

describe('peers', () => {
  it('mean the own namespace with a podSelector alone', () => {
    const inOwn = dbFrom({ podSelector: { matchLabels: { app: 'web' } } })
    expect(open([inOwn], web, db)).toBe(true)
    expect(open([inOwn], stranger, db)).toBe(false)
    expect(open([dbFrom({ podSelector: {} })], pod('shop', {}), db)).toBe(true)
    expect(open([dbFrom({ podSelector: {} })], stranger, db)).toBe(false)
  })

  it('mean every Pod of a namespace with a namespaceSelector alone', () => {
    const guests = { matchLabels: { team: 'guests' } }
    expect(open([dbFrom({ namespaceSelector: guests })], stranger, db)).toBe(true)
    expect(open([dbFrom({ namespaceSelector: guests })], web, db)).toBe(false)
    expect(open([dbFrom({ namespaceSelector: {} })], stranger, db)).toBe(true)
    expect(open([dbFrom({ namespaceSelector: {} })], outside('10.0.0.1'), db)).toBe(false)
  })

  it('hold together inside one item and apart in two', () => {
    const namespaceSelector = { matchLabels: { team: 'guests' } }
    const podSelector = { matchLabels: { app: 'scraper' } }
    const and = dbFrom({ namespaceSelector, podSelector })
    const or = dbFrom({ namespaceSelector }, { podSelector })
    const scraper = pod('demo', { app: 'scraper' })
    const impostor = pod('shop', { app: 'scraper' })
    expect([scraper, stranger, impostor].map((from) => open([and], from, db))).toEqual([true, false, false])
    expect([scraper, stranger, impostor].map((from) => open([or], from, db))).toEqual([true, true, true])
    expect(describeRuling(ruling([or], stranger, db))).toContain(
      'ingress: shop/p allows it (rule 1, item 1: every Pod of namespaces with team=guests)',
    )
    expect(describeRuling(ruling([or], impostor, db))).toContain('item 2: Pods with app=scraper of shop')
  })

  it('read every operator of matchExpressions', () => {
    const on = (operator: string, labels: Labels, values?: readonly string[]): boolean =>
      selects({ matchExpressions: [{ key: 'app', operator, ...(values ? { values } : {}) }] }, labels)
    expect(on('In', { app: 'a' }, ['a', 'b'])).toBe(true)
    expect(on('In', { app: 'c' }, ['a', 'b'])).toBe(false)
    expect(on('In', {}, ['a'])).toBe(false)
    expect(on('NotIn', { app: 'a' }, ['a'])).toBe(false)
    expect(on('NotIn', {}, ['a'])).toBe(true)
    expect(on('Exists', { app: '' })).toBe(true)
    expect(on('Exists', {})).toBe(false)
    expect(on('DoesNotExist', { app: '' })).toBe(false)
    expect(on('DoesNotExist', { other: 'x' })).toBe(true)
    expect(on('Gt', { app: '2' }, ['1'])).toBe(false)
    expect(
      selects({ matchLabels: { app: 'a' }, matchExpressions: [{ key: 'x', operator: 'Exists' }] }, { app: 'a' }),
    ).toBe(false)
    expect(selects({ matchLabels: { constructor: 'a' } }, {})).toBe(false)
    expect(selects({ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }, {})).toBe(false)
  })

  it('measure addresses against blocks and their holes, in both families', () => {
    const out = policy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32', '10.0.0.0/8'] } }] }],
    })
    expect(open([out], web, outside('203.0.113.7'))).toBe(true)
    expect(open([out], web, outside('169.254.169.254'))).toBe(false)
    expect(open([out], web, outside('169.254.169.253'))).toBe(true)
    expect(open([out], web, outside('10.1.2.3'))).toBe(false)
    expect(open([out], web, outside('2001:db8::1'))).toBe(false)
    // A Pod has an address too.
    expect(open([out], web, pod('demo', {}, { address: '192.168.0.4' }))).toBe(true)
    expect(open([out], web, stranger)).toBe(false)
    expect(describeRuling(ruling([out], web, outside('203.0.113.7')))).toBe(
      'egress: shop/p allows it (rule 1, item 1: addresses in 0.0.0.0/0 except 169.254.169.254/32, 10.0.0.0/8)',
    )
    expect(inBlock('10.2.3.4', '10.9.9.9/8')).toBe(true)
    expect(inBlock('2001:db8:1::5', '2001:db8::/32')).toBe(true)
    expect(inBlock('2001:db9::5', '2001:db8::/32')).toBe(false)
    expect(inBlock('10.0.0.1', '::/0')).toBe(false)
    expect(inBlock('fd00::1', 'fd00::1/128')).toBe(true)
    for (const nonsense of ['10.0.0.0', '10.0.0.0/33', 'ten/8', '10.0.0.0/'])
      expect(inBlock('10.0.0.0', nonsense)).toBe(false)
  })
})

describe('ports', () => {
  const at = (...ports: NonNullable<NonNullable<NetworkPolicy['spec']['ingress']>[number]['ports']>) =>
    policy({ ...toDb, ingress: [{ ports }] })

  it('are of a protocol, TCP unless it is said', () => {
    expect(open([at({ port: 5432 })], web, db)).toBe(true)
    expect(open([at({ port: 5432 })], web, db, { protocol: 'UDP' })).toBe(false)
    expect(open([at({ port: 5432, protocol: 'SCTP' })], web, db, { protocol: 'SCTP' })).toBe(true)
    expect(open([at({ protocol: 'UDP' })], web, db, { port: 999, protocol: 'UDP' })).toBe(true)
    expect(open([at({ protocol: 'UDP' })], web, db, { port: 999 })).toBe(false)
    expect(open([at({ protocol: 'UDP', port: 53 }, { port: 5432 })], web, db)).toBe(true)
  })

  it('may be ranges, both ends included', () => {
    const range = at({ port: 5000, endPort: 6000 })
    expect([4999, 5000, 5432, 6000, 6001].map((port) => open([range], web, db, { port }))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ])
  })

  it('may have names, which the Pod that is connected to gives them', () => {
    expect(open([at({ port: 'sql' })], web, db)).toBe(true)
    expect(open([at({ port: 'sql' })], web, db, { port: 5433 })).toBe(false)
    expect(open([at({ port: 'sql' })], web, db, { protocol: 'UDP' })).toBe(false)
    expect(open([at({ port: 'nosuch' })], web, db)).toBe(false)
    const out = policy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 'dns', protocol: 'UDP' }] }],
    })
    expect(open([out], web, pod('kube-system', {}), { port: 53, protocol: 'UDP' })).toBe(true)
    expect(open([out], web, outside('8.8.8.8'), { port: 53, protocol: 'UDP' })).toBe(false)
  })
})
