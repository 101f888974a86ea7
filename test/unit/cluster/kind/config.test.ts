import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  type ControlPlaneExtras,
  kubeadmPatch,
  renderConfig,
  renderKindConfig,
} from '../../../../src/cluster/kind/config.ts'
import { clusterName, layoutOf } from '../../../../src/cluster/kind/layout.ts'
import { minorOf, nodeImageOf, refuseUnfit } from '../../../../src/cluster/kind/node-image.ts'

const EXTRAS: ControlPlaneExtras = {
  apiServer: {
    extraArgs: { 'audit-policy-file': '/a.yaml', 'runtime-config': '' },
    extraVolumes: [{ name: 'a', hostPath: '/a', mountPath: '/a' }],
  },
}

describe("a patch of kubeadm's config", () => {
  it('has flags as a map in v1beta3', () => {
    expect(parse(kubeadmPatch(EXTRAS, 'v1beta3'))).toEqual({
      apiVersion: 'kubeadm.k8s.io/v1beta3',
      kind: 'ClusterConfiguration',
      ...EXTRAS,
    })
  })

  it('has flags as a list in v1beta4', () => {
    expect(parse(kubeadmPatch(EXTRAS, 'v1beta4'))).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      apiServer: {
        extraArgs: [
          { name: 'audit-policy-file', value: '/a.yaml' },
          { name: 'runtime-config', value: '' },
        ],
        extraVolumes: EXTRAS.apiServer?.extraVolumes,
      },
    })
  })
})

describe("kind's config for a home", () => {
  it.each(['/home/me/lab', '/Users/me/Application Support/lab', '/odd #1/a: b/"c"\'s'])('fits %s', async (dir) => {
    const layout = layoutOf(dir)
    const config = parse(await renderKindConfig(layout))
    expect(config.networking).toEqual({ apiServerAddress: '127.0.0.1' })
    const [node, ...others] = config.nodes
    expect(others).toEqual([])
    expect(node.extraMounts).toEqual([{ hostPath: `${dir}/kind/config`, containerPath: '/etc/kubernetes/k8s-sec-lab' }])
    for (const mapping of node.extraPortMappings) expect(mapping.listenAddress).toBe('127.0.0.1')
    const [v3, v4] = config.kubeadmConfigPatches.map((patch: string) => parse(patch))
    expect([v3.apiVersion, v4.apiVersion]).toEqual(['kubeadm.k8s.io/v1beta3', 'kubeadm.k8s.io/v1beta4'])
    const flags = v3.apiServer.extraArgs
    expect(flags['authorization-config']).toBe('/etc/kubernetes/k8s-sec-lab/authorization.yaml')
    // Each of these excludes the config file that stands for it.
    expect(Object.keys(flags)).not.toContain('authorization-mode')
    expect(Object.keys(flags)).not.toContain('anonymous-auth')
    const asMap = Object.fromEntries(
      v4.apiServer.extraArgs.map(({ name, value }: Record<string, string>) => [name, value]),
    )
    expect(asMap).toEqual(flags)
    expect(Object.values(flags).every((value) => typeof value === 'string')).toBe(true)
  })

  it('leaves no placeholder in the config files', async () => {
    expect(Object.values(await renderConfig()).filter((text) => text.includes('(('))).toEqual([])
  })
})

describe('the name of a cluster', () => {
  it('is plain for the default home, and of its own for any other', () => {
    expect(clusterName({})).toBe('k8s-sec-lab')
    expect(clusterName({ K8S_SEC_LAB_HOME: '/tmp/a' })).toMatch(/^k8s-sec-lab-[0-9a-f]{8}$/)
    expect(clusterName({ K8S_SEC_LAB_HOME: '/tmp/a/' })).toBe(clusterName({ K8S_SEC_LAB_HOME: '/tmp/a' }))
    expect(clusterName({ K8S_SEC_LAB_HOME: '/tmp/b' })).not.toBe(clusterName({ K8S_SEC_LAB_HOME: '/tmp/a' }))
  })
})

describe('the image of the node', () => {
  it('is the one asked for, else that of the environment, else the pinned one', () => {
    const env = { K8S_SEC_LAB_NODE_IMAGE: 'b' }
    expect(nodeImageOf({ nodeImage: 'a', env })).toBe('a')
    expect(nodeImageOf({ env })).toBe('b')
    expect(nodeImageOf({ env: {} })).toMatch(/^kindest\/node:v1\.34\.\d+@sha256:[0-9a-f]{64}$/)
  })

  it('is refused when its tag says that it cannot work', () => {
    expect(minorOf('kindest/node:v1.36.1@sha256:0')).toBe(36)
    expect(minorOf('my/node:latest')).toBeUndefined()
    expect(() => refuseUnfit('kindest/node:v1.33.4', 2)).toThrow(/too old/)
    expect(() => refuseUnfit('kindest/node:v1.35.0', 1)).toThrow(/cgroup v1/)
    for (const fine of ['kindest/node:v1.34.0', 'my/node:latest']) expect(() => refuseUnfit(fine, 1)).not.toThrow()
    expect(() => refuseUnfit('kindest/node:v1.35.0', 2)).not.toThrow()
  })
})
