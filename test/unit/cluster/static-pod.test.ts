import { describe, expect, it } from 'vitest'
import { COMPONENTS, layoutOf } from '../../../src/cluster/embedded/layout.ts'
import { renderManifests } from '../../../src/cluster/embedded/manifests.ts'
import { readProfile } from '../../../src/cluster/embedded/profile.ts'
import { parseStaticPod } from '../../../src/cluster/static-pod.ts'

const PORTS = { etcd: 30001, etcdPeer: 30002, etcdMetrics: 30003, apiserver: 30004, controllerManager: 30005 }
const pod = (command: string) => `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - command: ${command}\n`

describe('parseStaticPod', () => {
  it.each(['/home/me/lab', '/Users/me/Library/Application Support/lab', '/odd #1/a: b/"c"'])(
    'reads the manifests that the lab writes for %s',
    async (dir) => {
      const layout = layoutOf(dir)
      const manifests = renderManifests(await readProfile(), { layout, ports: PORTS })
      for (const name of COMPONENTS) {
        const parsed = parseStaticPod(manifests[name], name)
        if (parsed.kind === 'rejected') throw new Error(parsed.error)
        expect(parsed.spec.argv[0]).toBe(name)
        expect(parsed.spec.argv.slice(1).every((flag) => /^--[a-z-]+=/.test(flag))).toBe(true)
        expect(parsed.spec.startup?.host).toBe('127.0.0.1')
        expect(parsed.spec.liveness?.failureThreshold).toBe(8)
      }
      const etcd = parseStaticPod(manifests.etcd, 'etcd')
      expect(etcd.kind === 'pod' && etcd.spec.argv).toContain(`--data-dir=${layout.etcd}`)
    },
  )

  it("takes args after command, and the kubelet's defaults for probes", () => {
    const text = `${pod('[etcd]')}      args: [--a=b]\n      livenessProbe: {httpGet: {port: 80}}\n`
    expect(parseStaticPod(text, 'etcd')).toEqual({
      kind: 'pod',
      spec: {
        argv: ['etcd', '--a=b'],
        env: {},
        mounts: {},
        namespace: undefined,
        serviceAccount: undefined,
        startup: undefined,
        liveness: {
          host: '127.0.0.1',
          port: 80,
          path: '/',
          scheme: 'HTTP',
          periodSeconds: 10,
          timeoutSeconds: 1,
          failureThreshold: 3,
        },
      },
    })
  })

  it.each([
    ['', 'empty'],
    ['a: [', 'not valid YAML'],
    ['kind: Pod\nkind: Pod\n', 'not valid YAML'],
    ['just words', 'not a Pod'],
    ['apiVersion: v1\nkind: Service\n', 'not a Pod'],
    ['apiVersion: v1\nkind: Pod\n', 'must start with "etcd"'],
    [pod('[]'), 'must start with "etcd"'],
    [pod('[sh, -c, etcd]'), 'must start with "etcd"'],
    [pod('etcd --a'), 'must be lists'],
    [pod('[etcd, {--flag: 1}]'), 'no string'],
    [pod('[etcd, 17]'), 'no string: 17'],
  ])('refuses %j', (text, words) => {
    expect(parseStaticPod(text, 'etcd')).toEqual({ kind: 'rejected', error: expect.stringContaining(words) })
  })
})
